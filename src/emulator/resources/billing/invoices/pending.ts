import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';

/*
 * Invoice items that no invoice has taken yet are kept by their customer, so that a new invoice finds them without a
 * look at all the items of years gone by.
 */

const idsOf = (tx: Transaction, customer: string) =>
  (tx.row('customer', customer)?.hidden['pendingItems'] as readonly string[] | undefined) ?? [];

export function addPending(tx: Transaction, customer: string, item: string): void {
  tx.update('customer', customer, {}, { pendingItems: [...idsOf(tx, customer), item] });
}

export function removePending(tx: Transaction, customer: string, item: string): void {
  tx.update('customer', customer, {}, { pendingItems: idsOf(tx, customer).filter((id) => id !== item) });
}

/**
 * A customer's pending items in one currency, newest first: those of a subscription for its own invoices, and those of
 * none for every invoice.
 */
export const pendingItems = (
  tx: Transaction,
  customer: string,
  currency: string | null,
  subscription: string | null,
): Stored<'invoiceitem'>[] =>
  idsOf(tx, customer)
    .map((id) => tx.get('invoiceitem', id)!)
    .filter((item) => {
      const of = item.parent?.subscription_details?.subscription ?? null;
      return (currency === null || item.currency === currency) && (of === null || of === subscription);
    })
    .toReversed();
