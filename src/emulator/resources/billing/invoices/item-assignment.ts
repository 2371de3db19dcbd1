import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { linesOf, recompute } from './draft.ts';
import { itemOf, lineOfItem } from './item-line.ts';
import type { Line } from './line.ts';
import { addPending, removePending } from './pending.ts';

/** A draft, or Stripe's refusal to change anything about an invoice that no longer is one. */
export function mustBeDraft(invoice: Stored<'invoice'>): Stored<'invoice'> {
  if (invoice.status !== 'draft') throw stripeError('invoice_not_editable', [invoice.id], 'invoice');
  return invoice;
}

/** Puts items at the end of a draft's lines. */
export function assignItems(tx: Transaction, invoice: string, items: readonly Stored<'invoiceitem'>[]): void {
  const lines = [...linesOf(tx, invoice)];
  for (const item of items) {
    if (item.invoice === null) removePending(tx, item.customer as string, item.id);
    tx.update('invoiceitem', item.id, { invoice });
    lines.push(lineOfItem(tx.row('invoiceitem', item.id)!, tx.id('il')));
  }
  recompute(tx, invoice, lines);
}

/** Takes lines off a draft; the items behind them wait for another invoice, or are gone with their line. */
export function withdrawLines(
  tx: Transaction,
  invoice: string,
  gone: readonly Line[],
  behavior: 'delete' | 'unassign',
) {
  const ids = new Set(gone.map(({ id }) => id));
  const kept = linesOf(tx, invoice).filter(({ id }) => !ids.has(id));
  if (behavior === 'unassign') releaseItems(tx, gone);
  else for (const item of gone.map(itemOf)) if (item && tx.get('invoiceitem', item)) tx.remove('invoiceitem', item);
  recompute(tx, invoice, kept);
}

/** The items behind these lines are pending again. */
export function releaseItems(tx: Transaction, lines: readonly Line[]): void {
  for (const id of lines.map(itemOf)) {
    const item = id === null ? undefined : tx.get('invoiceitem', id);
    if (!item) continue;
    tx.update('invoiceitem', item.id, { invoice: null });
    addPending(tx, item.customer as string, item.id);
  }
}
