import { expect, test } from 'vitest';
import { NOW } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';
import { DAY, subscriber } from './subscriber.ts';

// November, in which NOW lies, has 30 days: a day of a price of 3000 costs 100.
const PRICE = 3000;

test('a pause credits the rest of the period, and nothing happens until it is resumed', async () => {
  const { stripe, price, subscribe, time, told, pending, retrieve, invoiceOf } = await subscriber();
  const { id } = await subscribe(await price(PRICE));
  await time.advance(NOW + 10 * DAY);
  told();
  const paused = await stripe.subscriptions.pause(id);
  expect(paused).toMatchObject({
    status: 'paused',
    status_details: {
      paused: { subscription: { type: 'pause_requested' }, transitioned_at: NOW + 10 * DAY, type: 'subscription' },
    },
  });
  expect(told()).toEqual(['customer.subscription.paused', 'customer.subscription.updated', 'invoiceitem.created']);
  expect(await pending()).toEqual([-2000]);
  await time.advance(NOW + 100 * DAY);
  expect(told()).toEqual([]);
  const asThen = stripe.subscriptions.resume(id, { proration_date: NOW + 50 * DAY });
  expect(await refusal(asThen)).toMatchObject({ statusCode: 501, param: 'proration_date' });
  // It goes on with a period of its own, less what was credited.
  const resumed = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
  expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: NOW + 100 * DAY });
  expect(await retrieve(id)).not.toHaveProperty('status_details');
  expect(await invoiceOf(resumed)).toMatchObject({ status: 'paid', total: 1000 });
  expect(told()).toContain('customer.subscription.resumed');
});

test('what is credited is what `bill_for` says, and at once where that is asked for', async () => {
  const { stripe, customer, price, subscribe, time, pending, invoiceOf } = await subscriber();
  const gold = await price(PRICE);
  const [kept, all, now] = [await subscribe(gold), await subscribe(gold), await subscribe(gold)];
  await time.advance(NOW + 10 * DAY);
  await stripe.subscriptions.pause(kept.id, { bill_for: { unused_time_from: { type: 'none' } } });
  expect(await pending()).toEqual([]);
  await stripe.subscriptions.pause(all.id, { bill_for: { unused_time_from: { type: 'item_current_period_start' } } });
  expect(await pending()).toEqual([-3000]);
  const invoiced = await stripe.subscriptions.pause(now.id, { invoicing_behavior: 'invoice' });
  expect(await invoiceOf(invoiced)).toMatchObject({ status: 'paid', total: -2000, amount_due: 0 });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -2000 });
  expect(await pending()).toEqual([-3000]);
});

test('usage so far is charged once', async () => {
  const { stripe, customer, product, subscribe, time, pending, invoiceOf } = await subscriber();
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  const { id: metered } = await stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 5,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const { id } = await subscribe(metered);
  await time.advance(NOW + 10 * DAY);
  await stripe.billing.meterEvents.create({
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value: '40' },
  });
  await stripe.subscriptions.pause(id);
  expect(await pending()).toEqual([200]);
  const ended = await stripe.subscriptions.cancel(id, { invoice_now: true });
  expect(await invoiceOf(ended)).toMatchObject({ total: 200 });
});

test('a credit is given once: the end of a paused subscription finds nothing left', async () => {
  const { stripe, price, subscribe, time, pending } = await subscriber();
  const { id } = await subscribe(await price(PRICE));
  await time.advance(NOW + 10 * DAY);
  await stripe.subscriptions.pause(id);
  const ended = await stripe.subscriptions.cancel(id, { prorate: true });
  expect(ended).not.toHaveProperty('status_details');
  expect(await pending()).toEqual([-2000]);
});

test('only an active subscription in flexible mode, without a schedule, can be paused; a refusal changes nothing', async () => {
  const open = await subscriber();
  const { stripe, price, subscribe } = open;
  const gold = await price(PRICE);
  const trial = await subscribe(gold, { trial_period_days: 14 });
  const classic = await subscribe(gold, { billing_mode: { type: 'classic' } });
  const managed = await subscribe(gold);
  await stripe.subscriptionSchedules.create({ from_subscription: managed.id });
  for (const [{ id }, why] of [
    [trial, 'is trialing'],
    [classic, 'classic billing mode'],
    [managed, 'is managed by the schedule'],
  ] as const) {
    const before = dump(open);
    expect(await refusal(stripe.subscriptions.pause(id))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(why),
    });
    expect(dump(open)).toBe(before);
  }
});
