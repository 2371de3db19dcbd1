import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { subscriptionEnded } from '../schedules/follow.ts';
import { draftBill } from './bill.ts';
import { itemRows } from './items.ts';
import { usageLines } from './lines.ts';
import { dropHeldBack } from './pending-update.ts';
import { creditUnused } from './prorate.ts';

type Subscription = Stored<'subscription'>;
type Reason = 'cancellation_requested' | 'payment_failed';

/** Statuses of a subscription that has ended for good. */
export const isOver = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

/** Ends a subscription now. What was due for it stays due; nothing is given back unless `prorate` says so. */
export function cancel(call: Call): Subscription {
  const { tx, path } = call;
  const { id } = need(tx, 'subscription', path[0]!, 'id');
  const params = call.params as unknown as Stripe.SubscriptionCancelParams;
  const subscription = tx.get('subscription', id)!;
  if (isOver(subscription)) throw stripeError('resource_missing', ['subscription', id], 'id');
  if (params.prorate && subscription.status !== 'trialing')
    for (const row of itemRows(tx, subscription)) creditUnused(tx, subscription, row, tx.now);
  const { comment = null, feedback = null } = params.cancellation_details ?? {};
  endSubscription(tx, id, {
    reason: 'cancellation_requested',
    details: { comment: comment || null, feedback: feedback || null },
  });
  // A draft for an hour like any other: the end has stopped the earlier ones only.
  const period = { start: tx.now, end: tx.now };
  // A pause has billed what was used before it, or said that nobody is to.
  const items = subscription.status === 'paused' ? [] : subscription.items.data;
  const lines = items.flatMap((item) =>
    usageLines(tx, subscription, item as never, { start: item.current_period_start, end: tx.now }, tx.now + 1),
  );
  if (params.invoice_now) draftBill(tx, id, { reason: 'subscription_update', lines, period, advances: true });
  return tx.get('subscription', id)!;
}

type End = { reason?: Reason | null; details?: { comment: string | null; feedback: string | null }; cause?: string };

/** Ends a subscription, whoever wants it. The moment at which that was decided stays what it was. */
export function endSubscription(tx: Transaction, id: string, { reason, details, cause }: End = {}): void {
  const { canceled_at, cancellation_details: before } = tx.get('subscription', id)!;
  dropHeldBack(tx, id, 'void');
  tx.update(
    'subscription',
    id,
    {
      canceled_at: reason || canceled_at === null ? tx.now : canceled_at,
      cancellation_details: {
        ...before!,
        ...details,
        ...(reason && { reason }),
      } as Subscription['cancellation_details'],
      ended_at: tx.now,
      status: 'canceled',
      status_details: undefined,
    },
    { dunningEndsAt: null },
  );
  if (cause) tx.because('subscription', id, cause);
  const { schedule, cancellation_details: why } = tx.get('subscription', id)!;
  subscriptionEnded(tx, schedule as string | null, why?.reason === 'payment_failed');
  stopItsInvoices(tx, id);
}

/** Nobody tries to collect its invoices any more: they stay what they are, drafts or open. */
function stopItsInvoices(tx: Transaction, id: string): void {
  const its = { field: 'parent.subscription_details.subscription', value: id };
  for (const { object: invoice } of tx.newest('invoice', its)) {
    const planned = invoice.status === 'draft' || (invoice.status === 'open' && invoice.next_payment_attempt !== null);
    if (planned && invoice.auto_advance)
      tx.update('invoice', invoice.id, {
        auto_advance: false,
        automatically_finalizes_at: null,
        next_payment_attempt: null,
      });
  }
}
