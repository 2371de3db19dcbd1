import { expect, test } from 'vitest';
import { NOW } from '../../sdk.ts';
import { refusal } from '../../worlds.ts';
import { DAY, HOUR, subscriber } from './subscriber.ts';

test('a paid subscription is active at once, and told in the order of real logs', async () => {
  const { price, subscribe, told, world } = await subscriber();
  const gold = await price(2000);
  told();
  const subscription = await subscribe(gold);
  expect(subscription).toMatchObject({
    status: 'active',
    currency: 'usd',
    billing_cycle_anchor: NOW,
    items: { data: [{ quantity: 1, current_period_start: NOW, current_period_end: NOW + 30 * DAY }] },
  });
  expect(told()).toEqual([
    'customer.updated',
    'customer.subscription.created',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
  ]);
  expect([...world.filled.entries()]).toEqual([]);
});

test('a decline leaves it incomplete, and without payment within 23 hours it expires', async () => {
  const { price, subscribe, told, time, retrieve, invoiceOf, stripe } = await subscriber('pm_card_chargeCustomerFail');
  const subscription = await subscribe(await price(2000));
  expect(subscription.status).toBe('incomplete');
  told();
  await time.advance(NOW + 23 * HOUR - 1);
  expect(await retrieve(subscription.id)).toMatchObject({ status: 'incomplete' });
  await time.advance(NOW + 23 * HOUR);
  const expired = await retrieve(subscription.id);
  expect(expired.status).toBe('incomplete_expired');
  expect((await invoiceOf(expired)).status).toBe('void');
  expect(told()).toContain('customer.subscription.updated');
  const error = await refusal(stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true }));
  expect(error.message).toContain('A canceled subscription can only update');
});

test('error_if_incomplete refuses, and nothing remains', async () => {
  const { price, subscribe, told, stripe, customer } = await subscriber('pm_card_chargeCustomerFail');
  const gold = await price(2000);
  told();
  const error = await refusal(subscribe(gold, { payment_behavior: 'error_if_incomplete' }));
  expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect(told()).toEqual([]);
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
});

test('without a payment method only default_incomplete is possible, and paying activates it', async () => {
  const { price, subscribe, told, stripe, retrieve } = await subscriber(null);
  const gold = await price(2000);
  expect((await refusal(subscribe(gold))).message).toContain('no attached payment source');
  told();
  const { id, status, latest_invoice } = await subscribe(gold, {
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
  });
  expect(status).toBe('incomplete');
  const { payments } = await stripe.invoices.retrieve(latest_invoice as string, { expand: ['payments'] });
  const intent = payments!.data[0]!.payment.payment_intent as string;
  told();
  await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa', return_url: 'https://example.com' });
  expect(await retrieve(id)).toMatchObject({ status: 'active', default_payment_method: expect.stringMatching(/^pm_/) });
  const types = told();
  expect(types.indexOf('customer.subscription.updated')).toBeGreaterThan(types.indexOf('payment_intent.succeeded'));
  expect(types.indexOf('customer.subscription.updated')).toBeLessThan(types.indexOf('invoice.paid'));
});
