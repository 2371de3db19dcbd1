import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { voidInvoice } from '../invoices/end.ts';
import type { Params } from './params.ts';

type Subscription = Stored<'subscription'>;

/** How long a change waits for its payment, in seconds (docs.stripe.com/billing/subscriptions/pending-updates). */
const HOURS_23 = 23 * 3600;

/** What a change may do that waits for its payment; everything else would take effect unpaid. */
const SUPPORTED = new Set([
  'billing_cycle_anchor',
  'expand',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
  'trial_from_plan',
]);

export function mayHoldBack(params: object): void {
  const unfit = Object.keys(params as Params).find((name) => !SUPPORTED.has(name));
  if (unfit)
    throw stripeError(
      'parameter_invalid',
      [unfit, 'it cannot be changed with `payment_behavior: pending_if_incomplete`; change it in a call of its own'],
      unfit,
    );
}

/** A subscription and its items at a moment. */
export type Snapshot = { subscription: Row<'subscription'>; items: Row<'subscription_item'>[] };

export function snapshotOf(tx: Transaction, id: string): Snapshot {
  const subscription = tx.row('subscription', id)!;
  const items = subscription.object.items.data.map((item) => tx.row('subscription_item', item.id)!);
  return { subscription, items };
}

/** Takes a change back whose payment did not go through, and keeps it until its invoice is paid. */
export function holdBack(tx: Transaction, id: string, before: Snapshot, invoice: string): void {
  const after = snapshotOf(tx, id);
  restore(tx, before);
  const { object: then } = before.subscription;
  const { object: now } = after.subscription;
  const differs = <Name extends keyof Subscription>(name: Name) => (then[name] === now[name] ? null : now[name]);
  tx.update(
    'subscription',
    id,
    {
      latest_invoice: invoice,
      pending_update: {
        billing_cycle_anchor: differs('billing_cycle_anchor'),
        cancel_at_period_end: null,
        discount: null,
        discounts: null,
        expires_at: tx.now + HOURS_23,
        metadata: null,
        subscription_items: now.items.data,
        trial_end: differs('trial_end'),
        trial_from_plan: null,
      } as never,
    },
    { heldBack: { invoice, after } },
  );
}

/** Puts a subscription and its items back as they were: what a later change added goes, what it took away returns. */
function restore(tx: Transaction, { subscription, items }: Snapshot): void {
  const { id } = subscription;
  const kept = new Set(items.map((item) => item.id));
  for (const item of tx.get('subscription', id)!.items.data)
    if (!kept.has(item.id)) tx.remove('subscription_item', item.id);
  for (const { id, object, hidden } of items)
    if (tx.get('subscription_item', id)) tx.update('subscription_item', id, object, hidden);
    else tx.insert('subscription_item', object, hidden);
  tx.update('subscription', id, subscription.object, subscription.hidden);
}

type HeldBack = { invoice: string; after: Snapshot };

export const heldBackOf = (tx: Transaction, id: string): HeldBack | null =>
  (tx.row('subscription', id)?.hidden['heldBack'] as HeldBack | null | undefined) ?? null;

/** The invoice of a change was paid: the change takes effect, as it was asked for. */
export function applyHeldBack(tx: Transaction, id: string, { invoice, after }: HeldBack): void {
  const { metadata, default_payment_method } = tx.get('subscription', id)!;
  restore(tx, after);
  tx.update(
    'subscription',
    id,
    { latest_invoice: invoice, metadata, default_payment_method, pending_update: null },
    { heldBack: null, collecting: null, updateOutcome: 'applied' },
  );
}

/** It was not paid in time, or given up: the change is forgotten, and its invoice void. */
export function dropHeldBack(tx: Transaction, id: string, how: 'expired' | 'void'): void {
  const held = heldBackOf(tx, id);
  if (!held) return;
  tx.update('subscription', id, { pending_update: null }, { heldBack: null, updateOutcome: how });
  if (tx.get('invoice', held.invoice)?.status === 'open') voidInvoice(tx, held.invoice);
}
