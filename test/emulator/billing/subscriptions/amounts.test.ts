import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { at, HOUR, subscriber } from './subscriber.ts';

// 2028 is a leap year: February has 29 days, and its middle is noon on the 15th, 14.5 days from either end.
const FEBRUARY = at('2028-02-01T00:00Z');
const MIDDLE = at('2028-02-15T12:00Z');
const february = () => subscriber('pm_card_visa', { frozenAt: FEBRUARY });

const change = (stripe: Stripe, { id, items }: Stripe.Subscription, price: string, params = {}) =>
  stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, price }], ...params });

test('up in the middle of a leap February: half of the old back, half of the new, with the next invoice', async () => {
  const { stripe, price, subscribe, time, pending, renewed, invoiceOf, lines } = await february();
  const subscription = await subscribe(await price(2900));
  await time.advance(MIDDLE);
  const { items } = await change(stripe, subscription, await price(5800));
  expect(items.data[0]).toMatchObject({ current_period_start: FEBRUARY, current_period_end: at('2028-03-01T00:00Z') });
  // 2900 × 14.5 / 29 = 1450; 5800 × 14.5 / 29 = 2900.
  expect(await pending()).toEqual([2900, -1450]);
  const invoice = await invoiceOf(await renewed(subscription.id));
  expect(lines(invoice)).toEqual([2900, -1450, 5800]);
  // 2900 − 1450 + 5800.
  expect(invoice).toMatchObject({ total: 7250, amount_paid: 7250, billing_reason: 'subscription_cycle' });
  expect(invoice.period_start).toBe(FEBRUARY);
  expect(invoice.lines.data[0]!.description).toBe('Remaining time on Gold after 15 Feb 2028');
});

test('down in the middle: a credit that makes the next invoice smaller', async () => {
  const { stripe, price, subscribe, time, pending, renewed, invoiceOf } = await february();
  const subscription = await subscribe(await price(5800));
  await time.advance(MIDDLE);
  await change(stripe, subscription, await price(2900));
  expect(await pending()).toEqual([1450, -2900]);
  // 1450 − 2900 + 2900.
  expect(await invoiceOf(await renewed(subscription.id))).toMatchObject({ total: 1450, amount_paid: 1450 });
});

test('by the second: one second later a little less is left', async () => {
  const { stripe, price, subscribe, time, pending } = await february();
  const subscription = await subscribe(await price(100_000));
  await time.advance(MIDDLE + 60);
  await change(stripe, subscription, await price(200_000));
  // 29 days are 2,505,600 s; 1,252,740 are left: 100,000 × 1,252,740 / 2,505,600 = 49,997.605…
  expect(await pending()).toEqual([99_995, -49_998]);
});

test('changed twice, never more is credited than was billed', async () => {
  const { stripe, price, subscribe, time, pending } = await february();
  const subscription = await subscribe(await price(2900));
  await time.advance(MIDDLE);
  await change(stripe, subscription, await price(5800));
  await time.advance(at('2028-02-22T18:00Z'));
  await change(stripe, subscription, await price(2900));
  // 7.25 days are left: half of the 2900 that were charged for 14.5 days; the new price for 7.25 of 29 days.
  expect(await pending()).toEqual([725, -1450, 2900, -1450]);
});

test('31 January, monthly: the last day of every month, and the 31st where there is one', async () => {
  const start = at('2028-01-31T10:00Z');
  const { price, subscribe, renewed } = await subscriber('pm_card_visa', { frozenAt: start });
  const { id } = await subscribe(await price(1000));
  const starts: string[] = [];
  for (let month = 0; month < 13; month++) {
    const { items } = await renewed(id);
    starts.push(new Date(items.data[0]!.current_period_start * 1000).toISOString().slice(0, 16));
  }
  expect(starts.map((start) => start.slice(5, 10)).join(' ')).toBe(
    '02-29 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31 01-31 02-28',
  );
  expect(starts.every((start) => start.endsWith('T10:00'))).toBe(true);
});

test('a quarter off for three months, over an upgrade', async () => {
  const { stripe, price, subscribe, time, pending, renewed, invoiceOf, told } = await february();
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 });
  const subscription = await subscribe(await price(2000), { discounts: [{ coupon: coupon.id }] });
  // 2000 less 500.
  expect(await invoiceOf(subscription)).toMatchObject({ subtotal: 2000, total: 1500 });
  await time.advance(MIDDLE);
  await change(stripe, subscription, await price(4000));
  // Half of the 1500 that were paid; half of 4000 less a quarter.
  expect(await pending()).toEqual([1500, -750]);
  // March: 4000 − 1000 + 1500 − 750. The coupon takes nothing off the prorations a second time.
  expect(await invoiceOf(await renewed(subscription.id))).toMatchObject({ total: 3750 });
  // April: the third month.
  expect(await invoiceOf(await renewed(subscription.id))).toMatchObject({ total: 3000 });
  told();
  // On 1 May three months are over.
  const after = await renewed(subscription.id);
  expect(await invoiceOf(after)).toMatchObject({ total: 4000, amount_paid: 4000 });
  expect(after.discounts).toEqual([]);
  expect(told()).toContain('customer.discount.deleted');
});

test('a coupon for one invoice is gone after it', async () => {
  const { stripe, price, subscribe, renewed, invoiceOf } = await february();
  const coupon = await stripe.coupons.create({ amount_off: 300, currency: 'usd' });
  const subscription = await subscribe(await price(2000), { discounts: [{ coupon: coupon.id }] });
  expect(await invoiceOf(subscription)).toMatchObject({ total: 1700 });
  expect(await invoiceOf(await renewed(subscription.id))).toMatchObject({ total: 2000 });
});

const taxed = async (inclusive: boolean, percentage: number) => {
  const open = await february();
  const rate = await open.stripe.taxRates.create({ display_name: 'Tax', percentage, inclusive });
  const subscription = await open.subscribe(await open.price(999), { default_tax_rates: [rate.id] });
  return { ...open, subscription };
};
const taxes = ({ lines }: Stripe.Invoice) => lines.data.map(({ taxes }) => taxes![0]!.amount);

test('exclusive tax, rounded on every line', async () => {
  const { stripe, subscription, time, renewed, invoiceOf, lines } = await taxed(false, 8.25);
  // 999 × 8.25 % = 82.4175.
  expect(await invoiceOf(subscription)).toMatchObject({ subtotal: 999, total: 1081 });
  await time.advance(MIDDLE);
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: subscription.items.data[0]!.id, quantity: 2 }],
  });
  const invoice = await invoiceOf(await renewed(subscription.id));
  // 1998 / 2 = 999; 999 / 2 = 499.5, away from zero; and the new month.
  expect(lines(invoice)).toEqual([999, -500, 1998]);
  // 82.4175, −41.25, 164.835.
  expect(taxes(invoice)).toEqual([82, -41, 165]);
  expect(invoice.total).toBe(999 - 500 + 1998 + 206);
});

test('inclusive tax is contained in the amount', async () => {
  const { subscription, invoiceOf } = await taxed(true, 19);
  const invoice = await invoiceOf(subscription);
  // 999 × 19 / 119 = 159.504…
  expect(taxes(invoice)).toEqual([160]);
  expect(invoice).toMatchObject({ subtotal: 999, total: 999, total_excluding_tax: 839 });
});

const tiers = [
  { up_to: 5, unit_amount: 1000 },
  { up_to: 'inf', unit_amount: 800 },
] as const;

test.each([
  // The first five at 1000, two more at 800.
  ['graduated', [5000, 1600]],
  // All seven at 800.
  ['volume', [5600]],
] as const)('%s tiers for seven', async (tiers_mode, expected) => {
  const { stripe, product, customer, invoiceOf, lines } = await february();
  const { id: price } = await stripe.prices.create({
    product,
    currency: 'usd',
    recurring: { interval: 'month' },
    billing_scheme: 'tiered',
    tiers_mode,
    tiers: [...tiers],
  });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price, quantity: 7 }] });
  const invoice = await invoiceOf(subscription);
  expect(lines(invoice)).toEqual(expected);
  expect(invoice.total).toBe(expected.reduce((sum, amount) => sum + amount, 0));
});

test('a zero-decimal currency: whole yen, half of them back', async () => {
  const { stripe, price, subscribe, time, pending, invoiceOf } = await february();
  const jpy = { currency: 'jpy' };
  const subscription = await subscribe(await price(1001, {}, jpy));
  expect((await invoiceOf(subscription)).lines.data[0]!.description).toBe('1 × Gold (at ¥1,001 / month)');
  await time.advance(MIDDLE);
  await change(stripe, subscription, await price(2000, {}, jpy));
  // 1001 / 2 = 500.5, away from zero.
  expect(await pending()).toEqual([1000, -501]);
});

test('an anchor ahead: the first, shorter period costs its share, or nothing', async () => {
  const { price, subscribe, invoiceOf, renewed, lines } = await february();
  const gold = await price(3100);
  const anchor = at('2028-02-11T00:00Z');
  // Of the month from 11 January to 11 February, 31 days, ten are left: 3100 × 10 / 31.
  const shared = await subscribe(gold, { billing_cycle_anchor: anchor });
  expect(lines(await invoiceOf(shared))).toEqual([1000]);
  const free = await subscribe(gold, { billing_cycle_anchor: anchor, proration_behavior: 'none' });
  expect(lines(await invoiceOf(free))).toEqual([0]);
  const { items } = await renewed(shared.id);
  expect(items.data[0]).toMatchObject({ current_period_start: anchor, current_period_end: at('2028-03-11T00:00Z') });
});

test('the day of the month in the anchor’s configuration comes back after a short month', async () => {
  const { price, subscribe, renewed } = await february();
  const { id, items } = await subscribe(await price(1000), { billing_cycle_anchor_config: { day_of_month: 31 } });
  expect(items.data[0]!.current_period_end).toBe(at('2028-02-29T00:00Z'));
  expect((await renewed(id)).items.data[0]!.current_period_end).toBe(at('2028-03-31T00:00Z'));
  expect((await renewed(id)).items.data[0]!.current_period_end).toBe(at('2028-04-30T00:00Z'));
});

test('items of several intervals are billed each in its own time', async () => {
  const { price, subscribe, invoiceOf, renewed, lines, time, retrieve } = await february();
  const subscription = await subscribe([await price(1000), await price(9000, { interval: 'year' })]);
  expect(lines(await invoiceOf(subscription))).toEqual([1000, 9000]);
  expect(lines(await invoiceOf(await renewed(subscription.id)))).toEqual([1000]);
  await time.advance(at('2029-02-01T00:00Z') + HOUR);
  expect(lines(await invoiceOf(await retrieve(subscription.id)))).toEqual([1000, 9000]);
});
