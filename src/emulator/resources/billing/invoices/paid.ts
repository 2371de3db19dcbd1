import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { invoicePaid, subscriptionOf } from '../subscription-effects.ts';
import { TOLD_AFTER } from './invoice-payment.ts';

type Invoice = Stored<'invoice'>;

/** How an invoice came to be paid; only a payment, or nothing being due, is told as `invoice.payment_succeeded`. */
export type PaidBy = 'payment' | 'nothing_due' | 'out_of_band' | 'credit_note';

type How = {
  by: PaidBy;
  /** What was paid, in minor units. */
  amount?: number;
  /** Whether the schedule collected it: then `invoice.paid` comes without `invoice.updated` beside it. */
  scheduled?: boolean;
};

/** The invoice is paid: nothing is left to collect. */
export function markPaid(tx: Transaction, id: string, { by, amount = 0, scheduled = false }: How): Invoice {
  const invoice = tx.get('invoice', id)!;
  const paid = invoice.amount_paid + amount;
  const attempts = by === 'payment' && invoice.attempt_count === 0 ? 1 : invoice.attempt_count + Number(scheduled);
  const done = tx.update(
    'invoice',
    id,
    {
      amount_paid: paid,
      amount_remaining: invoice.amount_due - paid,
      ...(by === 'out_of_band' && { amount_paid_off_stripe: amount }),
      attempt_count: attempts,
      attempted: true,
      next_payment_attempt: null,
      status: 'paid',
      status_transitions: { ...invoice.status_transitions, paid_at: tx.now },
    },
    { paidBy: by, willBeDueAt: null, overdueAt: null },
  );
  if (scheduled) tx.because('invoice', id, 'collected');
  setDelinquent(tx, invoice.customer as string, false);
  if (subscriptionOf(done)) invoicePaid(tx, done);
  return tx.get('invoice', id)!;
}

/** Its payment intent went through: `amount` in minor units. */
export function recordPayment(tx: Transaction, id: string, amount: number): void {
  const payment = tx.row('invoice', id)?.hidden['payment'] as string | undefined;
  if (!payment) return;
  const { status_transitions } = tx.get('invoice_payment', payment)!;
  tx.update(
    'invoice_payment',
    payment,
    { amount_paid: amount, status: 'paid', status_transitions: { ...status_transitions, paid_at: tx.now } },
    { tellAt: tx.now + TOLD_AFTER, trigger: tx.trigger },
  );
}

/**
 * Whether the customer owes: true from an automatic attempt that failed until an invoice is paid or written off. The
 * reference names a passed due date as well, but no log shows the `customer.updated` that it would fire.
 */
export function setDelinquent(tx: Transaction, id: string, delinquent: boolean): void {
  const customer = tx.get('customer', id);
  if (!customer || customer.delinquent === delinquent) return;
  tx.update('customer', id, { delinquent });
  tx.because('customer', id, 'invoice');
}
