import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { insertItem as insertInvoiceItem } from '../invoices/item.ts';
import type { Line } from '../invoices/line.ts';
import { pendingItems } from '../invoices/pending.ts';
import { collectNow, draftBill } from './bill.ts';
import { billedOf, itemRows } from './items.ts';
import { itemOfLine, usageLines } from './lines.ts';
import { pausedFields } from './paused.ts';
import { creditUnused } from './prorate.ts';

type Subscription = Stored<'subscription'>;
type Params = Stripe.SubscriptionPauseParams;

/**
 * Suspends a subscription until it is resumed: no period goes on and nothing is invoiced. By default what is left of the
 * paid time is credited and usage so far is charged, both pending for the invoice with which it goes on
 * (docs.stripe.com/api/subscriptions/pause). The reference speaks of active subscriptions; all others are refused here.
 */
export function pause({ tx, params, path }: Call): Subscription {
  const subscription = need(tx, 'subscription', path[0]!, 'id');
  mustBePausable(subscription);
  const { id, customer, currency } = subscription;
  const { bill_for: billFor, invoicing_behavior: behavior } = params as unknown as Params;
  credit(tx, subscription, billFor?.unused_time_from?.type ?? 'now');
  const used = billFor?.outstanding_usage_through?.type === 'none' ? [] : usageSoFar(tx, subscription);
  tx.update('subscription', id, pausedFields(tx.now, 'pause_requested'));
  if (behavior !== 'invoice') for (const line of used) pend(tx, subscription, line);
  else if (used.length > 0 || pendingItems(tx, customer as string, currency, id).length > 0) {
    const period = { start: tx.now, end: tx.now };
    const invoice = draftBill(tx, id, { reason: 'subscription_update', lines: used, period, advances: true });
    collectNow(tx, invoice.id, 'allow_incomplete', { offSession: true });
  }
  return tx.get('subscription', id)!;
}

function mustBePausable({ id, status, billing_mode: mode, schedule }: Subscription): void {
  const refuse = (why: string) => stripeError('wrong_state', [`Subscription ${id} ${why}`]);
  if (status !== 'active') throw refuse(`is ${status}: only an active one can be paused.`);
  if (mode?.type !== 'flexible')
    throw refuse('is in classic billing mode: only subscriptions in flexible billing mode can be paused.');
  if (schedule) throw refuse(`is managed by the schedule ${String(schedule)}: release it before you pause.`);
}

/** What is credited is given back once: a cancellation while it is paused finds nothing left. */
function credit(tx: Transaction, subscription: Subscription, from: string): void {
  if (from === 'none') return;
  for (const row of itemRows(tx, subscription)) {
    if (!billedOf(row)) continue;
    creditUnused(tx, subscription, row, from === 'now' ? tx.now : row.object.current_period_start);
    tx.update('subscription_item', row.id, {}, { billed: null });
  }
}

const usageSoFar = (tx: Transaction, subscription: Subscription): Line[] =>
  itemRows(tx, subscription).flatMap(({ object: item }) =>
    usageLines(tx, subscription, item, { start: item.current_period_start, end: tx.now }, tx.now + 1),
  );

function pend(tx: Transaction, subscription: Subscription, line: Line): void {
  insertInvoiceItem(tx, {
    customer: subscription.customer as string,
    priced: { ...line, quantity: line.quantity ?? 1 },
    subscription: { id: subscription.id, item: itemOfLine(line)! },
    fields: { period: line.period, tax_rates: line.taxRates as never },
  });
}
