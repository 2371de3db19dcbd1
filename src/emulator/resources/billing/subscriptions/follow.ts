import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { intentOf } from '../invoices/intent.ts';
import { billingSettings } from '../settings.ts';
import { endSubscription, isOver } from './cancel.ts';
import { applyHeldBack, dropHeldBack, heldBackOf } from './pending-update.ts';

type Subscription = Stored<'subscription'>;
type Invoice = Stored<'invoice'>;
const DAY = 86_400;

// Why a subscription changed, for the order of its events among those of the invoice it follows.
export const FIRST_PAID = 'subscription.first_paid';
export const INVOICE_TOLD = 'subscription.invoice_told';
export const LAST_RETRY_FAILED = 'subscription.last_retry_failed';

/** An invoice was paid: a subscription that waited for that goes on. */
export function paid(tx: Transaction, subscription: Subscription, invoice: Invoice): void {
  const { id } = subscription;
  const held = heldBackOf(tx, id);
  if (held?.invoice === invoice.id) applyHeldBack(tx, id, held);
  const owing = withoutOwing(tx, id, invoice.id);
  const { status, hidden } = { ...tx.get('subscription', id)!, hidden: tx.row('subscription', id)!.hidden };
  const settled = invoice.id === subscription.latest_invoice || owing.length === 0;
  if (status === 'incomplete' && invoice.id === subscription.latest_invoice) {
    tx.update('subscription', id, { status: 'active', ...savedMethod(tx, subscription, invoice) });
    tx.because('subscription', id, FIRST_PAID);
  } else if ((status === 'past_due' || status === 'unpaid') && settled) {
    tx.update('subscription', id, { status: 'active' }, { dunningEndsAt: null });
    tx.because('subscription', id, INVOICE_TOLD);
  } else if (status === 'paused' && hidden['resumesWith'] === invoice.id)
    tx.update('subscription', id, { status: 'active', status_details: undefined }, { resumesWith: null });
}

/** What the first invoice was paid with becomes the default, where `save_default_payment_method` asks for it. */
function savedMethod(tx: Transaction, { payment_settings: settings }: Subscription, { id }: Invoice) {
  const method = intentOf(tx, id)?.payment_method as string | null | undefined;
  const save = settings?.save_default_payment_method === 'on_subscription';
  return save && method ? { default_payment_method: method } : {};
}

/** An attempt to collect failed; with the last one dunning ends as the account's settings say. */
export function failed(tx: Transaction, subscription: Subscription, invoice: Invoice, final: boolean): void {
  const { id } = subscription;
  const { hidden } = tx.row('subscription', id)!;
  if (isOver(subscription) || hidden['collecting'] === invoice.id) return;
  if (subscription.status === 'paused' && hidden['resumesWith'] === invoice.id && hidden['resumesWhenTried']) {
    tx.update(
      'subscription',
      id,
      { status: 'past_due', status_details: undefined },
      { resumesWith: null, owing: [invoice.id] },
    );
    tx.because('subscription', id, INVOICE_TOLD);
    return;
  }
  if (['incomplete', 'paused'].includes(subscription.status) || heldBackOf(tx, id)?.invoice === invoice.id) return;
  const { afterLastRetry, endAfterDays } = billingSettings(tx);
  const owing = [...withoutOwing(tx, id, invoice.id), invoice.id];
  tx.update('subscription', id, {}, { owing });
  if (final && invoice.auto_advance && endAfterDays === null && afterLastRetry !== 'past_due') {
    if (afterLastRetry === 'cancel')
      return endSubscription(tx, id, { reason: 'payment_failed', cause: LAST_RETRY_FAILED });
    tx.update('subscription', id, { status: 'unpaid' });
  } else if (subscription.status === 'active' || subscription.status === 'trialing') {
    const ends = endAfterDays !== null && afterLastRetry !== 'past_due' ? tx.now + endAfterDays * DAY : null;
    tx.update('subscription', id, { status: 'past_due' }, { dunningEndsAt: ends });
  }
  tx.because('subscription', id, INVOICE_TOLD);
}

/** The time for retries is over, whether or not some are left. */
export function endDunning(tx: Transaction, id: string): void {
  const { afterLastRetry } = billingSettings(tx);
  if (afterLastRetry === 'cancel') return endSubscription(tx, id, { reason: 'payment_failed' });
  tx.update('subscription', id, afterLastRetry === 'unpaid' ? { status: 'unpaid' } : {}, { dunningEndsAt: null });
}

/** An invoice is no longer to be paid: void, or written off. */
export function givenUp(tx: Transaction, subscription: Subscription, invoice: Invoice): void {
  const { id } = subscription;
  if (heldBackOf(tx, id)?.invoice === invoice.id) dropHeldBack(tx, id, 'void');
  const { hidden } = tx.row('subscription', id)!;
  if (subscription.status === 'paused' && hidden['resumesWith'] === invoice.id) {
    const resumed = invoice.status === 'uncollectible' ? { status: 'active' as const, status_details: undefined } : {};
    tx.update('subscription', id, resumed, { resumesWith: null });
    tx.because('subscription', id, INVOICE_TOLD);
  }
  const was = (tx.row('subscription', id)!.hidden['owing'] as readonly string[] | undefined) ?? [];
  if (!was.includes(invoice.id)) return;
  const owing = withoutOwing(tx, id, invoice.id);
  // Nothing that failed is left to be paid.
  if (owing.length > 0 || subscription.status !== 'past_due') return;
  tx.update('subscription', id, { status: 'active' }, { dunningEndsAt: null });
  tx.because('subscription', id, INVOICE_TOLD);
}

/** Invoices whose collection failed and that are still to be paid, one of them left out. */
function withoutOwing(tx: Transaction, id: string, invoice: string): string[] {
  const owing = (tx.row('subscription', id)!.hidden['owing'] as readonly string[] | undefined) ?? [];
  const left = owing.filter((each) => each !== invoice);
  if (left.length < owing.length) tx.update('subscription', id, {}, { owing: left });
  return left;
}
