import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { refundCharge } from '../../payments/refund.ts';
import { moveBalance } from '../customer-balance/move.ts';
import { dropIntent, intentOf, shrinkIntent } from '../invoices/intent.ts';
import { markPaid } from '../invoices/paid.ts';
import type { IssueParams } from './issue.ts';
import type { Credited } from './line.ts';

type Note = Stored<'credit_note'>;
const WAYS_BACK = ['refund_amount', 'credit_amount', 'out_of_band_amount', 'refunds'] as const;

/** Before payment: less is due. When nothing is left, the invoice is paid without any payment. */
export function creditOpen(tx: Transaction, id: string, params: IssueParams): void {
  const named = WAYS_BACK.find((way) => params[way] !== undefined);
  if (named)
    throw stripeError(
      'parameter_invalid',
      [named, 'nothing has been paid on this invoice that could be given back'],
      named,
    );
  const note = tx.get('credit_note', id)!;
  change(tx, note, note.amount);
}

/** Takes so much off what is due, or puts it back (below zero). */
function change(tx: Transaction, note: Note, amount: number): void {
  const invoice = tx.get('invoice', note.invoice as string)!;
  const less = tx.update('invoice', invoice.id, {
    amount_due: invoice.amount_due - amount,
    amount_remaining: invoice.amount_remaining - amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + amount,
  });
  if (less.amount_remaining > 0) return shrinkIntent(tx, less);
  dropIntent(tx, less.id, 'automatic');
  markPaid(tx, less.id, { by: 'credit_note' });
}

/** A void credit note: what it took off is due again. */
export function uncredit(tx: Transaction, note: Note, items: readonly Stored<'credit_note_line_item'>[]): void {
  const invoice = note.invoice as string;
  const credited: Record<string, number> = { ...(tx.row('invoice', invoice)!.hidden['credited'] as Credited) };
  for (const { invoice_line_item: line, amount } of items) if (line) credited[line]! -= amount;
  tx.update('invoice', invoice, {}, { credited });
  change(tx, note, -note.amount);
}

/** After payment: the money goes back to where it came from, onto the customer's balance, or outside Stripe. */
export function creditPaid(tx: Transaction, id: string, params: IssueParams): void {
  const note = tx.get('credit_note', id)!;
  const { refund_amount: refund = 0, credit_amount: credit = 0, out_of_band_amount: outside = 0 } = params;
  const linked = linkedRefunds(tx, params);
  const back = refund + credit + outside + linked.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0);
  if (back !== note.amount)
    throw stripeError('missing', [
      `The sum of credit amount, refund amount and out of band amount (${back}) must equal the post payment credit note amount (${note.amount}).`,
    ]);
  if (credit > 0 && !tx.get('customer', note.customer as string))
    throw stripeError('wrong_state', [`The customer ${note.customer as string} has been deleted and has no balance.`]);
  const refunds = refund > 0 ? [...linked, refunded(tx, note, refund)] : linked;
  const balance =
    credit > 0
      ? moveBalance(tx, note.customer as string, {
          amount: -credit,
          currency: note.currency,
          credit_note: id,
          invoice: note.invoice as string,
          type: 'credit_note',
        }).id
      : null;
  tx.update('credit_note', id, {
    customer_balance_transaction: balance,
    out_of_band_amount: outside || null,
    refunds: refunds as unknown as Note['refunds'],
  });
  const invoice = tx.get('invoice', note.invoice as string)!;
  tx.update('invoice', invoice.id, {
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.amount,
  });
  if (back === credit) tx.because('invoice', invoice.id, 'credited_to_balance');
}

const asRefund = (refund: string, amount_refunded: number) => ({
  amount_refunded,
  payment_record_refund: null,
  refund,
  type: 'refund' as const,
});

function refunded(tx: Transaction, note: Note, amount: number) {
  const charge = tx.get('charge', intentOf(tx, note.invoice as string)?.latest_charge as string | undefined);
  const left = charge?.paid ? charge.amount_captured - charge.amount_refunded : 0;
  if (!charge || amount > left)
    throw stripeError(
      'missing',
      [`The refund amount (${amount}) is more than the ${left} that were paid through Stripe and not yet refunded.`],
      'refund_amount',
    );
  const reason = note.reason === 'duplicate' || note.reason === 'fraudulent' ? note.reason : null;
  return asRefund(refundCharge(tx, charge, amount, { metadata: {}, reason }).id, amount);
}

/** Refunds that exist already and that the credit note accounts for. */
function linkedRefunds(tx: Transaction, { refunds = [] }: IssueParams) {
  return refunds.map(({ refund: id, amount_refunded: amount, payment_record_refund: record }, i) => {
    if (record || !id)
      throw stripeError('paybell_not_modelled', ['refunds of payment records'], `refunds[${i}][payment_record_refund]`);
    const refund = tx.get('refund', id);
    if (!refund) throw noSuch('refund', id, `refunds[${i}][refund]`);
    if (amount !== undefined && amount > refund.amount)
      throw stripeError(
        'amount_too_large',
        [`the ${refund.amount} that were refunded`],
        `refunds[${i}][amount_refunded]`,
      );
    return asRefund(id, amount ?? refund.amount);
  });
}
