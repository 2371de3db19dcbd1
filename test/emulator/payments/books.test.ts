import * as fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { runs, SEEDS } from '../property.ts';
import { NOW, start } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { accepted } from './accepted.ts';

const DAY = 24 * 60 * 60;
type Open = ReturnType<typeof start>;

/** One thing somebody might do; `pick` chooses among what exists, and what is impossible is refused. */
type Step = { what: keyof typeof STEPS; amount: number; pick: number; source: string };

const newest = async (list: Promise<{ data: { id: string }[] }>, pick: number) => {
  const { data } = await list;
  return data.length ? data[pick % data.length]!.id : 'none_1';
};

const DEBITS = [
  ['sepa_debit', 'eur', 'pm_sepaDebit_success_de'],
  ['sepa_debit', 'eur', 'pm_sepaDebit_disputed_de'],
  ['bacs_debit', 'gbp', 'pm_bacsDebit_debitNotAuthorized'],
  ['us_bank_account', 'usd', 'pm_usBankAccount_success'],
  ['us_bank_account', 'usd', 'pm_usBankAccount_insufficientFunds'],
  ['us_bank_account', 'usd', 'pm_usBankAccount_riskLevelHighest'],
] as const;

/** The one customer, who is there from the beginning. */
const payer = async (stripe: Stripe): Promise<string> => (await stripe.customers.list({ limit: 1 })).data[0]!.id;

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
  debit: ({ stripe }: Open, { amount, pick }: Step) => {
    const [type, currency, method] = DEBITS[pick % DEBITS.length]!;
    return stripe.paymentIntents.create({
      amount,
      currency,
      payment_method: method,
      allowed_payment_method_types: [type],
      mandate_data: accepted,
      confirm: true,
    });
  },
  setUp: async ({ stripe }: Open, { pick, source }: Step) =>
    stripe.setupIntents.create({
      ...(pick % 2 && { customer: await payer(stripe) }),
      payment_method: source.replace('tok_', 'pm_card_'),
      confirm: true,
    }),
  transfer: async ({ stripe }: Open, { amount, pick }: Step) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer: await payer(stripe),
      allowed_payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: { customer_balance: { funding_type: 'bank_transfer' } },
      confirm: pick % 4 > 0,
    }),
  send: async ({ stripe }: Open, { amount }: Step) =>
    stripe.testHelpers.customers.fundCashBalance(await payer(stripe), { amount, currency: 'usd' }),
  apply: async ({ stripe }: Open, { amount, pick }: Step) =>
    stripe.paymentIntents.applyCustomerBalance(
      await newest(stripe.paymentIntents.list(), pick),
      pick % 2 ? { amount } : {},
    ),
  change: async ({ stripe }: Open, { amount, pick }: Step) =>
    stripe.paymentIntents.update(await newest(stripe.paymentIntents.list(), pick), { amount }),
  refundCash: async ({ stripe }: Open, { amount }: Step) =>
    stripe.refunds.create({ origin: 'customer_balance', customer: await payer(stripe), amount, currency: 'usd' }),
  cancelRefund: async ({ stripe }: Open, { pick }: Step) =>
    stripe.refunds.cancel(await newest(stripe.refunds.list(), pick)),
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
  const balance = await stripe.balance.retrieve();
  for (const status of ['available', 'pending'] as const)
    for (const { amount, currency } of balance[status]) {
      const of = transactions.filter((each) => each.status === status && each.currency === currency);
      expect(amount).toBe(of.reduce((total, { net }) => total + net, 0));
    }
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
    // What was never captured counts as refunded; of what was, no more can be.
    if (captured) expect(amount_refunded - released).toBeLessThanOrEqual(amount_captured);
    if (status === 'failed')
      expect({ amount_captured, amount_refunded }).toEqual({ amount_captured: 0, amount_refunded: 0 });
  }
}

/** What a customer has sent is in its cash balance, in what waits for more, or paid. */
async function cashBalanced({ stripe, world }: Open) {
  const customer = await payer(stripe);
  const moves = await all(stripe.customers.listCashBalanceTransactions(customer, { limit: 100 }));
  const sum = (of: { net_amount: number }[]) => of.reduce((total, each) => total + each.net_amount, 0);
  const { available } = await stripe.customers.retrieveCashBalance(customer);
  expect(available?.['usd'] ?? 0).toBe(sum(moves));
  expect(available?.['usd'] ?? 0).toBeGreaterThanOrEqual(0);
  for (const [i, { ending_balance }] of moves.entries()) expect(ending_balance).toBe(sum(moves.slice(i)));
  for (const { id, amount, status } of await all(stripe.paymentIntents.list({ limit: 100 }))) {
    const applied =
      0 -
      sum(
        moves.filter((move) =>
          [move.applied_to_payment, move.unapplied_from_payment].some((to) => to?.payment_intent === id),
        ),
      );
    const { hidden } = world.tables.of('', 'payment_intent').get(id)!;
    if (hidden['transferFrom']) expect(applied).toBe(hidden['funded']);
    else if (hidden['funded']) expect({ status, applied }).toEqual({ status: 'succeeded', applied: amount });
    else expect(applied).toBe(0);
  }
}

test.each(SEEDS)('whatever is done, the books agree, and what is refused changes nothing (seed %i)', async (seed) => {
  const tally = { done: 0, refused: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const open = start();
      await open.stripe.customers.create({ email: 'jenny@example.com' });
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
            const told = open.world.log.all.slice(from).map(({ event }) => event.type);
            expect(told.some((type) => ['charge.failed', 'setup_intent.setup_failed'].includes(type))).toBe(true);
          } else {
            tally.refused++;
            expect(dump(open)).toBe(before);
          }
        }
      }
      await balanced(open);
      await cashBalanced(open);
      await open.time.advance(open.world.clock.now() + 60 * DAY);
      await balanced(open);
      await cashBalanced(open);
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

test('and so it is for an intent, and the balance is told', async () => {
  const { stripe, world } = start();
  const payment = { amount: 1000, currency: 'usd', payment_method: 'pm_card_bypassPending', confirm: true } as const;
  const intent = await stripe.paymentIntents.create({ ...payment, expand: ['latest_charge.balance_transaction'] });
  expect(intent.latest_charge).toHaveProperty('balance_transaction.status', 'available');
  const { event } = world.log.all.at(-1)!;
  expect(event).toMatchObject({ type: 'balance.available', data: { object: { available: [{ amount: 941 }] } } });
  // A refund of it is no news of the balance.
  await stripe.refunds.create({ payment_intent: intent.id });
  expect(world.log.all.filter(({ event }) => event.type === 'balance.available')).toHaveLength(1);
});

test('a day on which money became available is told once, with all of it, where the Dashboard says so', async () => {
  const { stripe, time, world, dashboard } = start();
  const charge = (amount: number) => stripe.charges.create({ amount, currency: 'usd', source: 'tok_visa' });
  const told = () => world.log.all.filter(({ event }) => event.type === 'balance.available').map(({ event }) => event);
  await charge(500);
  await time.advance(NOW + 3 * DAY);
  expect(told()).toEqual([]);
  dashboard({ balanceAvailable: true });
  const { id } = await charge(1000);
  await charge(2000);
  await time.advance(NOW + 4 * DAY);
  await stripe.refunds.create({ charge: id });
  expect(told()).toEqual([]);
  await time.advance(NOW + 5 * DAY);
  // 500 - 45, 1000 - 59 - 1000 and 2000 - 88: one event for the two of this day.
  expect(told()).toMatchObject([
    {
      created: NOW + 5 * DAY,
      request: { id: null },
      data: {
        object: { object: 'balance', available: [{ amount: 455 + 941 - 1000 + 1912 }], pending: [{ amount: 0 }] },
      },
    },
  ]);
  // No further day brings anything.
  await time.advance(NOW + 7 * DAY);
  expect(told()).toHaveLength(1);
});

test('days on a test clock are told as they pass there', async () => {
  const { stripe, world, dashboard } = start();
  dashboard({ balanceAvailable: true });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: NOW });
  const { id: customer } = await stripe.customers.create({ test_clock: clock.id, source: 'tok_visa' });
  await stripe.charges.create({ amount: 1000, currency: 'usd', customer });
  await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa' });
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: NOW + 3 * DAY });
  const { event } = world.log.all.find(({ event }) => event.type === 'balance.available')!;
  expect(event).toMatchObject({ created: NOW, data: { object: { available: [{ amount: 941 }] } } });
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

test('worked by hand: a refund after a partial capture', async () => {
  const { stripe, time } = start();
  const { id } = await stripe.paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    capture_method: 'manual',
    confirm: true,
  });
  const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 6001 });
  expect(captured).toMatchObject({ amount: 10_000, amount_received: 6001, amount_capturable: 0 });
  // 3999 of 10000 were released, which counts as refunded.
  const charge = () => stripe.charges.retrieve(captured.latest_charge as string);
  expect(await charge()).toMatchObject({ amount_captured: 6001, amount_refunded: 3999, refunded: false });
  // 2.9 % of 6001 is 174.029, rounded 174, and 30: 204. 6001 - 204 = 5797; 1500 of it go back, its fee does not.
  await time.advance(NOW + 2);
  await stripe.refunds.create({ payment_intent: id, amount: 1500 });
  const { available, pending } = await stripe.balance.retrieve();
  expect([available[0]!.amount, pending[0]!.amount]).toEqual([-1500, 5797]);
  expect(await charge()).toMatchObject({ amount_refunded: 5499, refunded: false });
  expect((await refusal(stripe.refunds.create({ payment_intent: id, amount: 4502 }))).message).toContain('4501');
  await stripe.refunds.create({ payment_intent: id });
  expect(await charge()).toMatchObject({ amount_refunded: 10_000, refunded: true });
});

test('the same key answers a decline the same, however often it is asked', async () => {
  const open = start();
  const once = () =>
    open.stripe.paymentIntents.create(
      { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa_chargeDeclined', confirm: true },
      { idempotencyKey: 'once' },
    );
  const first = await refusal(once());
  const before = dump(open);
  for (let i = 0; i < 3; i++) {
    const again = await refusal(once());
    expect({ status: again.statusCode, charge: again.charge }).toEqual({ status: 402, charge: first.charge });
    expect(again.raw['payment_intent']).toEqual(first.raw['payment_intent']);
    expect(again.headers['idempotent-replayed']).toBe('true');
  }
  expect(dump(open)).toBe(before);
});
