import { expect, test } from 'vitest';
import { COLUMNS } from '../../src/stripe/columns.gen.ts';

test('moments are timestamps, whatever the field is called, and counts and money are not', () => {
  const kind = (object: string, field: string) => COLUMNS[object]!.columns[field];
  for (const [object, field] of [
    ['invoice', 'next_payment_attempt'],
    ['invoice', 'created'],
    ['balance_transaction', 'available_on'],
    ['subscription', 'next_pending_invoice_item_invoice'],
    ['subscription', 'trial_end'],
    ['subscription_item', 'current_period_end'],
    ['subscription_item', 'billed_until'],
    ['billing.meter_event_summary', 'start_time'],
    ['test_helpers.test_clock', 'frozen_time'],
    ['test_helpers.test_clock', 'deletes_after'],
    ['payout', 'arrival_date'],
  ] as const)
    expect([object, field, kind(object, field)]).toEqual([object, field, 'timestamp']);
  for (const [object, field] of [
    ['coupon', 'duration_in_months'],
    ['subscription', 'days_until_due'],
    ['card', 'exp_year'],
    ['invoice', 'attempt_count'],
    ['charge', 'amount'],
    ['coupon', 'times_redeemed'],
  ] as const)
    expect([object, field, kind(object, field)]).toEqual([object, field, 'integer']);
  const left = Object.entries(COLUMNS).flatMap(([object, { columns }]) =>
    Object.entries(columns)
      .filter(
        ([field, type]) => type === 'integer' && /_(?:at|on|time|until|after|date|attempt|end|start)$/.test(field),
      )
      .map(([field]) => `${object}.${field}`),
  );
  expect(left).toEqual([]);
});
