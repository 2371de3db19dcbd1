import { expect, test } from 'vitest';
import { NOW } from '../../sdk.ts';
import { refusal } from '../../worlds.ts';
import { at, DAY, HOUR, subscriber } from './subscriber.ts';

const MONTH = 30 * DAY; // November, in which NOW lies.

test('a trial costs nothing, is announced three days ahead, and then paid', async () => {
  const { price, subscribe, told, time, retrieve, invoiceOf } = await subscriber();
  const subscription = await subscribe(await price(2000), { trial_period_days: 14 });
  expect(subscription).toMatchObject({ status: 'trialing', trial_end: NOW + 14 * DAY });
  expect(await invoiceOf(subscription)).toMatchObject({ status: 'paid', total: 0 });
  await time.advance(NOW + 11 * DAY - 1);
  told();
  await time.advance(NOW + 11 * DAY);
  expect(told()).toEqual(['customer.subscription.trial_will_end']);
  await time.advance(NOW + 14 * DAY);
  const active = await retrieve(subscription.id);
  expect(active).toMatchObject({ status: 'active', billing_cycle_anchor: NOW + 14 * DAY });
  expect(await invoiceOf(active)).toMatchObject({ status: 'draft', total: 2000 });
  await time.advance(NOW + 14 * DAY + HOUR);
  expect(await invoiceOf(active)).toMatchObject({ status: 'paid' });
});

test('a trial that is ended is paid at once; one that goes on is not invoiced', async () => {
  const { stripe, price, subscribe, invoiceOf, time } = await subscriber();
  const { id } = await subscribe(await price(2000), { trial_period_days: 14 });
  const longer = await stripe.subscriptions.update(id, { trial_end: NOW + 20 * DAY });
  expect(longer.items.data[0]!.current_period_end).toBe(NOW + 20 * DAY);
  await time.advance(NOW + 5 * DAY);
  const ended = await stripe.subscriptions.update(id, { trial_end: 'now' });
  expect(ended).toMatchObject({ status: 'active', trial_end: NOW + 5 * DAY });
  expect(await invoiceOf(ended)).toMatchObject({ status: 'paid', total: 2000 });
});

test('a trial that is ended with no card is paused or over, as its settings say', async () => {
  const { stripe, price, subscribe } = await subscriber(null);
  const gold = await price(2000);
  for (const [missing_payment_method, status] of [
    ['pause', 'paused'],
    ['cancel', 'canceled'],
  ] as const) {
    const { id } = await subscribe(gold, {
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method } },
    });
    expect(await stripe.subscriptions.update(id, { trial_end: 'now' })).toMatchObject({ status, trial_end: NOW });
  }
});

test('what the trial is to be paid with is set up while the customer is there', async () => {
  const { stripe, customer, price, subscribe } = await subscriber();
  const gold = await price(2000);
  expect((await subscribe(gold, { trial_period_days: 14 })).pending_setup_intent).toBeNull();
  const { id: card } = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer });
  const asked = await subscribe(gold, { trial_period_days: 14, default_payment_method: card });
  const intent = await stripe.setupIntents.retrieve(asked.pending_setup_intent as string);
  expect(intent).toMatchObject({ status: 'requires_action', payment_method: card, customer });
});

test('paused for want of a card, it is resumed with one', async () => {
  const { stripe, customer, price, subscribe, time, retrieve, invoiceOf, told } = await subscriber(null);
  const { id } = await subscribe(await price(2000), {
    trial_period_days: 14,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  await time.advance(NOW + 60 * DAY);
  const why = { subscription: { type: 'trial_end_without_payment_method' }, transitioned_at: NOW + 14 * DAY };
  expect(await retrieve(id)).toMatchObject({ status: 'paused', status_details: { paused: why } });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: card.id });
  told();
  const resumed = await stripe.subscriptions.resume(id, {
    billing_cycle_anchor: { type: 'now' },
    payment_behavior: 'resume_on_payment_success',
  });
  expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: NOW + 60 * DAY });
  expect(await invoiceOf(resumed)).toMatchObject({ status: 'paid', total: 2000 });
  expect(told()).toContain('customer.subscription.resumed');
  expect((await refusal(stripe.subscriptions.resume(id))).message).toContain('only a paused one');
});

/** A subscription that paused for want of a card, and got one. */
async function pausedWith(card: string) {
  const all = await subscriber(null);
  const { id } = await all.subscribe(await all.price(2000), {
    trial_period_days: 14,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  await all.time.advance(NOW + 15 * DAY);
  const { id: method } = await all.stripe.paymentMethods.attach(card, { customer: all.customer });
  await all.stripe.subscriptions.update(id, { default_payment_method: method });
  all.told();
  return { ...all, id };
}

test('resumed on success, it stays paused until its invoice is paid, which is tried again', async () => {
  const { stripe, id, time, retrieve } = await pausedWith('pm_card_chargeCustomerFail');
  const { status, latest_invoice } = await stripe.subscriptions.resume(id, {
    payment_behavior: 'resume_on_payment_success',
  });
  expect(status).toBe('paused');
  const tried = () => stripe.invoices.retrieve(latest_invoice as string).then(({ attempt_count }) => attempt_count);
  expect(await tried()).toBe(1);
  await time.advance(NOW + 17 * DAY);
  expect(await tried()).toBe(2);
  expect((await retrieve(id)).status).toBe('paused');
  await stripe.invoices.pay(latest_invoice as string, { payment_method: 'pm_card_visa' });
  expect((await retrieve(id)).status).toBe('active');
});

test('resumed without more, nothing is collected: a first attempt that fails leaves it past due, and is the last', async () => {
  const { stripe, id, time, retrieve, told } = await pausedWith('pm_card_chargeCustomerFail');
  const { status, latest_invoice } = await stripe.subscriptions.resume(id);
  expect(status).toBe('paused');
  expect(told()).not.toContain('customer.subscription.resumed');
  const invoice = () => stripe.invoices.retrieve(latest_invoice as string);
  expect(await invoice()).toMatchObject({ status: 'open', attempt_count: 0, next_payment_attempt: null });
  await refusal(stripe.invoices.pay(latest_invoice as string));
  expect((await retrieve(id)).status).toBe('past_due');
  expect(told()).toContain('customer.subscription.resumed');
  await time.advance(NOW + 40 * DAY);
  expect(await invoice()).toMatchObject({ status: 'open', attempt_count: 1 });
  await stripe.invoices.pay(latest_invoice as string, { payment_method: 'pm_card_visa' });
  expect((await retrieve(id)).status).toBe('active');
});

test.each([
  ['markUncollectible', 'active'],
  ['voidInvoice', 'paused'],
] as const)('resumed, and its invoice ended by %s, it is %s', async (end, status) => {
  const { stripe, id, retrieve } = await pausedWith('pm_card_visa');
  const { latest_invoice } = await stripe.subscriptions.resume(id);
  await stripe.invoices[end](latest_invoice as string);
  expect((await retrieve(id)).status).toBe(status);
});

test('cancelled at the period’s end, it ends there and nothing is billed', async () => {
  const { stripe, customer, price, subscribe, time, retrieve, told } = await subscriber();
  const { id } = await subscribe(await price(2000));
  const asked = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  expect(asked).toMatchObject({ status: 'active', cancel_at: NOW + MONTH, canceled_at: NOW });
  await time.advance(NOW + MONTH - 1);
  told();
  await time.advance(NOW + MONTH + DAY);
  expect(told()).toEqual(['customer.subscription.deleted']);
  expect(await retrieve(id)).toMatchObject({ status: 'canceled', canceled_at: NOW, ended_at: NOW + MONTH });
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
});

test('cancelled at a date, even in the middle of a period', async () => {
  const { stripe, price, subscribe, time, retrieve } = await subscriber();
  const { id } = await subscribe(await price(2000));
  await stripe.subscriptions.update(id, { cancel_at: NOW + 40 * DAY });
  await time.advance(NOW + 40 * DAY - 1);
  expect((await retrieve(id)).status).toBe('active');
  await time.advance(NOW + 40 * DAY);
  expect(await retrieve(id)).toMatchObject({ status: 'canceled', ended_at: NOW + 40 * DAY });
});

test('cancelled now with prorate and invoice_now, half a month goes to the balance', async () => {
  const { stripe, customer, price, subscribe, time } = await subscriber();
  const { id } = await subscribe(await price(2000));
  await time.advance(NOW + MONTH / 2);
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  await time.advance(NOW + MONTH / 2 + HOUR);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -1000 });
  expect((await refusal(stripe.subscriptions.cancel(id))).message).toBe(`No such subscription: '${id}'`);
});

test.each([
  ['cancel', 'canceled'],
  ['unpaid', 'unpaid'],
  ['past_due', 'past_due'],
] as const)('after the last retry: %s', async (afterLastRetry, status) => {
  const { dashboard, stripe, customer, price, subscribe, time, retrieve, invoiceOf } = await subscriber();
  dashboard({ retryAfterDays: [1, 3], afterLastRetry });
  const { id } = await subscribe(await price(2000));
  const { id: card } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } });
  await time.advance(NOW + MONTH + HOUR);
  expect((await retrieve(id)).status).toBe('past_due');
  await time.advance(NOW + MONTH + HOUR + 4 * DAY - 1);
  expect((await retrieve(id)).status).toBe('past_due');
  await time.advance(NOW + MONTH + HOUR + 4 * DAY);
  const after = await retrieve(id);
  expect(after.status).toBe(status);
  const open = await invoiceOf(after);
  expect(open).toMatchObject({ status: 'open', attempt_count: 3, next_payment_attempt: null });
  if (status === 'canceled') return;
  // Paid after all, it is active again; unpaid, it went on making drafts that nobody collects.
  await time.advance(at('2027-01-22T03:00Z'));
  const later = await invoiceOf(await retrieve(id));
  expect(later.auto_advance).toBe(status !== 'unpaid');
  if (later.status === 'draft') await stripe.invoices.finalizeInvoice(later.id);
  await stripe.invoices.pay(later.id, { payment_method: 'pm_card_visa' });
  expect((await retrieve(id)).status).toBe('active');
});

test('collection paused: void, written off, or left a draft; resumes_at takes it up again', async () => {
  const { stripe, price, subscribe, renewed, invoiceOf, retrieve, time, world } = await subscriber();
  const { id } = await subscribe(await price(2000));
  for (const [behavior, status] of [
    ['void', 'void'],
    ['mark_uncollectible', 'uncollectible'],
    ['keep_as_draft', 'draft'],
  ] as const) {
    await stripe.subscriptions.update(id, { pause_collection: { behavior } });
    const { status: still, ...subscription } = await renewed(id);
    expect(still).toBe('active');
    expect((await invoiceOf(subscription)).status).toBe(status);
  }
  const resumes_at = world.clock.now() + DAY;
  await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void', resumes_at } });
  await time.advance(resumes_at);
  expect((await retrieve(id)).pause_collection).toBeNull();
  expect((await invoiceOf(await renewed(id))).status).toBe('paid');
});

test('invoices that are sent: a draft for an hour, then due in so many days', async () => {
  const { price, subscribe, time, invoiceOf } = await subscriber(null);
  const gold = await price(2000);
  expect((await refusal(subscribe(gold, { collection_method: 'send_invoice' }))).param).toBe('days_until_due');
  const subscription = await subscribe(gold, { collection_method: 'send_invoice', days_until_due: 10 });
  expect(subscription.status).toBe('active');
  expect((await invoiceOf(subscription)).status).toBe('draft');
  await time.advance(NOW + HOUR);
  expect(await invoiceOf(subscription)).toMatchObject({ status: 'open', due_date: NOW + HOUR + 10 * DAY });
});

test('lists leave out what has been canceled unless asked for it', async () => {
  const { stripe, customer, price, subscribe } = await subscriber();
  const [gold, silver] = [await price(2000), await price(1000)];
  const one = await subscribe(gold);
  const two = await subscribe(silver);
  await stripe.subscriptions.cancel(one.id);
  const ids = async (params: object) =>
    (await stripe.subscriptions.list({ customer, ...params })).data.map(({ id }) => id);
  expect(await ids({})).toEqual([two.id]);
  expect(await ids({ status: 'all' })).toEqual([two.id, one.id]);
  expect(await ids({ status: 'ended' })).toEqual([one.id]);
  expect(await ids({ price: gold, status: 'all' })).toEqual([one.id]);
  expect(await ids({ current_period_end: { gt: NOW + MONTH } })).toEqual([]);
});

test('a renewal is foretold as it will be, and not at all when there will be none', async () => {
  const { stripe, price, subscribe, time, events, renewed, invoiceOf } = await subscriber();
  const { id } = await subscribe(await price(2000));
  await time.advance(NOW + MONTH - 7 * DAY - 1);
  events();
  await time.advance(NOW + MONTH - 7 * DAY);
  const [upcoming, ...more] = events();
  expect(more).toEqual([]);
  expect(upcoming).toMatchObject({
    type: 'invoice.upcoming',
    request: { id: null },
    data: { object: { billing_reason: 'upcoming', total: 2000, next_payment_attempt: NOW + MONTH + HOUR } },
  });
  expect((await invoiceOf(await renewed(id))).total).toBe(2000);
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  await time.advance(NOW + MONTH + 2 * HOUR);
  events();
  await time.advance(NOW + 80 * DAY);
  expect(events().map(({ type }) => type)).toEqual(['customer.subscription.deleted']);
});

test('what is not modelled is refused, and what makes no sense', async () => {
  const { stripe, product, price, subscribe } = await subscriber();
  const gold = await price(2000);
  expect((await refusal(subscribe(gold, { application_fee_percent: 5 }))).statusCode).toBe(501);
  const { id: once } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5 });
  expect((await refusal(subscribe(once))).param).toBe('items[0][price]');
  expect((await refusal(subscribe('price_none'))).message).toBe("No such price: 'price_none'");
  expect((await refusal(subscribe([]))).param).toBe('items');
  expect((await refusal(subscribe(gold, { trial_period_days: 1000 }))).param).toBe('trial_period_days');
  expect((await refusal(subscribe(gold, { trial_end: NOW - 1 }))).param).toBe('trial_end');
  expect((await refusal(subscribe(gold, { currency: 'eur' }))).message).toContain('only supports `usd`');
  expect((await refusal(subscribe(gold, { billing_cycle_anchor: NOW + 90 * DAY }))).param).toBe('billing_cycle_anchor');
});

test('what is billed once goes onto the first invoice', async () => {
  const { stripe, product, price, subscribe, invoiceOf, lines } = await subscriber();
  const { id: setup } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 500 });
  const subscription = await subscribe(await price(2000), { add_invoice_items: [{ price: setup }] });
  expect(lines(await invoiceOf(subscription))).toEqual([500, 2000]);
});
