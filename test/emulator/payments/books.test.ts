import * as fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { runs, SEEDS } from '../property.ts';
import { NOW, start } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;
type Open = ReturnType<typeof start>;

/** One thing somebody might do; `pick` chooses among what exists, and what is impossible is refused. */
type Step = { what: keyof typeof STEPS; amount: number; pick: number; source: string };

const newest = async (list: Promise<{ data: { id: string }[] }>, pick: number) => {
  const { data } = await list;
  return data.length ? data[pick % data.length]!.id : 'none_1';
};

const STEPS = {
  charge: ({ stripe }: Open, { amount, source }: Step) => stripe.charges.create({ amount, currency: 'usd', source }),
  authorise: ({ stripe }: Open, { amount, source }: Step) =>
    stripe.charges.create({ amount, currency: 'usd', source, capture: false }),
  capture: async ({ stripe }: Open, { amount, pick }: Step) =>
    stripe.charges.capture(await newest(stripe.charges.list(), pick), pick % 2 ? { amount } : {}),
  intent: ({ stripe }: Open, { amount, source, pick }: Step) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      payment_method: source.replace('tok_', 'pm_card_'),
      confirm: true,
      ...(pick % 3 === 0 && { capture_method: 'manual' as const }),
    }),
  captureIntent: async ({ stripe }: Open, { pick }: Step) =>
    stripe.paymentIntents.capture(await newest(stripe.paymentIntents.list(), pick)),
  cancelIntent: async ({ stripe }: Open, { pick }: Step) =>
    stripe.paymentIntents.cancel(await newest(stripe.paymentIntents.list(), pick)),
  authenticate: async ({ stripe, act }: Open, { pick }: Step) => {
    const payment_intent = await newest(stripe.paymentIntents.list(), pick);
    return act({ action: 'authenticate', payment_intent, outcome: pick % 2 ? 'succeed' : 'fail' });
  },
  refund: async ({ stripe }: Open, { amount, pick }: Step) =>
    stripe.refunds.create({ charge: await newest(stripe.charges.list(), pick), ...(pick % 2 && { amount }) }),
  answer: async ({ stripe }: Open, { pick }: Step) => {
    const text = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence'][pick % 3]!;
    const id = await newest(stripe.disputes.list(), pick);
    return stripe.disputes.update(id, { evidence: { uncategorized_text: text } });
  },
  concede: async ({ stripe }: Open, { pick }: Step) =>
    stripe.disputes.close(await newest(stripe.disputes.list(), pick)),
  wait: async ({ time, world }: Open, { pick }: Step) =>
    time.advance(world.clock.now() + [1, 3, 60, 3 * DAY, 8 * DAY, 30 * DAY][pick % 6]!),
} satisfies Record<string, (open: Open, step: Step) => unknown>;

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[])),
  amount: fc.integer({ min: 50, max: 5000 }),
  pick: fc.nat({ max: 1000 }),
  source: fc.constantFrom(
    'tok_visa',
    'tok_visa',
    'tok_bypassPending',
    'tok_pendingRefund',
    'tok_refundFail',
    'tok_createDispute',
    'tok_createDisputeInquiry',
    'tok_createMultipleDisputes',
    'tok_createIssuerFraudRecord',
    'tok_visa_chargeDeclined',
    'tok_threeDSecure2Required',
  ),
});

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** What must be true of the books at any time. */
async function balanced({ stripe }: Open) {
  const transactions = await all(stripe.balanceTransactions.list({ limit: 100 }));
  const { available, pending } = await stripe.balance.retrieve();
  const sum = (of: Stripe.BalanceTransaction[]) => of.reduce((total, { net }) => total + net, 0);
  expect(available[0]!.amount).toBe(sum(transactions.filter(({ status }) => status === 'available')));
  expect(pending[0]!.amount).toBe(sum(transactions.filter(({ status }) => status === 'pending')));
  for (const { net, amount, fee, fee_details } of transactions) {
    expect(net).toBe(amount - fee);
    expect(fee_details.reduce((total, each) => total + each.amount, 0)).toBe(fee);
  }
  for (const charge of await all(stripe.charges.list({ limit: 100, expand: ['data.refunds'] }))) {
    const { amount, amount_captured, amount_refunded, captured, refunded, status } = charge;
    const given = charge.refunds!.data.filter((refund) => refund.status !== 'failed');
    const released = captured ? amount - amount_captured : 0;
    expect(amount_captured).toBeLessThanOrEqual(amount);
    expect(amount_refunded).toBeLessThanOrEqual(amount);
    if (captured) expect(amount_refunded).toBe(released + given.reduce((total, each) => total + each.amount, 0));
    expect(refunded).toBe(amount_refunded === amount && status === 'succeeded');
    if (status === 'failed')
      expect({ amount_captured, amount_refunded }).toEqual({ amount_captured: 0, amount_refunded: 0 });
  }
}

test.each(SEEDS)('whatever is done, the books agree, and what is refused changes nothing (seed %i)', async (seed) => {
  const tally = { done: 0, refused: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const open = start();
      for (const each of steps) {
        const before = dump(open);
        const from = open.world.log.all.length;
        try {
          await STEPS[each.what](open, each);
          tally.done++;
        } catch (error) {
          const { statusCode, message } = error as { statusCode?: number; message: string };
          expect(statusCode ?? 400, message).toBeLessThan(500);
          // A decline is kept and told; every other refusal leaves no trace.
          if (statusCode === 402) {
            tally.kept++;
            expect(open.world.log.all.slice(from).map(({ event }) => event.type)).toContain('charge.failed');
          } else {
            tally.refused++;
            expect(dump(open)).toBe(before);
          }
        }
      }
      await balanced(open);
      await open.time.advance(open.world.clock.now() + 60 * DAY);
      await balanced(open);
      expect([...open.world.filled.entries()]).toEqual([]);
    }),
    { seed, numRuns: runs(40) },
  );
  // The sequences do reach what they are meant to.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
});

test('worked by hand: a charge, its fee, a refund, a dispute', async () => {
  const { stripe, time } = start();
  // 2.9 % of 2000 is 58, and 30: 88.
  const first = await stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' });
  // 2.9 % of 333 is 9.657, rounded 10, and 30: 40.
  await stripe.charges.create({ amount: 333, currency: 'usd', source: 'tok_createDispute' });
  const sums = async () => {
    const { available, pending } = await stripe.balance.retrieve();
    return { available: available[0]!.amount, pending: pending[0]!.amount };
  };
  expect(await sums()).toEqual({ available: 0, pending: 2000 - 88 + 333 - 40 });
  await stripe.refunds.create({ charge: first.id, amount: 500 });
  expect(await sums()).toEqual({ available: -500, pending: 2205 });
  await time.advance(NOW + 60);
  expect(await sums()).toEqual({ available: -500 - 333 - 1500, pending: 2205 });
  await time.advance(NOW + 2 * DAY - 1);
  expect((await sums()).pending).toBe(2205);
  await time.advance(NOW + 2 * DAY);
  expect(await sums()).toEqual({ available: -2333 + 2205, pending: 0 });
});

test('the card that skips pending is available at once', async () => {
  const { stripe } = start();
  const charge = await stripe.charges.create({
    amount: 1000,
    currency: 'usd',
    source: 'tok_bypassPending',
    expand: ['balance_transaction'],
  });
  expect(charge.balance_transaction).toMatchObject({ status: 'available', available_on: NOW, net: 941 });
  const { available, pending } = await stripe.balance.retrieve();
  expect([available[0]!.amount, pending[0]!.amount]).toEqual([941, 0]);
});

test('yen have no minor units, so their fee has no fixed part', async () => {
  const { stripe } = start();
  const { balance_transaction } = await stripe.charges.create({
    amount: 1000,
    currency: 'jpy',
    source: 'tok_visa',
    expand: ['balance_transaction'],
  });
  expect(balance_transaction).toMatchObject({ amount: 1000, fee: 29, net: 971, currency: 'jpy' });
});

test('an internal error changes nothing and fires nothing', async () => {
  const { stripe, ...open } = start();
  const customer = await stripe.customers.create({ name: 'Jenny', source: 'tok_visa' });
  const product = await stripe.products.create({ name: 'Tea' });
  const before = dump(open);
  const failing = () =>
    open.world.transact({ id: 'req_1', idempotency_key: null }, '', (tx) => {
      tx.insert('customer', { id: 'cus_1', object: 'customer' });
      tx.insert('tax_rate', { id: 'txr_1', object: 'tax_rate' });
      tx.update('customer', customer.id, { name: 'Somebody else' }, { secret: 1 });
      tx.update('customer', customer.id, { name: 'Yet another' });
      tx.remove('product', product.id);
      throw new TypeError('a bug');
    });
  expect(failing).toThrow('a bug');
  expect(dump(open)).toBe(before);
  expect(await stripe.customers.list({ limit: 1 })).toMatchObject({ data: [{ id: customer.id, name: 'Jenny' }] });
  // The same when an event that would be told does not conform.
  const misshapen = () =>
    open.world.transact({ id: 'req_1', idempotency_key: null }, '', (tx) =>
      tx.insert('product', { id: 'prod_1', object: 'product', created: 'yesterday' } as never),
    );
  expect(misshapen).toThrow('does not conform');
  expect(dump(open)).toBe(before);
  expect(await refusal(stripe.products.retrieve('prod_1'))).toMatchObject({ statusCode: 404 });
});
