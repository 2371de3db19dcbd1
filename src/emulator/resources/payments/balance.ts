import type { JsonObject } from '../../../base/json.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
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
  return tx.insert('balance_transaction', {
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
}

/** What was to wait and did not: told, unlike money that comes back, or that leaves. */
const INCOME: string[] = ['charge', 'payment'];

function announce(tx: Transaction): void {
  const { hidden } = tx.row('balance', 'balance')!;
  tx.update('balance', 'balance', {}, { announced: Number(hidden['announced'] ?? 0) + 1 });
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
  // Told of money that is available at once. What becomes available on schedule is not announced: Stripe does that once
  // a day, in between whatever an account's log is about.
  events: [{ type: 'balance.available', when: announced, rank: RANK.other }],
});

export const balanceTransaction = defineResource('balance_transaction', {
  prefix: 'txn',
  events: [],
  timers: [
    {
      name: 'available',
      at: ({ status, available_on }) => (status === 'pending' ? available_on : null),
      run(tx, { id, currency, net }) {
        tx.update('balance_transaction', id, { status: 'available' });
        addToBalance(tx, currency, { available: net, pending: -net });
      },
    },
  ],
});
