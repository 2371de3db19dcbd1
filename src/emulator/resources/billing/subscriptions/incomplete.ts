import type { Transaction } from '../../../world/transaction.ts';
import { voidInvoice } from '../invoices/end.ts';

/** How long a first payment is waited for, in seconds (docs.stripe.com/billing/subscriptions/overview#subscription-statuses). */
export const EXPIRES_AFTER = 23 * 3600;

/** The first payment never came: the subscription is over before it began, and its invoice void. */
export function expire(tx: Transaction, id: string): void {
  const { latest_invoice: invoice } = tx.get('subscription', id)!;
  tx.update('subscription', id, { status: 'incomplete_expired', ended_at: tx.now });
  if (tx.get('invoice', invoice)?.status === 'open') voidInvoice(tx, invoice as string);
}
