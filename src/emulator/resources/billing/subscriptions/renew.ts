import type { Hidden, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { compose, FINALIZES_AFTER } from '../invoices/draft.ts';
import { catchUp } from '../schedules/enter.ts';
import { endSubscription, isOver } from './cancel.ts';
import { draftBill, draftOf, type Bill } from './bill.ts';
import { itemRows, refreshItems } from './items.ts';
import { itemLines, usageLines } from './lines.ts';
import { nextRenewal, wholePeriod } from './periods.ts';
import { endedForWant } from './trial-end.ts';
import { planUpcoming } from './upcoming.ts';

type Subscription = Stored<'subscription'>;
type Item = Stored<'subscription_item'>;
type Price = Stored<'price'>;

/** Why a change is told after the invoice that goes with it. */
export const RENEWED = 'subscription.renewed';

/** Periods ended: what they are followed by is billed, or the trial, or the subscription, is over. */
export function renew(tx: Transaction, id: string): void {
  // A schedule's phase that begins now is what is billed.
  const { schedule } = tx.get('subscription', id)!;
  if (schedule) catchUp(tx, schedule as string);
  if (isOver(tx.get('subscription', id)!) || nextRenewal(tx.get('subscription', id)!) > tx.now) return;
  const { object: subscription, hidden } = tx.row('subscription', id)!;
  if (subscription.cancel_at !== null && subscription.cancel_at <= tx.now) return endAndBill(tx, id);
  if (endedForWant(tx, subscription)) return;
  const renewed = dueItems(tx, subscription, hidden, tx.now);
  const bill = renewalBill(tx, subscription, renewed, tx.now);
  for (const { item, whole } of renewed)
    tx.update('subscription_item', item.id, { current_period_start: tx.now, current_period_end: whole.end });
  const ids = itemRows(tx, subscription).map((row) => row.id);
  refreshItems(tx, id, ids, subscription.status === 'trialing' ? { status: 'active' } : {});
  tx.because('subscription', id, RENEWED);
  planUpcoming(tx, id);
  const invoice = draftBill(tx, id, bill);
  const { pause_collection: paused } = subscription;
  // What is paused is neither collected nor kept: an hour later it is given up, unless it is to stay a draft.
  if (paused && paused.behavior !== 'keep_as_draft')
    tx.update('invoice', invoice.id, {}, { givenUpAt: tx.now + FINALIZES_AFTER, givenUpAs: paused.behavior });
}

/** Ends a subscription as it was planned: usage that was not billed yet is, on a last invoice. */
export function endAndBill(tx: Transaction, id: string): void {
  const subscription = tx.get('subscription', id)!;
  const lines = itemRows(tx, subscription).flatMap(({ object: item }) =>
    usageLines(tx, subscription, item, { start: item.current_period_start, end: tx.now }),
  );
  endSubscription(tx, id);
  const start = Math.min(...subscription.items.data.map((item) => item.current_period_start));
  const bill = { reason: 'subscription_cycle', lines, period: { start, end: tx.now }, advances: true } as const;
  if (lines.some(({ amount }) => amount > 0)) draftBill(tx, id, bill);
}

/** Items whose period is over at a moment, each with the period that follows. */
function dueItems(tx: Transaction, subscription: Subscription, hidden: Hidden, at: number) {
  return itemRows(tx, subscription)
    .filter(({ object }) => object.current_period_end <= at)
    .map(({ object: item }) => ({ item, whole: wholePeriod(subscription, hidden, item.price as Price, at) }));
}

/** The invoice of a renewal: the new periods, and in `period_*` the one that has passed. */
function renewalBill(
  tx: Transaction,
  subscription: Subscription,
  renewed: readonly { item: Item; whole: { start: number; end: number } }[],
  at: number,
): Bill {
  return {
    reason: 'subscription_cycle',
    lines: renewed.flatMap(({ item, whole }) => [
      ...usageLines(tx, subscription, item, { start: item.current_period_start, end: at }),
      ...itemLines(tx, subscription, item, { period: { start: at, end: whole.end }, whole, free: null }),
    ]),
    period: { start: Math.min(...renewed.map(({ item }) => item.current_period_start)), end: at },
    advances: subscription.status !== 'unpaid' && !subscription.pause_collection,
  };
}

/** The invoice that the next renewal will bring as things are now. It is nowhere stored, and its id names nothing. */
export function upcomingInvoice(tx: Transaction, id: string): Stored<'invoice'> {
  const { object: subscription, hidden } = tx.row('subscription', id)!;
  const at = nextRenewal(subscription);
  const bill = renewalBill(tx, subscription, dueItems(tx, subscription, hidden, at), at);
  const upcoming = tx.id('upcoming_in');
  const { fields } = compose(tx, { ...draftOf(tx, subscription, bill), billingReason: 'upcoming' }, upcoming);
  const { auto_advance: _, ...rest } = fields as Stored<'invoice'>;
  const charges = subscription.collection_method === 'charge_automatically';
  const preview = {
    ...rest,
    automatically_finalizes_at: null,
    next_payment_attempt: charges ? at + FINALIZES_AFTER : null,
    webhooks_delivered_at: null,
  };
  return tx.trial(() => tx.insert('invoice', preview));
}
