import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';

/** What the events of one customer under one meter are found by. */
export const usageKey = (meter: string, customer: string): string => `${meter} ${customer}`;

/** One event's part in a customer's usage. `at` in seconds. */
type Told = { at: number; value: number };

/** What a customer used under a meter from `start` up to but not including `end`, Unix seconds. */
export function usageOf(
  tx: Transaction,
  meter: Stored<'billing.meter'>,
  customer: string,
  { start, end }: { start: number; end: number },
): number {
  return aggregate(meter.default_aggregation.formula, [...told(tx, meter.id, customer, { start, end })]);
}

/** The events of a customer under a meter within a time, the first told first. */
export function* told(
  tx: Transaction,
  meter: string,
  customer: string,
  { start, end }: { start: number; end: number },
): Generator<Told> {
  const by = { field: 'hidden.usage', value: usageKey(meter, customer) };
  for (const { object, hidden } of tx.oldest('billing.meter_event', by))
    if (object.timestamp >= start && object.timestamp < end)
      yield { at: object.timestamp, value: Number(hidden['value']) };
}

/** Adds events up as a meter's formula says; of `last` the latest by time, then by arrival. */
export function aggregate(formula: string, events: readonly Told[]): number {
  if (formula === 'count') return events.length;
  if (formula === 'last') return events.reduce((last, one) => (one.at >= last.at ? one : last), NONE).value;
  return events.reduce((sum, { value }) => sum + value, 0);
}

const NONE: Told = { at: -Infinity, value: 0 };
