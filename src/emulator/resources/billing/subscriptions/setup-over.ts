import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';

// Why a subscription changed: what it is to be paid with is told first.
export const SET_UP = 'subscription.set_up';

/**
 * A setup intent came to its end. A subscription that waited for it does so no longer, and pays with what was set up
 * where `save_default_payment_method` asks for it: the reference says that of payments only, but a trial has none.
 * A subscription's own end leaves its intent open (docs.stripe.com/billing/subscriptions/deferred-payment).
 */
export function setupOver(tx: Transaction, { id, status, payment_method: method }: Stored<'setup_intent'>): void {
  const waits = tx.row('setup_intent', id)!.hidden['subscription'] as string | undefined;
  const subscription = tx.get('subscription', waits);
  if (subscription?.pending_setup_intent !== id) return;
  const save = status === 'succeeded' && subscription.payment_settings?.save_default_payment_method;
  tx.update('subscription', subscription.id, {
    pending_setup_intent: null,
    ...(save === 'on_subscription' && { default_payment_method: method as string }),
  });
  tx.because('subscription', subscription.id, SET_UP);
}
