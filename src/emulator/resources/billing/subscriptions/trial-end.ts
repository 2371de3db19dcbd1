import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { customerMethod } from '../invoices/method.ts';
import { subscriptionMethod } from '../subscription-effects.ts';
import { endSubscription } from './cancel.ts';
import { pausedFields } from './paused.ts';

type Subscription = Stored<'subscription'>;

/**
 * A trial ends with nothing to pay with: the subscription is over, or paused, if its settings say so. Returns whether that
 * was so; otherwise it is billed like any other.
 */
export function endedForWant(tx: Transaction, subscription: Subscription): boolean {
  const { id, status, collection_method: method, trial_settings: settings } = subscription;
  if (status !== 'trialing' || method !== 'charge_automatically' || hasMethod(tx, subscription)) return false;
  switch (settings?.end_behavior.missing_payment_method) {
    case 'cancel':
      tx.update('subscription', id, { trial_end: tx.now });
      endSubscription(tx, id);
      return true;
    case 'pause':
      tx.update('subscription', id, { ...pausedFields(tx.now, 'trial_end_without_payment_method'), trial_end: tx.now });
      return true;
    default:
      return false;
  }
}

const hasMethod = (tx: Transaction, { id, customer }: Subscription): boolean =>
  (subscriptionMethod(tx, id) ?? customerMethod(tx, customer as string)) !== null;
