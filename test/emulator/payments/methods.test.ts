import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import { start } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const pay = (stripe: Stripe, more: Partial<Stripe.PaymentIntentCreateParams>) =>
  stripe.paymentIntents.create({ amount: 1000, currency: 'usd', confirm: true, ...more });

test('a customer’s methods are one list, whichever way they were saved', async () => {
  const { stripe } = start();
  const { id: customer, default_source: first } = await stripe.customers.create({ source: 'tok_visa' });
  const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
  const third = await stripe.customers.createSource(customer, { source: 'tok_amex' });
  const all = [third.id, second.id, first as string];
  const ids = async (params: Stripe.PaymentMethodListParams) => {
    const { data, has_more } = await stripe.paymentMethods.list({ customer, ...params });
    return { ids: data.map(({ id }) => id), more: has_more };
  };
  expect(await ids({})).toEqual({ ids: all, more: false });
  expect(await ids({ type: 'card' })).toEqual({ ids: all, more: false });
  expect(await ids({ type: 'sepa_debit' })).toEqual({ ids: [], more: false });
  expect(await ids({ limit: 1 })).toEqual({ ids: [third.id], more: true });
  expect(await ids({ limit: 1, starting_after: third.id })).toEqual({ ids: [second.id], more: true });
  expect(await ids({ starting_after: second.id })).toEqual({ ids: [first], more: false });
  expect(await ids({ limit: 1, ending_before: first as string })).toEqual({ ids: [second.id], more: true });
  expect(await ids({ ending_before: second.id })).toEqual({ ids: [third.id], more: false });
  expect((await stripe.customers.listPaymentMethods(customer)).data.map(({ id }) => id)).toEqual(all);
  expect((await stripe.customers.listSources(customer)).data.map(({ id }) => id)).toEqual([third.id, first]);
  const unknown = stripe.paymentMethods.list({ customer, starting_after: 'pm_none' });
  expect(await refusal(unknown)).toMatchObject({ code: 'resource_missing', param: 'starting_after' });
  expect(await refusal(stripe.paymentMethods.list({ customer: 'cus_none' }))).toMatchObject({ param: 'customer' });
  expect(await refusal(stripe.customers.listSources('cus_none'))).toMatchObject({ statusCode: 404 });
});

test('one that was used without being saved may not be used again', async () => {
  const { stripe, ...open } = start();
  const { id } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  await pay(stripe, { payment_method: id });
  const { id: customer } = await stripe.customers.create({});
  const before = dump(open);
  expect(await refusal(pay(stripe, { payment_method: id }))).toMatchObject({ code: 'payment_method_unexpected_state' });
  const attach = stripe.paymentMethods.attach(id, { customer });
  expect(await refusal(attach)).toMatchObject({ code: 'payment_method_unexpected_state' });
  expect(dump(open)).toBe(before);
});

test('one that failed may be tried again', async () => {
  const { stripe } = start();
  const card = { number: '4000000000000127', exp_month: 12, exp_year: 2030, cvc: '123' };
  const { id } = await stripe.paymentMethods.create({ type: 'card', card });
  for (let i = 0; i < 2; i++)
    expect(await refusal(pay(stripe, { payment_method: id }))).toMatchObject({ code: 'incorrect_cvc' });
});

test('one that belongs to a customer is for that customer alone', async () => {
  const { stripe } = start();
  const { id: customer } = await stripe.customers.create({});
  const { id: other } = await stripe.customers.create({});
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const refused = { code: 'payment_method_unexpected_state' };
  expect(await refusal(pay(stripe, { payment_method: id }))).toMatchObject(refused);
  expect(await refusal(pay(stripe, { payment_method: id, customer: other }))).toMatchObject(refused);
  expect(await refusal(stripe.paymentMethods.attach(id, { customer: other }))).toMatchObject(refused);
  for (let i = 0; i < 2; i++) expect((await pay(stripe, { payment_method: id, customer })).status).toBe('succeeded');
});

test('detached, it is nobody’s default any more, and spent', async () => {
  const { stripe } = start();
  const { id: customer } = await stripe.customers.create({});
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const settings = { default_payment_method: id };
  expect(await stripe.customers.update(customer, { invoice_settings: settings })).toMatchObject({
    invoice_settings: settings,
  });
  expect(await stripe.paymentMethods.detach(id)).toMatchObject({ customer: null });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    invoice_settings: { default_payment_method: null },
  });
  expect(await refusal(stripe.paymentMethods.detach(id))).toMatchObject({ code: 'payment_method_unexpected_state' });
  expect(await refusal(pay(stripe, { payment_method: id }))).toMatchObject({ code: 'payment_method_unexpected_state' });
});

test('a default that is not the customer’s own is refused', async () => {
  const { stripe, ...open } = start();
  const { id } = await stripe.customers.create({});
  const theirs = await stripe.customers.create({ source: 'tok_visa' });
  const before = dump(open);
  const default_source = theirs.default_source as string;
  expect(await refusal(stripe.customers.update(id, { default_source }))).toMatchObject({ param: 'default_source' });
  const invoice_settings = { default_payment_method: default_source };
  expect(await refusal(stripe.customers.update(id, { invoice_settings }))).toMatchObject({
    param: 'invoice_settings[default_payment_method]',
  });
  expect(dump(open)).toBe(before);
});

test('when the default card goes, the next newest takes its place', async () => {
  const { stripe } = start();
  const customer = await stripe.customers.create({ source: 'tok_visa' });
  const second = await stripe.customers.createSource(customer.id, { source: 'tok_amex' });
  const removed = await stripe.customers.deleteSource(customer.id, customer.default_source as string);
  expect(removed).toMatchObject({ id: customer.default_source, object: 'card', deleted: true });
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ default_source: second.id });
  await stripe.customers.deleteSource(customer.id, second.id);
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ default_source: null });
  const charge = stripe.charges.create({ amount: 500, currency: 'usd', customer: customer.id });
  expect((await refusal(charge)).message).toContain('no active card');
});

test('a deleted customer cannot be changed or charged any more', async () => {
  const { stripe, ...open } = start();
  const { id: customer } = await stripe.customers.create({ source: 'tok_visa' });
  expect(await stripe.customers.del(customer)).toMatchObject({ id: customer, object: 'customer', deleted: true });
  const before = dump(open);
  expect(await refusal(stripe.customers.update(customer, { name: 'x' }))).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.charges.create({ amount: 500, currency: 'usd', customer }))).toMatchObject({
    param: 'customer',
  });
  expect(await refusal(pay(stripe, { payment_method: 'pm_card_visa', customer }))).toMatchObject({ param: 'customer' });
  expect(await refusal(stripe.customers.createSource(customer, { source: 'tok_visa' }))).toMatchObject({
    statusCode: 404,
  });
  expect(dump(open)).toBe(before);
});
