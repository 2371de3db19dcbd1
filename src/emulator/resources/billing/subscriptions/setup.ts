import { StripeError } from '../../../http/errors.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { create } from '../../payments/setup-operations.ts';
import { confirmSetup } from '../../payments/setup-outcomes.ts';
import { customerMethod } from '../invoices/method.ts';
import { subscriptionMethod } from '../subscription-effects.ts';
import type { PaymentBehavior } from './bill.ts';

const BY_ITSELF = ['card', 'link'];

/**
 * A subscription that takes no money at first sets up what it is to be paid with later, while the customer is there:
 * what asks for authentication, or is missing and to be given in the browser, stays with it as `pending_setup_intent`.
 * Cards saved the older way need no setting up (docs.stripe.com/billing/subscriptions/trials#pending-setup-intent).
 */
export function setUpForLater(tx: Transaction, id: string, behavior: PaymentBehavior): void {
  const { customer } = tx.get('subscription', id)!;
  const method = subscriptionMethod(tx, id) ?? customerMethod(tx, customer as string);
  if (method === null && behavior !== 'default_incomplete') return;
  if (method !== null && !tx.get('payment_method', method)) return;
  const params = {
    customer: customer as string,
    usage: 'off_session',
    ...(method !== null && { payment_method: method, ...typesWith(tx, method) }),
  };
  const intent = create({ tx, params });
  if (method !== null) confirm(tx, intent.id);
  if (tx.get('setup_intent', intent.id)!.status === 'succeeded') return;
  tx.update('subscription', id, { pending_setup_intent: intent.id });
  tx.update('setup_intent', intent.id, {}, { subscription: id });
}

/** What a setup intent takes by itself, and the type of a method it would refuse otherwise: a bank account, say. */
function typesWith(tx: Transaction, method: string): { allowed_payment_method_types?: string[] } {
  const { type } = tx.get('payment_method', method)!;
  return BY_ITSELF.includes(type as string) ? {} : { allowed_payment_method_types: [...BY_ITSELF, type as string] };
}

/** A refusal is no reason to refuse the subscription: the intent waits for another payment method. */
function confirm(tx: Transaction, intent: string): void {
  try {
    confirmSetup(tx, intent, { returnUrl: null });
  } catch (error) {
    if (!(error instanceof StripeError && error.keep)) throw error;
  }
}
