import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { future, type Params } from './params.ts';

const DAY = 86_400;

/** How long before its end `customer.subscription.trial_will_end` is told, in seconds. */
export const TOLD_BEFORE = 3 * DAY;

/** The longest trial, in days (docs.stripe.com/api/subscriptions/create). */
const LONGEST = 730;

/** When a new subscription's trial ends (Unix seconds); null for none. */
export function trialEndOf(tx: Transaction, params: Params, prices: readonly Stored<'price'>[]): number | null {
  const { trial_end: end, trial_period_days: days, trial_from_plan: fromPlan } = params;
  if (end !== undefined && days !== undefined)
    throw stripeError('parameters_exclusive', ['trial_end', 'trial_period_days']);
  if (fromPlan && (end !== undefined || days !== undefined))
    throw stripeError('parameters_exclusive', [
      'trial_from_plan',
      end === undefined ? 'trial_period_days' : 'trial_end',
    ]);
  if (end === 'now') return null;
  if (typeof end === 'number') return notTooLong(tx, future(tx, end, 'trial_end'), 'trial_end');
  const counted =
    days ?? (fromPlan ? Math.max(0, ...prices.map((price) => price.recurring?.trial_period_days ?? 0)) : 0);
  if (counted < 0)
    throw stripeError('parameter_invalid_integer', ['trial_period_days', String(counted)], 'trial_period_days');
  return counted === 0 ? null : notTooLong(tx, tx.now + counted * DAY, 'trial_period_days');
}

export function notTooLong(tx: Transaction, end: number, param: string): number {
  if (end > tx.now + LONGEST * DAY)
    throw stripeError('missing', [`Invalid ${param}: a trial ends at most two years from now.`], param);
  return end;
}

/** When to tell that the trial is about to end: three days before, at once for a shorter one; null once told. */
export const tellTrialEnd = (
  { status, trial_end: end, trial_start: start }: Stored<'subscription'>,
  told: unknown,
): number | null =>
  status !== 'trialing' || end === null || told === end ? null : Math.max(end - TOLD_BEFORE, start ?? 0);
