import type { JsonObject } from '../../../base/json.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { billingSettings } from '../billing/settings.ts';
import { defineResource, type Change } from '../define.ts';
import { RANK } from '../ranks.ts';

const DAY = 24 * 60 * 60;

type Posting = {
  /** What it moves, in minor units, before fees; negative when money leaves. */
  amount: number;
  fee?: number;
  feeDescription?: string;
  currency: string;
  type: Stored<'balance_transaction'>['type'];
  reportingCategory: string;
  source: string;
  description?: string | null;
  /** Whether the money counts at once and not after two days. */
  atOnce?: boolean;
};

/** Writes a line into the account's books: net = amount - fee, pending until it becomes available. */
export function post(tx: Transaction, posting: Posting): Stored<'balance_transaction'> {
  const { amount, fee = 0, currency, atOnce = false } = posting;
  // Two days on, at midnight UTC: the usual schedule of a US account.
  const availableOn = atOnce ? tx.now : Math.floor(tx.now / DAY) * DAY + 2 * DAY;
  const net = amount - fee;
  addToBalance(tx, currency, atOnce ? { available: net } : { pending: net });
  if (atOnce && net > 0 && INCOME.includes(posting.type)) announce(tx);
  const line = tx.insert('balance_transaction', {
    id: tx.id('txn'),
    object: 'balance_transaction',
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    created: tx.now,
    currency,
    description: posting.description ?? null,
    exchange_rate: null,
    fee,
    fee_details: fee
      ? [
          {
            amount: fee,
            application: null,
            currency,
            description: posting.feeDescription ?? 'Stripe processing fees',
            type: 'stripe_fee',
          },
        ]
      : [],
    net,
    reporting_category: posting.reportingCategory,
    source: posting.source,
    status: atOnce ? 'available' : 'pending',
    type: posting.type,
  });
  if (!atOnce) expect(tx, line);
  return line;
}

/** What was to wait and did not: told, unlike money that comes back, or that leaves. */
const INCOME: string[] = ['charge', 'payment'];

function announce(tx: Transaction): void {
  const { hidden } = tx.row('balance', 'balance')!;
  tx.update('balance', 'balance', {}, { announced: Number(hidden['announced'] ?? 0) + 1 });
}

type Line = Stored<'balance_transaction'>;

// What becomes available on one day does so line by line; the day is told with its last line. Lines on a test clock
// have days of their own. Only income waits: money that leaves, or comes back, moves at once and is not told. A day is a
// row of a kind that the API does not have, so that no number of days makes a payment slower.
const DAY_ROW = 'paybell.balance_day';
const dayOf = (tx: Transaction, { id, available_on: at }: Line) =>
  `${tx.row('balance_transaction', id)!.clock ?? ''} ${at}`;

function expect(tx: Transaction, line: Line): void {
  const day = dayOf(tx, line);
  const row = tx.row(DAY_ROW, day);
  if (row) tx.update(DAY_ROW, day, {}, { lines: Number(row.hidden['lines']) + 1 });
  else tx.insert(DAY_ROW, { id: day, object: DAY_ROW } as JsonObject as never, { lines: 1 });
}

function arrived(tx: Transaction, line: Line): void {
  const day = dayOf(tx, line);
  const left = Number(tx.row(DAY_ROW, day)?.hidden['lines'] ?? 1) - 1;
  if (left > 0) return void tx.update(DAY_ROW, day, {}, { lines: left });
  if (tx.row(DAY_ROW, day)) tx.remove(DAY_ROW, day);
  if (billingSettings(tx).balanceAvailable) announce(tx);
}

const announced = ({ before, after }: Change<'balance'>) =>
  Number(after.hidden['announced'] ?? 0) > Number(before?.hidden['announced'] ?? 0);

type Sums = Record<string, { available: number; pending: number }>;

// The sums are kept, not added up on each request: a balance costs the same after ten payments and after a million.
function addToBalance(tx: Transaction, currency: string, by: { available?: number; pending?: number }) {
  const row = tx.row('balance', 'balance');
  const sums = { ...(row?.hidden['sums'] as Sums | undefined) };
  const before = sums[currency] ?? { available: 0, pending: 0 };
  sums[currency] = {
    available: before.available + (by.available ?? 0),
    pending: before.pending + (by.pending ?? 0),
  };
  const fields = balanceFields(sums) as never;
  if (row) tx.update('balance', 'balance', fields, { sums });
  else tx.insert('balance', fields, { sums });
}

function balanceFields(sums: Sums): JsonObject {
  const part = (name: 'available' | 'pending') =>
    Object.entries(sums).map(([currency, sum]) => ({ amount: sum[name], currency, source_types: { card: sum[name] } }));
  const available = part('available');
  const pending = part('pending');
  const none = [{ amount: 0, currency: 'usd', source_types: { card: 0 } }];
  return {
    object: 'balance',
    available: available.length ? available : none,
    livemode: false,
    pending: pending.length ? pending : none,
  };
}

export const balance = defineResource('balance', {
  prefix: 'balance',
  operations: { 'balance.retrieve': ({ tx }) => tx.get('balance', 'balance') ?? balanceFields({}) },
  // Told of money that is available at once. Stripe tells as well, in between whatever an account's log is about, of
  // what becomes available on schedule: here where the Dashboard says so (`balanceAvailable`).
  events: [{ type: 'balance.available', when: announced, rank: RANK.other }],
});

export const balanceTransaction = defineResource('balance_transaction', {
  prefix: 'txn',
  events: [],
  timers: [
    {
      name: 'available',
      at: ({ status, available_on }) => (status === 'pending' ? available_on : null),
      run(tx, line) {
        tx.update('balance_transaction', line.id, { status: 'available' });
        addToBalance(tx, line.currency, { available: line.net, pending: -line.net });
        arrived(tx, line);
      },
    },
  ],
});
