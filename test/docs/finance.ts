import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { generator } from '../generator.ts';

/** An object as it stands in the mirror. */
export interface MirrorRow {
  object: string;
  id: string;
  json: JsonObject;
  deleted: boolean;
}

const START = Date.UTC(2024, 0, 1) / 1000;
const END = Date.UTC(2026, 10, 22) / 1000;
const CURRENCIES = ['usd', 'eur', 'jpy'] as const;

/** Two years of a business: charges, refunds, invoices, and subscriptions of every kind and state. */
export function objects({ seed, count }: { seed: number; count: number }): MirrorRow[] {
  const { next, whole, pick } = generator(seed);
  const moment = (): number => START + whole(END - START);
  const make: Record<string, (id: string) => { json: JsonObject; deleted?: boolean }> = {
    charge: () => ({
      json: {
        created: moment(),
        currency: pick(CURRENCIES),
        amount: 5_000,
        amount_captured: whole(5_000),
        status: pick(['succeeded', 'succeeded', 'succeeded', 'failed', 'pending']),
      },
    }),
    refund: () => ({
      json: {
        created: moment(),
        currency: pick(CURRENCIES),
        amount: whole(3_000),
        status: pick(['succeeded', 'failed']),
      },
    }),
    invoice: () => ({
      json: {
        created: moment(),
        customer: pick([`cus_${whole(count / 50)}`, { id: 'cus_expanded', object: 'customer' }]),
        currency: pick(CURRENCIES),
        status: next() < 0.05 ? 'open' : pick(['paid', 'draft', 'void', 'uncollectible']),
        attempted: next() < 0.7,
        amount_remaining: pick([0, whole(9_000)]),
      },
      deleted: next() < 0.02,
    }),
    subscription: (id) => {
      const status = next() < 0.15 ? pick(['active', 'past_due', 'trialing', 'unpaid', 'paused']) : pick(ENDED);
      const start = moment();
      const ended = status === 'canceled' || status === 'incomplete_expired' ? start + whole(END - start) : null;
      const data = Array.from({ length: 1 + (next() < 0.05 ? whole(20) : 0) }, (_, n) => item(`si_${id}_${n}`));
      const json = { status, start_date: start, ended_at: ended, items: { object: 'list', data } };
      return { json, deleted: status === 'canceled' };
    },
  };
  function item(id: string): JsonObject {
    const kind = whole(10);
    const recurring = {
      interval: pick(['day', 'week', 'month', 'month', 'year']),
      interval_count: 1 + whole(6),
      usage_type: kind === 0 ? 'metered' : 'licensed',
    };
    // Tiered prices have no amount of their own, metered items no quantity.
    const price = {
      id: 'price_1',
      currency: pick(CURRENCIES),
      unit_amount: kind === 1 ? null : whole(20_000),
      recurring,
    };
    return { id, object: 'subscription_item', price, ...(kind === 0 ? {} : { quantity: whole(5) }) };
  }
  const kinds = Object.keys(make);
  return Array.from({ length: count }, (_, index) => {
    const object = kinds[index % kinds.length]!;
    const id = `${object}_${index}`;
    const { json, deleted = false } = make[object]!(id);
    return { object, id, json: { id, object, ...json }, deleted };
  });
}

const ENDED = ['canceled', 'canceled', 'canceled', 'incomplete_expired', 'incomplete'] as const;

const of = (rows: readonly MirrorRow[], object: string) =>
  rows.filter((row) => row.object === object).map(({ json, deleted }) => ({ ...json, deleted }) as unknown as Numbers);
interface Numbers {
  created: number;
  currency: string;
  status: string;
  deleted: boolean;
  start_date: number;
  ended_at: number | null;
  amount: number;
  amount_captured: number;
  amount_remaining: number;
  attempted: boolean;
  customer: Json;
  items: { data: { price: Price; quantity?: number }[] };
}
interface Price {
  currency: string;
  unit_amount: number | null;
  recurring: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number };
}

const day = (at: number): string => new Date(at * 1000).toISOString().slice(0, 10);
const month = (at: number): string => day(at).slice(0, 7);
const PER_YEAR = { day: 365, week: 52, month: 12, year: 1 };

function grouped<Row>(rows: readonly Row[], key: (row: Row) => string): [string, Row[]][] {
  return [...Map.groupBy(rows, key)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
const total = <Row>(rows: readonly Row[], value: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0);
const inWindow = ({ created, status }: Numbers): boolean =>
  day(created) >= '2026-08-01' && day(created) < '2026-11-01' && status === 'succeeded';

/** By heading of docs/sql.md: its answer, computed from the objects. */
export const answers: Record<string, (rows: readonly MirrorRow[]) => Record<string, unknown>[]> = {
  'Monthly recurring revenue'(rows) {
    const running = of(rows, 'subscription').filter(
      ({ status, deleted }) => (status === 'active' || status === 'past_due') && !deleted,
    );
    const monthly = running.flatMap(({ items }) =>
      items.data.flatMap(({ price, quantity }) => {
        if (price.unit_amount === null || quantity === undefined) return [];
        const { interval, interval_count: every } = price.recurring;
        // Halves go up: exact, in twelfths.
        const twelfths = price.unit_amount * quantity * PER_YEAR[interval];
        const amount = Math.floor((2 * twelfths + 12 * every) / (2 * 12 * every));
        return [{ currency: price.currency, amount }];
      }),
    );
    return grouped(monthly, ({ currency }) => currency).map(([currency, all]) => ({
      currency,
      mrr: total(all, ({ amount }) => amount),
    }));
  },
  'Failed invoices by customer'(rows) {
    const failed = of(rows, 'invoice').filter(
      (one) => one.status === 'open' && one.attempted && one.amount_remaining > 0 && !one.deleted,
    );
    const customerOf = ({ customer }: Numbers): string => (isObject(customer) ? customer['id'] : customer) as string;
    return grouped(failed, (one) => `${customerOf(one)} ${one.currency}`)
      .map(([key, all]) => ({
        customer: key.split(' ')[0],
        currency: key.split(' ')[1],
        invoices: all.length,
        owed: total(all, (one) => one.amount_remaining),
        since: day(Math.min(...all.map(({ created }) => created))),
      }))
      .toSorted((a, b) => b.owed - a.owed);
  },
  'Revenue by month': (rows) =>
    grouped(of(rows, 'charge').filter(inWindow), (one) => `${month(one.created)} ${one.currency}`).map(
      ([key, all]) => ({
        month: key.slice(0, 7),
        currency: key.slice(8),
        charges: all.length,
        revenue: total(all, (one) => one.amount_captured),
      }),
    ),
  'Refunds by month': (rows) =>
    grouped(of(rows, 'refund').filter(inWindow), (one) => `${month(one.created)} ${one.currency}`).map(
      ([key, all]) => ({
        month: key.slice(0, 7),
        currency: key.slice(8),
        refunds: all.length,
        refunded: total(all, (one) => one.amount),
      }),
    ),
  Churn(rows) {
    const began = of(rows, 'subscription').filter(
      ({ start_date: start, status }) => day(start) < '2026-10-01' && !status.startsWith('incomplete'),
    );
    const running = began.filter(({ ended_at: ended }) => ended === null || day(ended) >= '2026-10-01');
    const lost = running.filter(({ ended_at: ended }) => ended !== null && day(ended) < '2026-11-01');
    return [{ at_start: running.length, lost: lost.length }];
  },
  'Subscriptions that ended, by month': (rows) =>
    grouped(
      of(rows, 'subscription').filter(
        ({ ended_at: ended, status }) => status === 'canceled' && day(ended!) >= '2026-08-01',
      ),
      (one) => month(one.ended_at!),
    ).map(([key, all]) => ({ month: key, ended: all.length })),
};
