import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { NOW, start, typesOf } from '../sdk.ts';
import { refusal } from '../worlds.ts';

// Each rule of order on a sequence of calls that no scenario has.

type Open = ReturnType<typeof start>;
const card = { amount: 1500, currency: 'usd' } as const;

async function told({ world }: Open, call: () => Promise<unknown>): Promise<string[]> {
  const from = world.log.all.length;
  await call();
  return typesOf(world).slice(from);
}

test('a payment method that a new customer brings along is attached before the customer is created', async () => {
  const open = start();
  const settings = { default_payment_method: 'pm_card_mastercard' };
  const types = await told(open, () =>
    open.stripe.customers.create({ payment_method: 'pm_card_mastercard', invoice_settings: settings }),
  );
  expect(types).toEqual(['payment_method.attached', 'customer.created']);
});

test('a card comes after its customer, and the customer’s change of default after the card', async () => {
  const open = start();
  expect(await told(open, () => open.stripe.customers.create({ source: 'tok_amex' }))).toEqual([
    'customer.created',
    'customer.source.created',
    'payment_method.attached',
  ]);
  const { id } = await open.stripe.customers.create({});
  expect(await told(open, () => open.stripe.customers.createSource(id, { source: 'tok_jcb' }))).toEqual([
    'customer.source.created',
    'payment_method.attached',
    'customer.updated',
  ]);
});

test('a new card that replaces the old one: created, updated, deleted, detached', async () => {
  const open = start();
  const { id } = await open.stripe.customers.create({ source: 'tok_visa' });
  expect(await told(open, () => open.stripe.customers.update(id, { source: 'tok_discover' }))).toEqual([
    'customer.source.created',
    'payment_method.attached',
    'customer.updated',
    'customer.source.deleted',
    'payment_method.detached',
  ]);
});

test('an intent before its charge, the charge before the outcome, what it saves after it', async () => {
  const open = start();
  const { id: customer } = await open.stripe.customers.create({});
  const pay = {
    ...card,
    customer,
    payment_method: 'pm_card_visa',
    confirm: true,
    setup_future_usage: 'on_session',
  } as const;
  expect(await told(open, () => open.stripe.paymentIntents.create(pay))).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'payment_method.attached',
  ]);
});

test('saved in the browser: before the outcome', async () => {
  const open = start();
  const { id: customer } = await open.stripe.customers.create({});
  const { id } = await open.stripe.paymentIntents.create({
    ...card,
    customer,
    payment_method: 'pm_card_threeDSecure2Required',
    confirm: true,
    setup_future_usage: 'off_session',
  });
  const outcome = { action: 'authenticate', payment_intent: id, outcome: 'succeed' };
  expect(await told(open, async () => open.act(outcome))).toEqual([
    'charge.succeeded',
    'payment_method.attached',
    'payment_intent.succeeded',
  ]);
});

test('declined twice in a row: two failures are told, although the status stays the same', async () => {
  const open = start();
  const { id } = await open.stripe.paymentIntents.create(card);
  const decline = () =>
    refusal(open.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclinedLostCard' }));
  for (let i = 0; i < 2; i++)
    expect(await told(open, decline)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  const paid = () => open.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  expect(await told(open, paid)).toEqual(['charge.succeeded', 'payment_intent.succeeded']);
});

test('a refund before the charge it changes, and the warning it settles last', async () => {
  const open = start();
  const { id } = await open.stripe.charges.create({ ...card, source: 'tok_createIssuerFraudRecord' });
  await open.time.advance(NOW + 10);
  expect(await told(open, () => open.stripe.refunds.create({ charge: id }))).toEqual([
    'refund.created',
    'charge.refunded',
    'radar.early_fraud_warning.updated',
  ]);
});

test('a refund of a payment that is not in the books yet puts it there first', async () => {
  const open = start();
  const intent = await open.stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa', confirm: true });
  const types = await told(open, () => open.stripe.refunds.create({ payment_intent: intent.id }));
  expect(types).toEqual(['refund.created', 'charge.refunded']);
  const { data } = await open.stripe.balanceTransactions.list();
  expect(data.map(({ type }) => type)).toEqual(['refund', 'charge']);
  await open.time.advance(NOW + 60);
  expect(typesOf(open.world).filter((type) => type === 'charge.updated')).toEqual([]);
});

test('what is attached, detached or edited says only that', async () => {
  const open = start();
  const { stripe } = open;
  const { id: customer } = await stripe.customers.create({});
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  expect(await told(open, () => stripe.paymentMethods.attach(method.id, { customer }))).toEqual([
    'payment_method.attached',
  ]);
  expect(await told(open, () => stripe.paymentMethods.attach(method.id, { customer }))).toEqual([]);
  expect(await told(open, () => stripe.paymentMethods.update(method.id, { card: { exp_year: 2031 } }))).toEqual([
    'payment_method.updated',
  ]);
  expect(await told(open, () => stripe.paymentMethods.detach(method.id))).toEqual(['payment_method.detached']);
});

test('an update that changes nothing tells nothing', async () => {
  const open = start();
  const { stripe } = open;
  const { id } = await stripe.customers.create({ name: 'Jenny', metadata: { a: '1' } });
  const product = await stripe.products.create({ name: 'Tea' });
  const same = { name: 'Jenny', metadata: { a: '1' } };
  expect(await told(open, () => stripe.customers.update(id, same))).toEqual([]);
  expect(await told(open, () => stripe.products.update(product.id, { name: 'Tea' }))).toEqual([]);
});

describe('snapshots', () => {
  const shown = (open: Open, type: string) =>
    (open.world.log.all.find(({ event }) => event.type === type)!.event['data'] as JsonObject)['object'] as JsonObject;

  test('an intent is created unpaid, whatever the same request went on to do', async () => {
    const open = start();
    await open.stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa', confirm: true });
    expect(shown(open, 'payment_intent.created')).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
    });
    expect(shown(open, 'payment_intent.succeeded')).toMatchObject({ status: 'succeeded', amount_received: 1500 });
  });

  test('everything else shows the end of the request', async () => {
    const open = start();
    await open.stripe.customers.create({ source: 'tok_visa' });
    const source = shown(open, 'customer.source.created')['id'];
    expect(shown(open, 'customer.created')).toMatchObject({ default_source: source });
    expect(shown(open, 'payment_method.attached')).toMatchObject({ id: source, object: 'payment_method' });
  });

  test('what happens later changes no event that was told', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({ name: 'Before' });
    await open.stripe.customers.update(id, { name: 'After' });
    await open.stripe.customers.del(id);
    expect(shown(open, 'customer.created')).toMatchObject({ name: 'Before' });
    expect(shown(open, 'customer.updated')).toMatchObject({ name: 'After' });
    expect(shown(open, 'customer.deleted')).toMatchObject({ name: 'After' });
  });
});
