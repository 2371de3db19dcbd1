import type { Transaction } from '../../world/transaction.ts';
import { endDiscount } from './catalogue/discounts.ts';
import { stopCollecting } from './invoices/end.ts';
import { endSubscription, isOver } from './subscriptions/cancel.ts';

/** Why everything below goes: what is told of it is told before the customer's own end, in the order of `RANK`. */
export const GONE = 'customer.del';

/**
 * Ends what belongs to a customer and must not outlive it: cards, payment methods, tax ids, the discount, subscriptions. In which order
 * that is told is decided by `RANK`, not by the order here.
 */
export function customerGone(tx: Transaction, customer: string): void {
  // Found before any of them changes: what changes leaves the index that finds it.
  const its = (object: string) => Array.from(tx.newest(object, { field: 'customer', value: customer }), ({ id }) => id);
  for (const id of its('subscription'))
    if (!isOver(tx.get('subscription', id)!)) endSubscription(tx, id, { cause: GONE });
  for (const id of its('card')) {
    tx.remove('card', id);
    tx.because('card', id, GONE);
  }
  for (const id of its('payment_method')) {
    tx.update('payment_method', id, { customer: null }, { spent: true });
    tx.because('payment_method', id, GONE);
  }
  for (const id of its('invoice')) stopCollecting(tx, id);
  for (const id of its('tax_id')) tx.remove('tax_id', id);
  const discount = tx.get('customer', customer)?.discount?.id;
  if (discount) {
    endDiscount(tx, discount);
    tx.because('discount', discount, GONE);
  }
}
