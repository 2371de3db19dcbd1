import * as fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { runs, SEEDS } from '../../property.ts';
import { dump } from '../../worlds.ts';
import { DAY, HOUR, subscriber } from './subscriber.ts';

type Open = Awaited<ReturnType<typeof subscriber>> & { prices: string[]; coupons: string[]; rates: string[] };

/** One thing somebody might do; `pick` chooses among what exists, and what is impossible is refused. */
type Step = { what: keyof typeof STEPS; pick: number; card: string };

const one = <T>(list: readonly T[], pick: number) => list[pick % list.length]!;
const some = async ({ stripe }: Open, pick: number): Promise<Stripe.Subscription | undefined> =>
  one((await stripe.subscriptions.list({ limit: 100 })).data, pick);
const idOf = async (open: Open, pick: number) => (await some(open, pick))?.id ?? 'sub_none';
const itemOf = async (open: Open, pick: number) => {
  const items = (await some(open, pick))?.items.data ?? [];
  return one(items, pick)?.id ?? 'si_none';
};

const PRORATIONS = ['create_prorations', 'always_invoice', 'none'] as const;
const PAYMENTS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'] as const;
const how = (pick: number) => ({
  proration_behavior: one(PRORATIONS, pick),
  ...(pick % 3 === 0 && { payment_behavior: one(PAYMENTS, pick >> 2) }),
});

const STEPS = {
  subscribe: (open: Open, { pick }: Step) =>
    open.subscribe(pick % 4 ? one(open.prices, pick) : open.prices.slice(0, 2), {
      ...(pick % 5 === 0 && { trial_period_days: 1 + (pick % 40) }),
      ...(pick % 3 === 0 && { discounts: [{ coupon: one(open.coupons, pick) }] }),
      ...(pick % 7 === 0 && { collection_method: 'send_invoice' as const, days_until_due: 5 }),
      default_tax_rates: open.rates.slice(pick % 3),
      payment_behavior: one(PAYMENTS, pick >> 3),
    }),
  swap: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptionItems.update(await itemOf(open, pick), {
      price: one(open.prices, pick >> 3),
      ...how(pick),
    }),
  quantity: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptionItems.update(await itemOf(open, pick), { quantity: pick % 6, ...how(pick) }),
  add: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptionItems.create({
      subscription: await idOf(open, pick),
      price: one(open.prices, pick >> 2),
      ...how(pick),
    }),
  drop: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptionItems.del(await itemOf(open, pick), how(pick) as Stripe.SubscriptionItemDeleteParams),
  again: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptions.update(await idOf(open, pick), {
      ...(pick % 2 ? { billing_cycle_anchor: { type: 'now' } } : { trial_end: pick % 4 ? 'now' : trialEnd(open) }),
      ...how(pick),
    }),
  leave: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptions.update(await idOf(open, pick), { cancel_at_period_end: pick % 3 > 0 }),
  pause: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptions.update(await idOf(open, pick), {
      pause_collection: pick % 2 ? { behavior: one(['void', 'keep_as_draft', 'mark_uncollectible'], pick) } : '',
    }),
  discount: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptions.update(await idOf(open, pick), {
      discounts: pick % 4 ? [{ coupon: one(open.coupons, pick) }] : '',
    }),
  cancel: async (open: Open, { pick }: Step) =>
    open.stripe.subscriptions.cancel(await idOf(open, pick), { prorate: pick % 2 > 0, invoice_now: pick % 3 > 0 }),
  card: async ({ stripe, customer }: Open, { card }: Step) => {
    const { id } = await stripe.paymentMethods.attach(card, { customer });
    return stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  },
  pay: async ({ stripe }: Open, { pick }: Step) => {
    const { data } = await stripe.invoices.list({ status: 'open' });
    return stripe.invoices.pay(one(data, pick)?.id ?? 'in_none', { payment_method: 'pm_card_visa' });
  },
  refund: async ({ stripe }: Open, { pick }: Step) => {
    const { data } = await stripe.charges.list();
    return stripe.refunds.create({ charge: one(data, pick)?.id ?? 'ch_none', amount: 1 + (pick % 300) });
  },
  preview: async (open: Open, { pick }: Step) =>
    open.stripe.invoices.createPreview({ subscription: await idOf(open, pick) }),
  wait: ({ time, world }: Open, { pick }: Step) =>
    time.advance(world.clock.now() + one([1, HOUR, DAY, 5 * DAY, 31 * DAY, 100 * DAY], pick)),
} satisfies Record<string, (open: Open, step: Step) => unknown>;

const trialEnd = ({ world }: Open) => world.clock.now() + 9 * DAY;

const OFTEN = ['subscribe', 'subscribe', 'swap', 'quantity', 'wait', 'wait', 'wait'] as const;
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[]), ...OFTEN, ...OFTEN),
  pick: fc.nat({ max: 1000 }),
  card: fc.constantFrom('pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_authenticationRequired'),
});

const sum = <T>(list: readonly T[], amount: (item: T) => number | null | undefined) =>
  list.reduce((total, item) => total + (amount(item) ?? 0), 0);
const amounts = (list: readonly { amount: number }[] | null | undefined) => sum(list ?? [], ({ amount }) => amount);

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

async function balanced({ stripe, customer }: Open) {
  const invoices = await all(stripe.invoices.list({ limit: 100 }));
  for (const invoice of invoices) {
    const exclusive = invoice.total_taxes?.filter(({ tax_behavior }) => tax_behavior === 'exclusive');
    const { subtotal, total, amount_due, amount_paid, amount_remaining } = invoice;
    expect(total).toBe(subtotal - amounts(invoice.total_discount_amounts) + amounts(exclusive));
    expect(amount_remaining).toBe(amount_due - amount_paid);
    if (!invoice.lines.has_more) expect(subtotal).toBe(amounts(invoice.lines.data));
  }
  const charges = await all(stripe.charges.list({ limit: 100 }));
  const paid = charges.filter((charge) => charge.paid);
  expect(amounts(paid)).toBe(sum(invoices, (each) => each.amount_paid - (each.amount_paid_off_stripe ?? 0)));
  const refunds = await all(stripe.refunds.list({ limit: 100 }));
  expect(sum(charges, (charge) => charge.amount_refunded)).toBe(amounts(refunds));
  const books = await all(stripe.balanceTransactions.list({ limit: 100 }));
  for (const { net, amount, fee } of books) expect(net).toBe(amount - fee);
  expect(amounts(books)).toBe(amounts(paid) - amounts(refunds));
  const moves = await all(stripe.customers.listBalanceTransactions(customer, { limit: 100 }));
  expect(((await stripe.customers.retrieve(customer)) as Stripe.Customer).balance).toBe(amounts(moves));
}

/** A running subscription has exactly one period for every item, and now lies in it. */
async function inPeriod({ stripe, world }: Open) {
  const now = world.clock.now();
  for (const { status, items } of await all(stripe.subscriptions.list({ limit: 100 })))
    if (['active', 'trialing', 'past_due', 'unpaid'].includes(status))
      for (const item of items.data) {
        expect(item.current_period_start).toBeLessThanOrEqual(now);
        expect(item.current_period_end).toBeGreaterThan(now);
      }
}

test.each(SEEDS)(
  'whatever is done to subscriptions, the books balance and every period covers now (seed %i)',
  async (seed) => {
    const tally = { done: 0, refused: 0 };
    const fired = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), async (steps) => {
        const base = await subscriber();
        const rate = async (percentage: number, inclusive: boolean) =>
          (await base.stripe.taxRates.create({ display_name: 'Tax', percentage, inclusive })).id;
        const open: Open = {
          ...base,
          prices: [
            await base.price(2999),
            await base.price(1001),
            await base.price(0),
            await base.price(25_000, { interval: 'year' }),
            await base.price(701, { interval: 'week', interval_count: 2 }),
          ],
          coupons: [
            (await base.stripe.coupons.create({ percent_off: 33.3, duration: 'repeating', duration_in_months: 2 })).id,
            (await base.stripe.coupons.create({ amount_off: 450, currency: 'usd', duration: 'forever' })).id,
            (await base.stripe.coupons.create({ percent_off: 50, duration: 'once' })).id,
          ],
          rates: [await rate(19, true), await rate(8.25, false)],
        };
        for (const each of steps) {
          const before = dump(open);
          try {
            await STEPS[each.what](open, each);
            tally.done++;
          } catch (error) {
            const { statusCode, message } = error as { statusCode?: number; message: string };
            expect(statusCode, `${each.what}: ${message}`).toBeLessThan(500);
            // What a decline keeps is looked at with the rest.
            if (statusCode === 402) continue;
            tally.refused++;
            expect(dump(open)).toBe(before);
          }
          await inPeriod(open);
        }
        await balanced(open);
        await open.time.advance(open.world.clock.now() + 200 * DAY);
        await inPeriod(open);
        await balanced(open);
        expect([...open.world.filled.entries()]).toEqual([]);
        for (const { event } of open.world.log.all) fired.add(event.type);
      }),
      { seed, numRuns: runs(30) },
    );
    // The sequences do reach what they are meant to.
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
    for (const type of ['updated', 'deleted', 'trial_will_end'])
      expect(fired).toContain(`customer.subscription.${type}`);
    for (const type of ['invoiceitem.created', 'invoice.payment_failed', 'customer.discount.deleted'])
      expect(fired).toContain(type);
  },
);
