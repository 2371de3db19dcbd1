import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { TEST_BANK_ACCOUNTS, type TestBankAccount } from '../../../src/stripe/cards/index.ts';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { accepted } from './accepted.ts';

const CURRENCY = { us_bank_account: 'usd', sepa_debit: 'eur', bacs_debit: 'gbp', au_becs_debit: 'aud' } as const;
type Type = keyof typeof CURRENCY;

const open = () => {
  const world = start();
  const pay = (type: Type, payment_method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    world.stripe.paymentIntents.create({
      amount: 2000,
      currency: CURRENCY[type],
      payment_method,
      allowed_payment_method_types: [type],
      mandate_data: accepted,
      confirm: true,
      ...more,
    });
  return { ...world, pay, told: () => typesOf(world.world) };
};

const known = TEST_BANK_ACCOUNTS.filter(({ paymentMethod }) => paymentMethod !== null);
const DONE: Record<TestBankAccount['outcome'], string> = {
  succeeds: 'succeeded',
  disputed: 'succeeded',
  fails: 'requires_payment_method',
  blocked: 'requires_payment_method',
  refused: 'requires_payment_method',
  processing: 'processing',
};

describe.each(known.map((fact) => [fact.paymentMethod!, fact] as const))('%s', (name, fact) => {
  test(`${fact.outcome}${fact.failureCode ? `, ${fact.failureCode}` : ''}`, async () => {
    const { stripe, pay, time } = open();
    const intent = await pay(fact.type, name).catch(
      (error: { raw: { payment_intent: Stripe.PaymentIntent } }) => error.raw.payment_intent,
    );
    const atOnce = fact.outcome === 'blocked' || fact.outcome === 'refused';
    expect(intent.status).toBe(atOnce ? 'requires_payment_method' : 'processing');
    await time.advance(NOW + 179);
    const soon = await stripe.paymentIntents.retrieve(intent.id);
    expect(soon.status).toBe(fact.delayed ? 'processing' : DONE[fact.outcome]);
    await time.advance(NOW + 600);
    const later = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(later.status).toBe(DONE[fact.outcome]);
    if (fact.outcome === 'refused') {
      expect(later).toMatchObject({ latest_charge: null, last_payment_error: { message: expect.any(String) } });
      return;
    }
    if (fact.failureCode) expect(later.latest_charge).toMatchObject({ failure_code: fact.failureCode });
    expect(later.latest_charge).toMatchObject({
      disputed: fact.outcome === 'disputed',
      payment_method_details: { type: fact.type },
    });
    const { mandate } = (later.latest_charge as Stripe.Charge).payment_method_details![fact.type] as {
      mandate: string;
    };
    expect((await stripe.mandates.retrieve(mandate)).status).toBe(fact.mandate);
  });
});

test('a mandate that ends is told with the failure that ended it, and can be used no more', async () => {
  const { stripe, pay, time, world, told } = open();
  const { id: customer } = await stripe.customers.create({});
  const setUp = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_bacsDebit_debitNotAuthorized',
    allowed_payment_method_types: ['bacs_debit'],
    mandate_data: accepted,
    confirm: true,
  });
  const from = told().length;
  const again = { customer, mandate_data: undefined as never, off_session: true };
  await pay('bacs_debit', setUp.payment_method as string, again);
  await time.advance(NOW + 10);
  expect(told().slice(from)).toEqual([
    'payment_intent.created',
    'charge.pending',
    'payment_intent.processing',
    'charge.failed',
    'mandate.updated',
    'payment_intent.payment_failed',
  ]);
  const { event } = world.log.all.find(({ event }, i) => i >= from && event.type === 'mandate.updated')!;
  expect(event).toHaveProperty('data.previous_attributes', { status: 'active' });
  expect(await refusal(pay('bacs_debit', setUp.payment_method as string, again))).toMatchObject({
    code: 'payment_intent_mandate_invalid',
    message: expect.stringContaining('inactive'),
  });
});

test('a debit that came back is paid for with the dispute’s fee, and is lost', async () => {
  const { stripe, pay, time, told } = open();
  await pay('sepa_debit', 'pm_sepaDebit_disputed_de');
  await time.advance(NOW + 60);
  expect(told().slice(4)).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.closed',
  ]);
  const [dispute] = (await stripe.disputes.list()).data;
  expect(dispute).toMatchObject({ status: 'lost', reason: 'debit_not_authorized', amount: 2000 });
  // 0.8 % of 2000 is 16; the dispute takes 2000 and 1500.
  const { available, pending } = await stripe.balance.retrieve();
  expect([available[0]!.amount, pending[0]!.amount]).toEqual([-3500, 1984]);
});

test('the fee of a debit is at most 5.00', async () => {
  const { stripe, pay, time } = open();
  await pay('us_bank_account', 'pm_usBankAccount_success', { amount: 100_000 });
  await time.advance(NOW + 10);
  const [transaction] = (await stripe.balanceTransactions.list({ type: 'payment' })).data;
  expect(transaction).toMatchObject({ amount: 100_000, fee: 500, net: 99_500 });
});

test('a saved account keeps its mandate; one that is used once does not', async () => {
  const { stripe, pay } = open();
  const { id: customer } = await stripe.customers.create({});
  const saved = await pay('sepa_debit', 'pm_sepaDebit_success_fr', { customer, setup_future_usage: 'off_session' });
  const { data } = await stripe.customers.listPaymentMethods(customer, { type: 'sepa_debit' });
  expect(data.map(({ id }) => id)).toEqual([saved.payment_method]);
  const again = await pay('sepa_debit', saved.payment_method as string, { customer, mandate_data: undefined as never });
  expect(again.status).toBe('processing');
  const once = await pay('sepa_debit', 'pm_sepaDebit_success_fr');
  expect(await refusal(pay('sepa_debit', once.payment_method as string))).toMatchObject({
    code: 'payment_method_unexpected_state',
  });
});

test('what cannot be is refused, and changes nothing', async () => {
  const { pay, stripe, ...rest } = open();
  const before = dump(rest);
  const method = (params: Stripe.PaymentMethodCreateParams) => stripe.paymentMethods.create(params);
  const billing_details = { name: 'Jenny', email: 'jenny@example.com' };
  for (const [call, wanted] of [
    [() => pay('sepa_debit', 'pm_sepaDebit_success_de', { currency: 'usd' }), { param: 'currency' }],
    [() => pay('sepa_debit', 'pm_sepaDebit_success_de', { capture_method: 'manual' }), { param: 'capture_method' }],
    [() => pay('us_bank_account', 'pm_card_visa'), { param: 'payment_method' }],
    [
      () => pay('sepa_debit', 'pm_sepaDebit_success_de', { mandate_data: undefined as never }),
      { code: 'payment_intent_mandate_invalid' },
    ],
    [
      () => method({ type: 'sepa_debit', sepa_debit: { iban: 'DE00370400440532013000' }, billing_details }),
      { code: 'invalid_bank_account_iban', param: 'sepa_debit[iban]' },
    ],
    [
      // A German account that could be somebody's: its check digits are right.
      () => method({ type: 'sepa_debit', sepa_debit: { iban: 'DE75512108001245126199' }, billing_details }),
      { code: 'account_number_invalid' },
    ],
    [
      () => method({ type: 'sepa_debit', sepa_debit: { iban: 'DE89370400440532013000' } }),
      { code: 'parameter_missing', param: 'billing_details[name]' },
    ],
    [
      () =>
        method({
          type: 'us_bank_account',
          us_bank_account: { account_number: '000123456789', routing_number: '021000021' },
          billing_details,
        }),
      { code: 'routing_number_invalid' },
    ],
  ] as const) {
    const error = await refusal(call());
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', ...wanted });
    expect(error.message).not.toContain('1245126199');
  }
  expect(dump(rest)).toBe(before);
});

describe('an invoice collected by debit', () => {
  const billed = async (payment_method: string) => {
    const world = open();
    const { stripe } = world;
    const { id: customer } = await stripe.customers.create({});
    const { payment_method: method } = await stripe.setupIntents.create({
      customer,
      payment_method,
      allowed_payment_method_types: ['sepa_debit'],
      mandate_data: accepted,
      confirm: true,
    });
    await stripe.invoiceItems.create({ customer, amount: 2000, currency: 'eur' });
    const { id } = await stripe.invoices.create({
      customer,
      currency: 'eur',
      pending_invoice_items_behavior: 'include',
    });
    await stripe.invoices.pay(id, { payment_method: method as string });
    return { ...world, id, invoice: () => stripe.invoices.retrieve(id) };
  };

  test('stays open until the bank has answered', async () => {
    const { invoice, time } = await billed('pm_sepaDebit_success_de');
    expect(await invoice()).toMatchObject({ status: 'open', amount_remaining: 2000 });
    await time.advance(NOW + 10);
    expect(await invoice()).toMatchObject({ status: 'paid', amount_paid: 2000, amount_remaining: 0 });
  });

  test('and open when the debit comes back', async () => {
    const { invoice, time, told } = await billed('pm_sepaDebit_insufficientFunds_de');
    await time.advance(NOW + 10);
    expect(await invoice()).toMatchObject({ status: 'open', attempted: true, amount_remaining: 2000 });
    expect(told()).toContain('invoice.payment_failed');
  });
});
