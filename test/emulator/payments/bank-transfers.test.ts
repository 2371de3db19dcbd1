import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;

/** A customer who pays by transfer, in US cents unless said otherwise. */
async function open(mode: 'automatic' | 'manual' = 'automatic') {
  const world = start();
  const { stripe } = world;
  const { id: customer } = await stripe.customers.create({
    email: 'jenny@example.com',
    cash_balance: { settings: { reconciliation_mode: mode } },
  });
  const ask = (amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      allowed_payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
      },
      confirm: true,
      ...more,
    });
  const send = (amount: number, currency = 'usd') =>
    stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency });
  const cash = async () => (await stripe.customers.retrieveCashBalance(customer)).available?.['usd'] ?? 0;
  const statusOf = async (id: string) => (await stripe.paymentIntents.retrieve(id)).status;
  const remaining = async (id: string) =>
    (await stripe.paymentIntents.retrieve(id)).next_action?.display_bank_transfer_instructions?.amount_remaining;
  let from = 0;
  const told = () => typesOf(world.world).slice(from);
  const forget = () => void (from = world.world.log.all.length);
  forget();
  return { ...world, customer, ask, send, cash, statusOf, remaining, told, forget };
}

test('a customer’s account is theirs, whoever asks for it', async () => {
  const world = await open();
  const { stripe, customer, ask, send, told } = world;
  const us = { funding_type: 'bank_transfer', currency: 'usd', bank_transfer: { type: 'us_bank_transfer' } } as const;
  const instructions = await stripe.customers.createFundingInstructions(customer, us);
  expect(instructions).toMatchObject({
    object: 'funding_instructions',
    bank_transfer: { country: 'US', type: 'us_bank_transfer', financial_addresses: [{ type: 'aba' }] },
    currency: 'usd',
  });
  expect(told()).toEqual([]);
  expect(await stripe.customers.createFundingInstructions(customer, us)).toEqual(instructions);
  const { financial_addresses: addresses } = instructions.bank_transfer;
  for (const amount of [2000, 3000])
    expect((await ask(amount)).next_action!.display_bank_transfer_instructions!.financial_addresses).toEqual(addresses);
  await send(5000);
  const { id: other } = await stripe.customers.create();
  const others = await stripe.customers.createFundingInstructions(other, us);
  expect(others.bank_transfer.financial_addresses).not.toEqual(addresses);
  const eu = (country: string) =>
    stripe.customers.createFundingInstructions(customer, {
      funding_type: 'bank_transfer',
      currency: 'EUR',
      bank_transfer: { type: 'eu_bank_transfer', eu_bank_transfer: { country } },
    });
  expect((await eu('DE')).bank_transfer).toMatchObject({
    country: 'DE',
    financial_addresses: [{ iban: { country: 'DE', iban: expect.stringMatching(/^DE\d{20}$/) } }],
  });
  const before = dump(world);
  expect(await refusal(eu('US'))).toMatchObject({ param: 'bank_transfer[eu_bank_transfer][country]' });
  for (const [name, value] of [
    ['type', 'eu_bank_transfer'],
    ['requested_address_types', ['iban']],
  ] as const)
    expect(
      await refusal(
        stripe.customers.createFundingInstructions(customer, {
          ...us,
          bank_transfer: { ...us.bank_transfer, [name]: value } as never,
        }),
      ),
    ).toMatchObject({ statusCode: 400, param: `bank_transfer[${name}]` });
  expect(dump(world)).toBe(before);
});

test('says whereto, and keeps to it; two transfers make one payment', async () => {
  const { stripe, ask, send, remaining, cash, told, forget } = await open();
  const intent = await ask(2000);
  const { financial_addresses: addresses, ...display } = intent.next_action!.display_bank_transfer_instructions!;
  expect(display).toMatchObject({ amount_remaining: 2000, currency: 'usd', type: 'us_bank_transfer' });
  expect(addresses![0]).toMatchObject({ type: 'aba', aba: { routing_number: '110000000' } });
  forget();
  await send(700);
  expect(await remaining(intent.id)).toBe(1300);
  expect(told()).toEqual([
    'customer_cash_balance_transaction.created',
    'customer_cash_balance_transaction.created',
    'payment_intent.partially_funded',
  ]);
  const later = await stripe.paymentIntents.retrieve(intent.id);
  expect(later.next_action!.display_bank_transfer_instructions!.financial_addresses).toEqual(addresses);
  forget();
  await send(1500);
  const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge.balance_transaction'] });
  expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2000, next_action: null });
  // 0.5 % of 2000 is 10.
  expect(paid.latest_charge).toMatchObject({
    payment_method_details: { type: 'customer_balance' },
    balance_transaction: { amount: 2000, fee: 10, net: 1990, type: 'payment' },
  });
  expect(await cash()).toBe(200);
  expect(told()).toEqual([
    'customer_cash_balance_transaction.created',
    'cash_balance.funds_available',
    'customer_cash_balance_transaction.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ]);
});

test('pays what waits longest first, in its currency only', async () => {
  const { ask, send, statusOf, cash, remaining } = await open();
  const first = await ask(1000);
  const second = await ask(500);
  const yen = await ask(1000, { currency: 'jpy' });
  await send(1200);
  expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['succeeded', 'requires_action']);
  expect(await remaining(second.id)).toBe(300);
  expect([await remaining(yen.id), await cash()]).toEqual([1000, 0]);
  await send(400, 'jpy');
  expect([await remaining(second.id), await remaining(yen.id)]).toEqual([300, 600]);
});

test('what is there already pays at once', async () => {
  const { ask, send, cash } = await open();
  await send(3000);
  expect(await ask(1000)).toMatchObject({ status: 'succeeded', amount_received: 1000 });
  expect(await cash()).toBe(2000);
});

test('by hand, the account decides what goes where', async () => {
  const { stripe, ask, send, cash, remaining, told, forget, world, queue } = await open('manual');
  const { id } = await ask(2000);
  forget();
  await send(1500);
  expect(told()).toEqual(['customer_cash_balance_transaction.created', 'cash_balance.funds_available']);
  await stripe.paymentIntents.applyCustomerBalance(id, { amount: 600 });
  expect([await remaining(id), await cash()]).toEqual([1400, 900]);
  const before = dump({ world, queue });
  for (const params of [{ amount: 901 }, { amount: 0 }, { currency: 'eur' }])
    expect(await refusal(stripe.paymentIntents.applyCustomerBalance(id, params))).toMatchObject({ statusCode: 400 });
  expect(await refusal(stripe.paymentIntents.update(id, { amount: 599 }))).toMatchObject({ param: 'amount' });
  expect(dump({ world, queue })).toBe(before);
  await stripe.paymentIntents.applyCustomerBalance(id);
  expect([await remaining(id), await cash()]).toEqual([500, 0]);
  expect((await stripe.paymentIntents.update(id, { amount: 1500 })).status).toBe('succeeded');
});

test('a cancelled payment gives back what had come for it', async () => {
  const { stripe, ask, send, cash, told, forget } = await open();
  const { id } = await ask(2000);
  await send(700);
  expect(await cash()).toBe(0);
  forget();
  expect((await stripe.paymentIntents.cancel(id)).status).toBe('canceled');
  expect(await cash()).toBe(700);
  expect(told()).toEqual([
    'cash_balance.funds_available',
    'customer_cash_balance_transaction.created',
    'payment_intent.canceled',
  ]);
});

test('another payment method takes its place', async () => {
  const { stripe, ask, send, cash } = await open();
  const { id } = await ask(2000, { allowed_payment_method_types: ['customer_balance', 'card'] });
  await send(700);
  expect(await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'succeeded',
    amount_received: 2000,
  });
  expect(await cash()).toBe(700);
  await send(100);
  expect(await cash()).toBe(800);
});

test('a refund goes back into the cash balance, and from there to the customer’s bank, or not', async () => {
  const { stripe, customer, ask, send, cash, told, forget, time } = await open();
  await send(2000);
  const { id } = await ask(2000);
  const refund = await stripe.refunds.create({ payment_intent: id, amount: 1500 });
  expect(refund).toMatchObject({ status: 'succeeded', destination_details: { type: 'customer_cash_balance' } });
  expect(await cash()).toBe(1500);
  const back = (amount: number) =>
    stripe.refunds.create({ origin: 'customer_balance', customer, currency: 'usd', amount });
  expect((await refusal(back(1501))).message).toContain('1500');
  forget();
  const waiting = await back(1000);
  expect(waiting).toMatchObject({
    status: 'requires_action',
    charge: null,
    next_action: { display_details: { email_sent: { email_sent_to: 'jenny@example.com' } } },
  });
  expect(await cash()).toBe(500);
  expect((await stripe.refunds.cancel(waiting.id)).status).toBe('canceled');
  expect(await cash()).toBe(1500);
  expect(told()).toEqual([
    'customer_cash_balance_transaction.created',
    'refund.created',
    'cash_balance.funds_available',
    'customer_cash_balance_transaction.created',
    'refund.updated',
  ]);
  expect(await refusal(stripe.refunds.cancel(waiting.id))).toMatchObject({
    message: expect.stringContaining('canceled'),
  });
  const silent = await back(200);
  await time.advance(NOW + 45 * DAY);
  expect(await stripe.refunds.retrieve(silent.id)).toMatchObject({ status: 'failed' });
  expect(await cash()).toBe(1500);
});

test('a customer who is gone loses nothing but its balance', async () => {
  const { stripe, customer, ask, send } = await open();
  const { id } = await ask(2000);
  await send(700);
  await stripe.customers.del(customer);
  expect((await stripe.paymentIntents.cancel(id)).status).toBe('canceled');
});
