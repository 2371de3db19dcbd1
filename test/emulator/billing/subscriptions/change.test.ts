import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { NOW } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';
import { at, DAY, HOUR, subscriber } from './subscriber.ts';

const START = at('2028-02-01T00:00Z');
const MIDDLE = at('2028-02-15T12:00Z');

/** A monthly subscription over 2900, in the middle of its month; what it cost so far is half used up. */
async function halfway(card = 'pm_card_visa') {
  const open = await subscriber('pm_card_visa', { frozenAt: START });
  const subscription = await open.subscribe(await open.price(2900));
  if (card !== 'pm_card_visa') {
    const { id } = await open.stripe.paymentMethods.attach(card, { customer: open.customer });
    await open.stripe.customers.update(open.customer, { invoice_settings: { default_payment_method: id } });
  }
  await open.time.advance(MIDDLE);
  open.told();
  const { id } = subscription.items.data[0]!;
  const change = (params: Stripe.SubscriptionUpdateParams) => open.stripe.subscriptions.update(subscription.id, params);
  return { ...open, subscription, id: subscription.id, item: id, change };
}

test('always_invoice bills the difference at once', async () => {
  const { price, change, item, invoiceOf, lines, pending, told } = await halfway();
  const items = [{ id: item, price: await price(5800) }];
  told();
  const subscription = await change({ items, proration_behavior: 'always_invoice' });
  const invoice = await invoiceOf(subscription);
  expect(lines(invoice)).toEqual([2900, -1450]);
  expect(invoice).toMatchObject({ status: 'paid', total: 1450, billing_reason: 'subscription_update' });
  expect(await pending()).toEqual([]);
  expect(told()[0]).toBe('customer.subscription.updated');
});

test('always_invoice on a downgrade leaves the credit on the balance', async () => {
  const { stripe, customer, price, change, item, invoiceOf } = await halfway();
  const subscription = await change({
    items: [{ id: item, price: await price(1000) }],
    proration_behavior: 'always_invoice',
  });
  // 500 − 1450.
  expect(await invoiceOf(subscription)).toMatchObject({ status: 'paid', total: -950, amount_due: 0 });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -950 });
});

test('none changes the price and nothing else', async () => {
  const { price, change, item, pending, renewed, id, invoiceOf } = await halfway();
  await change({ items: [{ id: item, price: await price(5800) }], proration_behavior: 'none' });
  expect(await pending()).toEqual([]);
  expect(await invoiceOf(await renewed(id))).toMatchObject({ total: 5800 });
});

test('items come and go, each with its share', async () => {
  const { stripe, price, change, item, pending, id, retrieve } = await halfway();
  const extra = await price(1000);
  await change({ items: [{ price: extra, quantity: 2 }] });
  expect(await pending()).toEqual([1000]);
  const added = (await retrieve(id)).items.data[1]!;
  expect(added).toMatchObject({ quantity: 2, current_period_end: at('2028-03-01T00:00Z') });
  await change({ items: [{ id: item, deleted: true }] });
  expect(await pending()).toEqual([-1450, 1000]);
  expect((await refusal(stripe.subscriptionItems.del(added.id))).message).toContain('at least one active plan');
  expect((await refusal(change({ items: [{ price: extra }] }))).message).toContain('already on the subscription item');
});

test('another interval begins a new period, invoiced at once with the credit for the old', async () => {
  const { price, change, item, invoiceOf, lines } = await halfway();
  const subscription = await change({ items: [{ id: item, price: await price(29_000, { interval: 'year' }) }] });
  expect(subscription.billing_cycle_anchor).toBe(MIDDLE);
  expect(subscription.items.data[0]).toMatchObject({
    current_period_start: MIDDLE,
    current_period_end: at('2029-02-15T12:00Z'),
  });
  expect(lines(await invoiceOf(subscription))).toEqual([-1450, 29_000]);
});

test('billing_cycle_anchor now begins a new period with the same price', async () => {
  const { change, invoiceOf } = await halfway();
  const subscription = await change({ billing_cycle_anchor: { type: 'now' } });
  expect(subscription.items.data[0]!.current_period_start).toBe(MIDDLE);
  expect(await invoiceOf(subscription)).toMatchObject({ total: 1450, status: 'paid' });
});

test('proration_date counts from another moment of the period', async () => {
  const { price, change, item, pending } = await halfway();
  const dated = (proration_date: number, price: string) => change({ items: [{ id: item, price }], proration_date });
  const outside = await refusal(dated(START - 1, await price(5800)));
  expect(outside).toMatchObject({ statusCode: 400, param: 'proration_date' });
  // 24 of 29 days are left on 6 February: all but 5 × 100, and 5 × 200.
  await dated(START + 5 * DAY, await price(5800));
  expect(await pending()).toEqual([4800, -2400]);
});

test('a preview shows what the change then does', async () => {
  const { stripe, price, change, item, id, invoiceOf, lines, world, queue } = await halfway();
  const items = [{ id: item, price: await price(5800) }];
  const before = dump({ world, queue });
  const preview = await stripe.invoices.createPreview({
    subscription: id,
    subscription_details: { items, proration_behavior: 'always_invoice' },
  });
  const next = await stripe.invoices.createPreview({ subscription: id, subscription_details: { items } });
  expect(dump({ world, queue })).toBe(before);
  expect(lines(next)).toEqual([2900, -1450, 5800]);
  expect(next.next_payment_attempt).toBe(at('2028-03-01T01:00Z'));
  const invoice = await invoiceOf(await change({ items, proration_behavior: 'always_invoice' }));
  expect(lines(preview)).toEqual(lines(invoice));
  expect(preview).toMatchObject({ total: invoice.total, amount_due: invoice.amount_due, status: 'draft' });
});

test('a preview of a subscription that does not exist yet', async () => {
  const { stripe, customer, price, lines } = await halfway();
  const items = [{ price: await price(700), quantity: 3 }];
  const preview = await stripe.invoices.createPreview({ customer, subscription_details: { items } });
  expect(lines(preview)).toEqual([2100]);
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
  const vague = { customer, subscription_details: { trial_end: 'now' as const } };
  expect((await refusal(stripe.invoices.createPreview(vague))).param).toBe('subscription_details[items]');
  expect((await refusal(stripe.invoices.createPreview({ customer, schedule: 'sub_sched_1' }))).statusCode).toBe(501);
});

const FAILS = 'pm_card_chargeCustomerFail';

test('a change that is not paid is past due by default, and retried', async () => {
  const { price, change, item, invoiceOf } = await halfway(FAILS);
  const items = [{ id: item, price: await price(5800) }];
  const subscription = await change({ items, proration_behavior: 'always_invoice' });
  expect(subscription.status).toBe('past_due');
  expect(await invoiceOf(subscription)).toMatchObject({ status: 'open', next_payment_attempt: MIDDLE + DAY });
});

test('error_if_incomplete changes nothing when it is not paid', async () => {
  const { price, change, item, world, queue } = await halfway(FAILS);
  const items = [{ id: item, price: await price(5800) }];
  const before = dump({ world, queue });
  const error = await refusal(
    change({ items, proration_behavior: 'always_invoice', payment_behavior: 'error_if_incomplete' }),
  );
  expect(error.statusCode).toBe(402);
  expect(dump({ world, queue })).toBe(before);
});

const pending = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;

test('a change that waits for its payment takes effect when it is paid', async () => {
  const { stripe, price, change, item, id, invoiceOf, retrieve, told } = await halfway(FAILS);
  const dear = await price(5800);
  told();
  const subscription = await change({ items: [{ id: item, price: dear }], ...pending });
  expect(subscription).toMatchObject({
    status: 'active',
    items: { data: [{ price: { unit_amount: 2900 } }] },
    pending_update: { expires_at: MIDDLE + 23 * HOUR, subscription_items: [{ price: { id: dear } }] },
  });
  const { id: invoice, status } = await invoiceOf(subscription);
  expect(status).toBe('open');
  told();
  await stripe.invoices.pay(invoice, { payment_method: 'pm_card_visa' });
  expect(await retrieve(id)).toMatchObject({
    pending_update: null,
    items: { data: [{ id: item, price: { id: dear } }] },
  });
  expect(told()).toContain('customer.subscription.pending_update_applied');
  expect((await refusal(change({ description: 'x', ...pending }))).param).toBe('description');
});

test('unpaid for 23 hours it is forgotten, and its invoice void', async () => {
  const { price, change, item, id, invoiceOf, retrieve, told, time, pending: waiting } = await halfway(FAILS);
  await change({ items: [{ id: item, price: await price(5800) }], ...pending });
  told();
  await time.advance(MIDDLE + 23 * HOUR);
  const after = await retrieve(id);
  expect(after).toMatchObject({ status: 'active', pending_update: null });
  expect(after.items.data[0]!.price.unit_amount).toBe(2900);
  expect((await invoiceOf(after)).status).toBe('void');
  expect(told()).toContain('customer.subscription.pending_update_expired');
  expect(await waiting()).toEqual([]);
});

test('a subscription that ends gives up the change that waited, and its invoice', async () => {
  const { stripe, price, change, item, id, invoiceOf, retrieve } = await halfway(FAILS);
  await change({ items: [{ id: item, price: await price(5800) }], ...pending });
  await stripe.subscriptions.cancel(id);
  const after = await retrieve(id);
  expect(after).toMatchObject({ status: 'canceled', pending_update: null });
  expect((await invoiceOf(after)).status).toBe('void');
});

test('a discount that is replaced is one that changed; one that is left out ends', async () => {
  const { stripe, change, told } = await halfway();
  const coupon = async (percent_off: number) => (await stripe.coupons.create({ percent_off, duration: 'forever' })).id;
  const [half, third] = [await coupon(50), await coupon(33)];
  const { discounts } = await change({ discounts: [{ coupon: half }] });
  told();
  expect((await change({ discounts: [{ coupon: third }] })).discounts).toEqual(discounts);
  expect(told()).toEqual(['customer.discount.updated']);
  expect((await change({ discounts: '' })).discounts).toEqual([]);
  expect(told()).toEqual(['customer.discount.deleted', 'customer.subscription.updated']);
});

test('when a canceled subscription’s coupon runs out, nothing more is told of the subscription', async () => {
  const { stripe, change, id, told, time } = await halfway();
  const coupon = await stripe.coupons.create({ percent_off: 5, duration: 'repeating', duration_in_months: 2 });
  await change({ discounts: [{ coupon: coupon.id }] });
  await stripe.subscriptions.cancel(id);
  told();
  await time.advance(at('2028-06-01T00:00Z'));
  expect(told()).toEqual(['customer.discount.deleted']);
});

test('subscription items change their subscription', async () => {
  const { stripe, price, item, id, pending: waiting, retrieve, told } = await halfway();
  const added = await stripe.subscriptionItems.create({ subscription: id, price: await price(1000) });
  await stripe.subscriptionItems.update(item, { quantity: 2 });
  expect(await waiting()).toEqual([2900, -1450, 500]);
  expect(told().filter((type) => type === 'customer.subscription.updated')).toHaveLength(2);
  const { data } = await stripe.subscriptionItems.list({ subscription: id });
  expect(data.map((each) => each.id)).toEqual([added.id, item]);
  expect(await stripe.subscriptionItems.del(added.id, { proration_behavior: 'none' })).toEqual(
    expect.objectContaining({ id: added.id, deleted: true }),
  );
  expect((await retrieve(id)).items.data).toHaveLength(1);
});

test('classic billing mode has one interval', async () => {
  const { subscribe, price } = await halfway();
  const mixed = [await price(100), await price(1000, { interval: 'year' })];
  const error = await refusal(subscribe(mixed, { billing_mode: { type: 'classic' } }));
  expect(error.message).toContain('Found mismatch in interval field');
});

test('a subscription moves to flexible billing mode, once', async () => {
  const { stripe, price, subscribe, events } = await subscriber();
  const gold = await price(2000);
  const { id } = await subscribe(gold, { billing_mode: { type: 'classic' } });
  const yearly = { price: await price(9000, { interval: 'year' }) };
  await refusal(stripe.subscriptions.update(id, { items: [yearly] }));
  events();
  const flexible = { billing_mode: { type: 'flexible' } } as const;
  expect(await stripe.subscriptions.migrate(id, flexible)).toMatchObject({
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: NOW },
  });
  expect(events()).toMatchObject([
    {
      type: 'customer.subscription.updated',
      data: { previous_attributes: { billing_mode: { flexible: null, type: 'classic' } } },
    },
  ]);
  expect((await stripe.subscriptions.update(id, { items: [yearly] })).items.data).toHaveLength(2);
  expect(await refusal(stripe.subscriptions.migrate(id, flexible))).toMatchObject({ statusCode: 400 });
});
