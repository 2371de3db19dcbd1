import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { future, type Params } from './params.ts';
import { lastPeriodEnd, nextRenewal } from './periods.ts';

type Subscription = Stored<'subscription'>;

/** Sets or lifts a cancellation to come: at the end of the period, or at a moment. */
export function setCancellation(tx: Transaction, id: string, params: Params): void {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params;
  const subscription = tx.get('subscription', id)!;
  if (
    (at !== undefined || atEnd !== undefined) &&
    subscription.schedule &&
    tx.get('subscription_schedule', subscription.schedule as string)
  )
    throw stripeError('wrong_state', [
      `The subscription is managed by the subscription schedule \`${String(subscription.schedule)}\`, and updating any ` +
        'cancelation behavior directly is not allowed. Please update the schedule instead.',
    ]);
  if (at && atEnd) throw stripeError('parameters_exclusive', ['cancel_at', 'cancel_at_period_end'], 'cancel_at');
  if (at !== undefined) set(tx, subscription, at ? moment(tx, subscription, at) : null, false);
  else if (atEnd !== undefined && atEnd !== subscription.cancel_at_period_end)
    set(tx, subscription, atEnd ? lastPeriodEnd(subscription) : null, atEnd);
}

function moment(tx: Transaction, subscription: Subscription, at: number | string): number {
  if (typeof at === 'number') return future(tx, at, 'cancel_at');
  if (at === 'min_period_end') return nextRenewal(subscription);
  if (at === 'max_period_end') return lastPeriodEnd(subscription);
  throw stripeError('paybell_not_modelled', [`\`cancel_at: ${at}\``], 'cancel_at');
}

function set(tx: Transaction, subscription: Subscription, at: number | null, atPeriodEnd: boolean): void {
  const { id, cancellation_details: details } = subscription;
  tx.update('subscription', id, {
    cancel_at: at,
    cancel_at_period_end: atPeriodEnd,
    canceled_at: at === null ? null : tx.now,
    cancellation_details: { ...details!, reason: at === null ? null : 'cancellation_requested' },
  });
}
