import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';

type Move = {
  /** Minor units: below zero the customer gets credit, above zero it owes more. */
  amount: number;
  currency: string;
  type: Stored<'customer_balance_transaction'>['type'];
} & Partial<Pick<Stored<'customer_balance_transaction'>, 'invoice' | 'credit_note' | 'description' | 'metadata'>>;

/** Changes a customer's balance, and writes down why. */
export function moveBalance(tx: Transaction, id: string, move: Move): Stored<'customer_balance_transaction'> {
  tx.update('customer', id, { balance: tx.get('customer', id)!.balance + move.amount });
  tx.because('customer', id, 'invoice');
  return record(tx, id, move);
}

/** Writes down that a balance was set, and not moved: `before` is what it was (null for a new customer). */
export function balanceSet(tx: Transaction, id: string, before: number | null): void {
  const { balance, currency } = tx.get('customer', id)!;
  const amount = balance - (before ?? 0);
  if (amount === 0) return;
  record(tx, id, { amount, currency: currency ?? 'usd', type: before === null ? 'initial' : 'adjustment' });
}

function record(tx: Transaction, id: string, move: Move): Stored<'customer_balance_transaction'> {
  return tx.insert('customer_balance_transaction', {
    id: tx.id('cbtxn'),
    object: 'customer_balance_transaction',
    created: tx.now,
    customer: id,
    ending_balance: tx.get('customer', id)!.balance,
    livemode: false,
    metadata: {},
    ...move,
  });
}
