import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { failed, givenUp, paid } from './subscriptions/follow.ts';

type Invoice = Stored<'invoice'>;

/** The subscription an invoice bills, if it bills one. */
export const subscriptionOf = ({ parent }: Pick<Invoice, 'parent'>): string | null =>
  (parent?.subscription_details?.subscription as string | undefined) ?? null;

/*
 * What happens to a subscription when something happens to one of its invoices: the one place where invoices speak to
 * subscriptions. Each is called in the transaction of the change, after the invoice shows it, and only for invoices
 * that bill a subscription.
 */

type Subscription = Stored<'subscription'>;
const follows = (tx: Transaction, invoice: Invoice, run: (subscription: Subscription) => void) => {
  const subscription = tx.get('subscription', subscriptionOf(invoice));
  if (subscription) run(subscription);
};

/** The invoice became paid: by a payment, out of band, by credit, or because nothing was due. */
export const invoicePaid = (tx: Transaction, invoice: Invoice): void =>
  follows(tx, invoice, (subscription) => paid(tx, subscription, invoice));

/** An attempt to collect failed. `final` says that no further attempt is planned. */
export const invoiceFailed = (tx: Transaction, invoice: Invoice, final: boolean): void =>
  follows(tx, invoice, (subscription) => failed(tx, subscription, invoice, final));

export const invoiceVoided = (tx: Transaction, invoice: Invoice): void =>
  follows(tx, invoice, (subscription) => givenUp(tx, subscription, invoice));

export const invoiceUncollectible = (tx: Transaction, invoice: Invoice): void =>
  follows(tx, invoice, (subscription) => givenUp(tx, subscription, invoice));

/** The payment method that a subscription names for its invoices: a payment method or a source, null for none. */
export function subscriptionMethod(tx: Transaction, id: string): string | null {
  const subscription = tx.get('subscription', id);
  return ((subscription?.default_payment_method ?? subscription?.default_source) as string | null | undefined) ?? null;
}
