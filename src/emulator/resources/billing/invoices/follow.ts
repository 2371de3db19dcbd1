import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { actionRequired, attemptFailed } from './collect.ts';
import { invoiceOf } from './intent.ts';
import { markPaid, recordPayment } from './paid.ts';

/** Whatever becomes of an intent that was made for an invoice, the invoice follows. Called after every outcome. */
export function follow(tx: Transaction, intent: Stored<'payment_intent'>): void {
  const id = invoiceOf(tx, intent.id);
  const row = id === null ? undefined : tx.row('invoice', id);
  if (!id || !row) return;
  const collecting = row.hidden['collecting'] as 'schedule' | 'request' | null | undefined;
  switch (intent.status) {
    case 'succeeded':
      recordPayment(tx, id, intent.amount_received);
      markPaid(tx, id, { by: 'payment', amount: intent.amount_received, scheduled: collecting === 'schedule' });
      return;
    case 'requires_action':
      if (!collecting) actionRequired(tx, id, { by: 'browser' });
      return;
    case 'requires_payment_method':
      if (!collecting) attemptFailed(tx, id, { by: 'browser' });
  }
}
