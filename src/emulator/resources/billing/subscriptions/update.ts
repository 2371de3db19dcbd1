import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { collectNow, type PaymentBehavior } from './bill.ts';
import { changeBilled, type BilledChange, type ProrationBehavior } from './change.ts';
import { setCancellation } from './cancel-later.ts';
import { discountAgain } from './discounts.ts';
import { future, plainFields, refuseUnmodelled, type Params } from './params.ts';
import { holdBack, mayHoldBack, snapshotOf } from './pending-update.ts';

type Subscription = Stored<'subscription'>;

/** What may still change of a subscription that has ended, and of one whose first payment is awaited. */
const WHEN_OVER = new Set(['cancellation_details', 'metadata', 'expand']);
const WHEN_INCOMPLETE = new Set([
  ...WHEN_OVER,
  'default_payment_method',
  'default_source',
  'description',
  'payment_settings',
  'off_session',
]);

export function update(call: Call): Subscription {
  const { tx, params: given, path } = call;
  const subscription = need(tx, 'subscription', path[0]!, 'id');
  const params = given as unknown as Params;
  refuseUnmodelled(params);
  mustBeChangeable(subscription, Object.keys(given));
  const change = billedChange(params);
  if (change.payment === 'pending_if_incomplete') mayHoldBack(params);
  tx.update('subscription', subscription.id, {
    ...plainFields(tx, given, subscription),
    ...pause(tx, params.pause_collection),
  });
  discountAgain(tx, subscription, params.discounts);
  settleChange(tx, subscription.id, change);
  setCancellation(tx, subscription.id, params);
  return tx.get('subscription', subscription.id)!;
}

/** Changes what is billed, if the call asks for that, and collects the invoice it brings about. */
export function settleChange(tx: Transaction, id: string, change: BilledChange): void {
  const { items, trial_end, anchor, add_invoice_items: extras } = change;
  if (!items && trial_end === undefined && anchor !== 'now' && !extras) return;
  const before = snapshotOf(tx, id);
  const invoice = changeBilled(tx, id, change);
  if (!invoice) return;
  const { payment, offSession } = change;
  // What becomes of the payment is judged here, and not by the invoice's own failure.
  tx.update('subscription', id, {}, { collecting: invoice.id });
  const paid = collectNow(tx, invoice.id, payment, { offSession, retries: payment === 'allow_incomplete' });
  tx.update('subscription', id, {}, { collecting: null });
  if (paid) return;
  if (payment === 'pending_if_incomplete') holdBack(tx, id, before, invoice.id);
  else if (tx.get('subscription', id)!.status === 'active') tx.update('subscription', id, { status: 'past_due' });
}

export const billedChange = (params: Partial<Params>): BilledChange => ({
  ...(params.items && { items: params.items }),
  ...(params.add_invoice_items && { add_invoice_items: params.add_invoice_items }),
  ...(params.proration_date !== undefined && { proration_date: params.proration_date }),
  ...(params.trial_end !== undefined && { trial_end: params.trial_end }),
  anchor: anchorOf(params),
  prorations: (params.proration_behavior ?? 'create_prorations') as ProrationBehavior,
  payment: (params.payment_behavior ?? 'allow_incomplete') as PaymentBehavior,
  offSession: params.off_session === true,
});

// Since endive it is a hash; before, the word alone.
const anchorOf = ({ billing_cycle_anchor: anchor }: Partial<Params>): 'now' | 'unchanged' => {
  const given = anchor as { type?: string } | string | number | undefined;
  return (typeof given === 'object' ? given.type : given) === 'now' ? 'now' : 'unchanged';
};

export function mustBeChangeable({ id, status }: Subscription, names: readonly string[]): void {
  const over = status === 'canceled' || status === 'incomplete_expired';
  if (over && names.some((name) => !WHEN_OVER.has(name)))
    throw stripeError('wrong_state', [
      'A canceled subscription can only update its cancellation_details and metadata. ' +
        `${id} is ${status}: create a new subscription instead.`,
    ]);
  if (status === 'incomplete' && names.some((name) => !WHEN_INCOMPLETE.has(name)))
    throw stripeError('wrong_state', [
      `Subscription ${id} is incomplete: its first invoice must be paid before what it bills can change.`,
    ]);
}

function pause(tx: Transaction, given: Params['pause_collection']): Partial<Subscription> {
  if (given === undefined) return {};
  if (!given) return { pause_collection: null };
  const { behavior, resumes_at: at } = given;
  const resumes_at = at === undefined ? null : future(tx, at, 'pause_collection[resumes_at]');
  return { pause_collection: { behavior, resumes_at } };
}
