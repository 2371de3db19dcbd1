import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { start } from './sdk.ts';
import { dump, refusal } from './worlds.ts';

async function withPayment() {
  const open = start();
  const { stripe } = open;
  const customer = await stripe.customers.create({ source: 'tok_visa', name: 'Jenny' });
  const charge = await stripe.charges.create({ amount: 1000, currency: 'usd', customer: customer.id });
  const refund = await stripe.refunds.create({ charge: charge.id, amount: 400 });
  return { ...open, customer, charge, refund };
}

test('an id becomes its object, and only where it was asked for', async () => {
  const { stripe, charge, customer } = await withPayment();
  expect((await stripe.charges.retrieve(charge.id)).customer).toBe(customer.id);
  const expanded = await stripe.charges.retrieve(charge.id, { expand: ['customer', 'balance_transaction'] });
  expect(expanded.customer).toMatchObject({ id: customer.id, object: 'customer', name: 'Jenny' });
  expect(expanded.balance_transaction).toMatchObject({ object: 'balance_transaction', source: charge.id });
});

test('at creation and in updates as well', async () => {
  const { stripe, charge, customer } = await withPayment();
  const second = await stripe.refunds.create({ charge: charge.id, amount: 100, expand: ['charge.customer'] });
  expect(second.charge).toMatchObject({ amount_refunded: 500, customer: { id: customer.id } });
  const updated = await stripe.refunds.update(second.id, { metadata: { a: '1' }, expand: ['charge'] });
  expect(updated.charge).toMatchObject({ id: charge.id });
});

test('four levels, in one path; one more is refused', async () => {
  const { stripe, refund, charge } = await withPayment();
  const four = await stripe.refunds.retrieve(refund.id, { expand: ['balance_transaction.source.charge.customer'] });
  const transaction = four.balance_transaction as Stripe.BalanceTransaction;
  const source = transaction.source as Stripe.Refund;
  expect((source.charge as Stripe.Charge).id).toBe(charge.id);
  expect((source.charge as Stripe.Charge).customer).toMatchObject({ name: 'Jenny' });
  const expand = ['balance_transaction.source.charge.customer.default_source'];
  const error = await refusal(stripe.refunds.retrieve(refund.id, { expand }));
  expect(error).toMatchObject({ statusCode: 400, param: 'expand' });
  expect(error.message).toContain('more than 4 levels');
});

test('in lists through `data`, which does not count as a level', async () => {
  const { stripe, customer, charge } = await withPayment();
  const list = await stripe.charges.list({
    expand: ['data.customer', 'data.balance_transaction.source.customer.default_source'],
  });
  expect(list.data[0]!.customer).toMatchObject({ id: customer.id });
  const source = (list.data[0]!.balance_transaction as Stripe.BalanceTransaction).source as Stripe.Charge;
  expect((source.customer as Stripe.Customer).default_source).toMatchObject({ object: 'card', last4: '4242' });
  expect(source.id).toBe(charge.id);
});

test('lists that are only sent when asked for', async () => {
  const { stripe, charge, customer, refund } = await withPayment();
  expect(charge).not.toHaveProperty('refunds');
  const withRefunds = await stripe.charges.retrieve(charge.id, { expand: ['refunds.data.balance_transaction'] });
  expect(withRefunds.refunds).toMatchObject({
    object: 'list',
    has_more: false,
    url: `/v1/charges/${charge.id}/refunds`,
  });
  expect(withRefunds.refunds!.data.map(({ id }) => id)).toEqual([refund.id]);
  expect(withRefunds.refunds!.data[0]!.balance_transaction).toMatchObject({ amount: -400 });
  expect(customer).not.toHaveProperty('sources');
  const withSources = await stripe.customers.retrieve(customer.id, { expand: ['sources'] });
  expect((withSources as Stripe.Customer).sources!.data).toMatchObject([{ object: 'card', customer: customer.id }]);
});

test('a customer that was deleted shows as its stub', async () => {
  const { stripe, charge, customer } = await withPayment();
  await stripe.customers.del(customer.id);
  const { customer: gone } = await stripe.charges.retrieve(charge.id, { expand: ['customer'] });
  expect(gone).toEqual({ id: customer.id, object: 'customer', deleted: true });
  const deeper = await stripe.charges.retrieve(charge.id, { expand: ['customer.default_source'] });
  expect(deeper.customer).toEqual(gone);
});

test('a card is found as the payment method it also is', async () => {
  const { stripe, charge } = await withPayment();
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer: charge.customer as string,
    payment_method: charge.payment_method!,
    expand: ['payment_method'],
  });
  expect(intent.payment_method).toMatchObject({ id: charge.payment_method, object: 'payment_method', type: 'card' });
});

test('nothing to expand is no error: null stays null', async () => {
  const { stripe } = start();
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    expand: ['customer', 'latest_charge.refunds'],
  });
  expect(intent).toMatchObject({ customer: null, latest_charge: null });
});

test.each([['nothing'], ['amount'], ['status'], ['billing_details.address'], ['customer.nothing'], ['data.customer']])(
  '%s cannot be expanded, and a create that asks for it changes nothing',
  async (path) => {
    const { stripe, charge, ...open } = await withPayment();
    const error = await refusal(stripe.charges.retrieve(charge.id, { expand: [path] }));
    expect(error).toMatchObject({ statusCode: 400, param: 'expand' });
    expect(error.message).toContain(`cannot be expanded (${path})`);
    const before = dump(open);
    const creation = stripe.charges.create({
      amount: 100,
      currency: 'usd',
      customer: charge.customer as string,
      expand: [path],
    });
    expect(await refusal(creation)).toMatchObject({ param: 'expand' });
    expect(dump(open)).toBe(before);
  },
);

test('in a list, paths begin with `data`', async () => {
  const { stripe } = await withPayment();
  expect(await refusal(stripe.charges.list({ expand: ['customer'] }))).toMatchObject({ param: 'expand' });
});
