import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { subscriptionMethod, subscriptionOf } from '../subscription-effects.ts';

/**
 * What an invoice is collected from, the first of these that is set: its own payment method or source, its
 * subscription's, the customer's (docs.stripe.com/billing/subscriptions/payment-methods-setting).
 */
export function methodFor(tx: Transaction, invoice: Stored<'invoice'>): string | null {
  const subscription = subscriptionOf(invoice);
  return (
    (invoice.default_payment_method as string | null) ??
    (invoice.default_source as string | null) ??
    (subscription === null ? null : subscriptionMethod(tx, subscription)) ??
    customerMethod(tx, invoice.customer as string)
  );
}

/** What a customer pays with where nothing else is said. */
export function customerMethod(tx: Transaction, id: string): string | null {
  const customer = tx.get('customer', id);
  return (
    (customer?.invoice_settings.default_payment_method as string | null | undefined) ??
    (customer?.default_source as string | null | undefined) ??
    null
  );
}
