import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';

type Invoice = Stored<'invoice'>;

/** The subscription an invoice bills, if it bills one. */
export const subscriptionOf = ({ parent }: Pick<Invoice, 'parent'>): string | null =>
  (parent?.subscription_details?.subscription as string | undefined) ?? null;

/*
 * What happens to a subscription when something happens to one of its invoices: the one place where invoices speak to
 * subscriptions. Each is called in the transaction of the change, after the invoice shows it, and only for invoices
 * that bill a subscription.
 */

/** The invoice was finalised and is open, or paid at once when nothing was due. */
export function invoiceFinalized(_tx: Transaction, _invoice: Invoice): void {}

/** The invoice became paid: by a payment, out of band, by credit, or because nothing was due. */
export function invoicePaid(_tx: Transaction, _invoice: Invoice): void {}

/** An attempt to collect failed. `final` says that no further attempt is planned. */
export function invoiceFailed(_tx: Transaction, _invoice: Invoice, _final: boolean): void {}

/** The bank asks the customer to authenticate the payment. */
export function invoiceActionRequired(_tx: Transaction, _invoice: Invoice): void {}

export function invoiceVoided(_tx: Transaction, _invoice: Invoice): void {}

export function invoiceUncollectible(_tx: Transaction, _invoice: Invoice): void {}

/** The payment method that a subscription names for its invoices: a payment method or a source, null for none. */
export function subscriptionMethod(_tx: Transaction, _subscription: string): string | null {
  return null;
}
