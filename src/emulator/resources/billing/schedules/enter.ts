import type { JsonObject } from '../../../../base/json.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { endSubscription } from '../subscriptions/cancel.ts';
import { createSubscription } from '../subscriptions/create.ts';
import { discountAgain } from '../subscriptions/discounts.ts';
import { plainFields, type Params } from '../subscriptions/params.ts';
import { nextRenewal } from '../subscriptions/periods.ts';
import { billedChange, settleChange } from '../subscriptions/update.ts';
import type { Phase } from './phases.ts';

type Schedule = Stored<'subscription_schedule'>;
type Subscription = Stored<'subscription'>;

export const phasesOf = (tx: Transaction, id: string): readonly Phase[] =>
  (tx.row('subscription_schedule', id)?.hidden['phases'] as readonly Phase[] | undefined) ?? [];

/** The first phase begins: the subscription is made. Its first invoice is a draft for an hour. */
export function begin(tx: Transaction, id: string): void {
  const schedule = tx.get('subscription_schedule', id)!;
  const [first] = phasesOf(tx, id) as [Phase];
  const { proration_behavior: _, ...given } = first.given;
  const { collection_method, default_payment_method, description } = schedule.default_settings;
  const defaults = {
    ...(collection_method && { collection_method }),
    ...(collection_method === 'send_invoice' && { days_until_due: 30 }),
    ...(default_payment_method && { default_payment_method: default_payment_method as string }),
    ...(description && { description }),
  };
  const made = createSubscription(
    tx,
    { customer: schedule.customer as string, ...defaults, ...given } as JsonObject,
    true,
  );
  // Nobody pays before the invoice is final, and the service begins all the same.
  const status = made.status === 'incomplete' ? 'active' : made.status;
  tx.update('subscription', made.id, { status, schedule: id });
  tx.update('subscription_schedule', id, { status: 'active', subscription: made.id, current_phase: datesOf(first) });
}

/**
 * What the schedule of a subscription has due by now: the next phase, or its end. Called by the clock, and by a renewal
 * of the same second, which must bill what the new phase says.
 */
export function catchUp(tx: Transaction, id: string): void {
  for (;;) {
    const { status, current_phase: current } = tx.get('subscription_schedule', id)!;
    if (status !== 'active' || !current || current.end_date > tx.now) return;
    const next = phasesOf(tx, id).find(({ start }) => start >= current.end_date);
    if (next) enter(tx, id, next);
    else return finish(tx, id);
  }
}

function enter(tx: Transaction, id: string, phase: Phase): void {
  const subscription = tx.get('subscription', tx.get('subscription_schedule', id)!.subscription as string)!;
  const { items, add_invoice_items, trial_end, proration_behavior, ...plain } = phase.given as unknown as Params &
    JsonObject;
  tx.update('subscription', subscription.id, plainFields(tx, plain as JsonObject, subscription));
  discountAgain(tx, subscription, plain.discounts);
  // A period that ends in this second is not divided: what renews is billed at the new price.
  const renews = nextRenewal(subscription) <= tx.now;
  settleChange(tx, subscription.id, {
    ...billedChange({
      items: replaced(subscription, items!),
      add_invoice_items,
      trial_end,
      proration_behavior: renews ? 'none' : proration_behavior,
      off_session: true,
    } as Partial<Params>),
    anchor: phase.shown.billing_cycle_anchor === 'phase_start' && !renews ? 'now' : 'unchanged',
  });
  tx.update('subscription_schedule', id, { current_phase: datesOf(phase) });
}

/** The items of a phase as changes of those there are: the same price stays, others take each other's place. */
function replaced({ items }: Subscription, wanted: NonNullable<Params['items']>): Params['items'] {
  const left = new Map(items.data.map((item) => [item.id, item]));
  const kept = wanted.map((item) => {
    const same = [...left.values()].find(({ price }) => price.id === item.price);
    if (same) left.delete(same.id);
    return same ? { ...item, id: same.id } : item;
  });
  const placed = kept.map((item) => {
    const [other] = left.values();
    if (item.id !== undefined || !other) return item;
    left.delete(other.id);
    return { ...item, id: other.id };
  });
  return [...placed, ...[...left.keys()].map((id) => ({ id, deleted: true }))];
}

/** The last phase is over: the subscription goes on by itself, or ends. */
function finish(tx: Transaction, id: string): void {
  const schedule = tx.get('subscription_schedule', id)!;
  const subscription = schedule.subscription as string;
  const cancels = schedule.end_behavior === 'cancel';
  tx.update('subscription_schedule', id, {
    completed_at: tx.now,
    current_phase: null,
    status: 'completed',
    ...(!cancels && { released_subscription: subscription }),
  });
  if (cancels) endSubscription(tx, subscription, {});
  else tx.update('subscription', subscription, { schedule: null });
}

const datesOf = ({ start, end }: Phase): Schedule['current_phase'] => ({ start_date: start, end_date: end });
