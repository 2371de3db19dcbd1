import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import { addMonths } from '../../span.ts';
import type { Transaction } from '../../world/transaction.ts';

const DAY = 86_400;

/**
 * Refuses to advance a clock backwards, or further than Stripe allows at once: two intervals of its shortest
 * subscription, or two years when it has none (docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).
 */
export function mustBeWithinReach(tx: Transaction, clock: { id: string; frozen_time: number }, target: number): void {
  const { id, frozen_time: from } = clock;
  if (target <= from)
    throw stripeError(
      'parameter_invalid',
      ['frozen_time', `the test clock stands at ${from}, and only goes forward`],
      'frozen_time',
    );
  const limit = reachOf(tx, id, from);
  if (target > limit)
    throw stripeError(
      'parameter_invalid',
      [
        'frozen_time',
        `a test clock advances by at most two intervals of its shortest subscription, or two years without one: ${limit} at most, now`,
      ],
      'frozen_time',
    );
}

function reachOf(tx: Transaction, clock: string, from: number): number {
  let limit = addMonths(from, 24);
  for (const { object: subscription } of tx.newest('subscription', { field: 'test_clock', value: clock })) {
    if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired') continue;
    for (const { price } of subscription.items.data) {
      const { recurring } = price as Stripe.Price;
      if (recurring) limit = Math.min(limit, after(from, recurring.interval, 2 * recurring.interval_count));
    }
  }
  return limit;
}

function after(from: number, interval: string, count: number): number {
  if (interval === 'day') return from + count * DAY;
  if (interval === 'week') return from + count * 7 * DAY;
  return addMonths(from, interval === 'year' ? 12 * count : count);
}
