import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { moveBalance } from '../customer-balance/move.ts';
import { invoiceUncollectible, invoiceVoided, subscriptionOf } from '../subscription-effects.ts';
import { dropIntent } from './intent.ts';
import { markPaid, setDelinquent } from './paid.ts';

type Invoice = Stored<'invoice'>;

/** The customer paid in another way: cash, a transfer, a cheque. */
export function payOutOfBand(tx: Transaction, id: string): Invoice {
  dropIntent(tx, id, 'automatic');
  const { amount_remaining } = tx.get('invoice', id)!;
  return markPaid(tx, id, { by: 'out_of_band', amount: amount_remaining });
}

/** The invoice counts as if it had never been: nothing is collected, and what it took of the balance comes back. */
export function voidInvoice(tx: Transaction, id: string): Invoice {
  const invoice = tx.get('invoice', id)!;
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw stripeError('wrong_state', [
      `You can only pass in open or uncollectible invoices. This invoice is ${invoice.status}.` +
        (invoice.status === 'draft' ? ' Delete a draft invoice instead.' : ''),
    ]);
  if (invoice.amount_paid > 0)
    throw stripeError('wrong_state', [`Invoice ${id} has been paid in part and cannot be voided.`]);
  dropIntent(tx, id, 'void_invoice');
  const taken = invoice.starting_balance - (invoice.ending_balance ?? 0);
  if (taken !== 0 && tx.get('customer', invoice.customer as string))
    moveBalance(tx, invoice.customer as string, {
      amount: taken,
      currency: invoice.currency,
      invoice: id,
      type: 'unapplied_from_invoice',
    });
  const done = tx.update(
    'invoice',
    id,
    {
      next_payment_attempt: null,
      status: 'void',
      status_transitions: { ...invoice.status_transitions, voided_at: tx.now },
    },
    { willBeDueAt: null, overdueAt: null },
  );
  if (subscriptionOf(done)) invoiceVoided(tx, done);
  return tx.get('invoice', id)!;
}

/** Nobody expects the money any more. It can still be paid. */
export function markUncollectible(tx: Transaction, id: string): Invoice {
  const invoice = tx.get('invoice', id)!;
  if (invoice.status !== 'open')
    throw stripeError('wrong_state', [
      `Only open invoices can be marked as uncollectible. This invoice is ${invoice.status}.`,
    ]);
  const done = tx.update(
    'invoice',
    id,
    {
      next_payment_attempt: null,
      status: 'uncollectible',
      status_details: { uncollectible: { reason: 'user_forgiven' } },
      status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: tx.now },
    },
    { willBeDueAt: null, overdueAt: null },
  );
  setDelinquent(tx, invoice.customer as string, false);
  if (subscriptionOf(done)) invoiceUncollectible(tx, done);
  return tx.get('invoice', id)!;
}

/** Its customer is gone: nothing is collected any more, and what was open stays open. */
export function stopCollecting(tx: Transaction, id: string): void {
  const { status, auto_advance: advances } = tx.get('invoice', id)!;
  if ((status !== 'draft' && status !== 'open') || !advances) return;
  tx.update('invoice', id, { auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null });
  tx.because('invoice', id, 'customer_gone');
}
