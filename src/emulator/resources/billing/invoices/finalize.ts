import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { moveBalance } from '../customer-balance/move.ts';
import { billingSettings } from '../settings.ts';
import { spendDiscounts } from './discount-choice.ts';
import { amountsOf, linesOf } from './draft.ts';
import { ensureIntent } from './intent.ts';
import { methodFor } from './method.ts';
import { markPaid } from './paid.ts';

type Invoice = Stored<'invoice'>;
const DAY = 86_400;

export type Finalizing = {
  /** The clock does it, and goes on to collect or send. */
  automatic?: boolean;
  /** Whether it is collected or sent without further calls; by default as the draft says. */
  autoAdvance?: boolean;
  /** False for the first invoice of a subscription: its request pays it, or the browser, and never the schedule. */
  collects?: boolean;
};

/**
 * Turns a draft into an open invoice: it gets its number, its due date and its payment, the customer's balance is
 * applied, and from then on its amounts are fixed. When nothing is due it is paid at once.
 */
export function finalizeInvoice(tx: Transaction, id: string, how: Finalizing = {}): Invoice {
  const draft = tx.get('invoice', id)!;
  if (draft.status !== 'draft')
    throw stripeError('wrong_state', ['This invoice is already finalized, you can not finalize it again.']);
  if (!tx.get('customer', draft.customer as string))
    throw stripeError('wrong_state', [
      `The customer of ${id} has been deleted: the invoice can no longer be finalized.`,
    ]);
  const lines = linesOf(tx, id);
  const { amounts, fields, items } = amountsOf(tx, draft, lines);
  const { hidden } = tx.row('invoice', id)!;
  const autoAdvance = how.autoAdvance ?? draft.auto_advance ?? false;
  const sends = draft.collection_method === 'send_invoice';
  const dueDate = sends ? (draft.due_date ?? tx.now + Number(hidden['daysUntilDue'] ?? 0) * DAY) : null;
  const { willBeDueDays, overdueDays, retryAfterDays } = billingSettings(tx);
  const open = tx.update(
    'invoice',
    id,
    {
      ...fields,
      auto_advance: autoAdvance,
      automatically_finalizes_at: null,
      due_date: dueDate,
      effective_at: draft.effective_at ?? tx.now,
      ending_balance: amounts.endingBalance,
      hosted_invoice_url: `https://invoice.stripe.com/i/acct_1Paybell/test_${tx.text(40)}?s=ap`,
      invoice_pdf: `https://pay.stripe.com/invoice/acct_1Paybell/test_${tx.text(40)}/pdf?s=ap`,
      next_payment_attempt:
        sends || !autoAdvance || how.collects === false ? null : Math.max(tx.now, draft.next_payment_attempt ?? tx.now),
      number: draft.number ?? nextNumber(tx, draft.customer as string),
      status: 'open',
      status_transitions: { ...draft.status_transitions, finalized_at: tx.now },
    },
    {
      lines,
      items,
      retryAfterDays,
      willBeDueAt: dueDate !== null && willBeDueDays !== null ? dueDate - willBeDueDays * DAY : null,
      overdueAt: dueDate !== null && overdueDays !== null ? dueDate + overdueDays * DAY : null,
    },
  );
  applyBalance(tx, open, amounts.amountDue);
  spendDiscounts(tx, open.discounts);
  if (open.amount_due === 0) return markPaid(tx, id, { by: 'nothing_due' });
  // An automatic collection that has nothing to draw on makes no payment: there is nobody to confirm it.
  if (!how.automatic || sends || methodFor(tx, open) !== null) ensureIntent(tx, open);
  if (how.automatic && sends) tx.update('invoice', id, {}, { sentTimes: 1 });
  return tx.get('invoice', id)!;
}

/** `ABCD1234-0001`: the customer's prefix and how many invoices it has had. */
function nextNumber(tx: Transaction, id: string): string {
  const { invoice_prefix: prefix, next_invoice_sequence: next = 1 } = tx.get('customer', id)!;
  tx.update('customer', id, { next_invoice_sequence: next + 1 });
  return `${prefix}-${String(next).padStart(4, '0')}`;
}

/** What the invoice takes from the customer's credit, or leaves on the balance: a debit, or a total below zero. */
function applyBalance(tx: Transaction, invoice: Invoice, due: number) {
  const { starting_balance: before, total } = invoice;
  const moved = total - due;
  if (moved === 0) return;
  const tooSmall = total > 0 && due === 0 && total + before > 0;
  moveBalance(tx, invoice.customer as string, {
    amount: moved,
    currency: invoice.currency,
    invoice: invoice.id,
    type: tooSmall ? 'invoice_too_small' : 'applied_to_invoice',
  });
}
