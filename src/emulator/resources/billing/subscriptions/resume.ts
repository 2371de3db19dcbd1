import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { collectNow, draftBill } from './bill.ts';
import { itemRows, refreshItems } from './items.ts';
import { itemLines } from './lines.ts';
import { wholePeriod } from './periods.ts';
import { planUpcoming } from './upcoming.ts';

/**
 * Goes on with a paused subscription: a new period begins now, or the one is taken up that runs by the old anchor, and is
 * invoiced. It stays paused until that invoice is paid or written off. By default nothing is collected in the request: whoever pays the
 * invoice and fails makes the subscription past due, and nothing is tried again. With `resume_on_payment_success` it is
 * collected at once and tried again like any other (docs.stripe.com/changelog/dahlia/2026-05-27/pause-subscriptions).
 */
export function resume(call: Call): Stored<'subscription'> {
  const { tx, path } = call;
  const { id } = need(tx, 'subscription', path[0]!, 'id');
  const { object: subscription, hidden } = tx.row('subscription', id)!;
  if (subscription.status !== 'paused')
    throw stripeError('wrong_state', [
      `Subscription ${id} is ${subscription.status}: only a paused one can be resumed.`,
    ]);
  const params = call.params as unknown as Stripe.SubscriptionResumeParams;
  if (params.proration_date !== undefined)
    throw stripeError('paybell_not_modelled', ['`proration_date` of resuming'], 'proration_date');
  const anchor = params.billing_cycle_anchor as { type?: string } | string | undefined;
  const unchanged = (typeof anchor === 'object' ? anchor.type : anchor) === 'unchanged';
  const from = unchanged ? subscription.billing_cycle_anchor : tx.now;
  const facts = unchanged ? hidden : {};
  const rows = itemRows(tx, subscription);
  const wholes = rows.map(({ object }) =>
    wholePeriod({ billing_cycle_anchor: from }, facts, object.price as Stored<'price'>, tx.now),
  );
  rows.forEach((row, i) =>
    tx.update('subscription_item', row.id, { current_period_start: tx.now, current_period_end: wholes[i]!.end }),
  );
  const after = refreshItems(tx, id, rows.map((row) => row.id), { billing_cycle_anchor: from }); // prettier-ignore
  if (!unchanged) tx.update('subscription', id, {}, { anchorDay: undefined });
  planUpcoming(tx, id);
  const free = params.proration_behavior === 'none' && unchanged ? 'unprorated' : null;
  const lines = after.items.data.flatMap((item, i) =>
    itemLines(tx, after, item, { period: { start: tx.now, end: item.current_period_end }, whole: wholes[i]!, free }),
  );
  const period = { start: tx.now, end: tx.now };
  const invoice = draftBill(tx, id, { reason: 'subscription_update', lines, period, advances: true });
  const collects = params.payment_behavior === 'resume_on_payment_success';
  tx.update('subscription', id, {}, { resumesWith: invoice.id, resumesWhenTried: !collects });
  if (collects) collectNow(tx, invoice.id, 'allow_incomplete', { offSession: true, retries: true });
  else collectNow(tx, invoice.id, 'default_incomplete');
  // An invoice that is sent is awaited by nobody.
  if (after.collection_method === 'send_invoice')
    tx.update('subscription', id, { status: 'active', status_details: undefined });
  return tx.get('subscription', id)!;
}
