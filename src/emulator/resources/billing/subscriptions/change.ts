import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { draftBill, type PaymentBehavior } from './bill.ts';
import { readSlots, rebilled, storeSlots, type Slot } from './change-items.ts';
import { addExtras } from './extras.ts';
import { mustFit, refreshItems } from './items.ts';
import { itemLines } from './lines.ts';
import { future, type Params } from './params.ts';
import { periodOf, sameInterval, wholePeriod } from './periods.ts';
import { chargeRemaining, creditUnused } from './prorate.ts';
import { endedForWant } from './trial-end.ts';
import { notTooLong } from './trial.ts';
import { planUpcoming } from './upcoming.ts';

type Subscription = Stored<'subscription'>;
type Price = Stored<'price'>;

export type ProrationBehavior = 'create_prorations' | 'always_invoice' | 'none';

/** What of a call changes what is billed, and how that is settled. */
export type BilledChange = Pick<Params, 'items' | 'add_invoice_items' | 'proration_date' | 'trial_end'> & {
  anchor: 'now' | 'unchanged';
  prorations: ProrationBehavior;
  payment: PaymentBehavior;
  offSession: boolean;
};

/**
 * Changes what a subscription bills. A new interval, a trial that begins or ends, and `billing_cycle_anchor: now` begin a
 * new period, which is invoiced at once; anything else is prorated within the period. Returns the invoice it brought
 * about, still a draft, or null.
 */
export function changeBilled(tx: Transaction, id: string, change: BilledChange): Stored<'invoice'> | null {
  const { object: before, hidden } = tx.row('subscription', id)!;
  const slots = readSlots(tx, before, change.items);
  const prices = slots.flatMap(({ after }) => (after ? [after.price] : []));
  mustFit(tx, prices, before.currency, before.billing_mode.type);
  const at = prorationDate(tx, before, change.proration_date);
  const trialEnd = readTrialEnd(tx, change.trial_end);
  addExtras(tx, id, change.add_invoice_items);
  if (trialEnd === 'now' && endedForWant(tx, before)) return null;
  if (before.status === 'trialing' && typeof trialEnd === 'number') return extendTrial(tx, before, slots, trialEnd);
  if (change.anchor === 'now' || trialEnd !== undefined || allNewIntervals(slots))
    return restart(tx, before, slots, change, at, trialEnd);

  const free = before.status === 'trialing' || before.status === 'paused' || change.prorations === 'none';
  const changed = slots.filter(rebilled);
  if (!free) for (const { before: row } of changed) if (row) creditUnused(tx, before, row, at);
  const ids = storeSlots(tx, before, slots, (slot) => {
    if (slot.before && sameInterval(slot.before.object.price as Price, slot.after.price))
      return periodOf(slot.before.object);
    const end =
      before.status === 'trialing' ? before.trial_end! : wholePeriod(before, hidden, slot.after.price, tx.now).end;
    return { start: slot.before ? tx.now : startOf(before, tx.now), end };
  });
  const after = refreshItems(tx, id, ids.filter((each) => each !== null)); // prettier-ignore
  planUpcoming(tx, id);
  if (!free)
    for (const [i, slot] of slots.entries()) {
      if (!rebilled(slot) || !slot.after) continue;
      const item = tx.get('subscription_item', ids[i]!)!;
      tx.update('subscription_item', item.id, {}, { billed: chargeRemaining(tx, after, hidden, item, at) });
    }
  const invoices = !free && change.prorations === 'always_invoice' && changed.length > 0;
  if (!invoices) return null;
  return draftBill(tx, id, {
    reason: 'subscription_update',
    lines: [],
    period: { start: startOf(after, tx.now), end: tx.now },
    advances: true,
    prorationDate: at,
  });
}

/** An item that joins in shares the period of those that are there. */
const startOf = ({ items }: Subscription, now: number) =>
  Math.min(now, ...items.data.map(({ current_period_start: start }) => start));

const allNewIntervals = (slots: readonly Slot[]) =>
  slots.every(({ before, after }) => !after || !before || !sameInterval(before.object.price as Price, after.price)) &&
  slots.some(({ before, after }) => before && after);

function prorationDate(tx: Transaction, { items }: Subscription, given: number | undefined): number {
  if (given === undefined) return tx.now;
  const start = Math.min(...items.data.map((item) => item.current_period_start));
  const end = Math.max(...items.data.map((item) => item.current_period_end));
  if (given < start || given > end)
    throw stripeError(
      'missing',
      [`Invalid proration_date: it must lie within the current period, from ${start} to ${end}.`],
      'proration_date',
    );
  return given;
}

/** The moment a trial is to end: `now` for one that ends, a moment for one that begins or goes on. */
function readTrialEnd(tx: Transaction, given: Params['trial_end']): number | 'now' | undefined {
  if (given === undefined || given === 'now') return given as 'now' | undefined;
  return notTooLong(tx, future(tx, Number(given), 'trial_end'), 'trial_end');
}

/** A trial that ends on another day. Nothing is invoiced for it. */
function extendTrial(tx: Transaction, { id, items }: Subscription, slots: readonly Slot[], end: number): null {
  const start = items.data[0]!.current_period_start;
  const ids = storeSlots(tx, tx.get('subscription', id)!, slots, () => ({ start, end }));
  refreshItems(tx, id, ids.filter((each) => each !== null), { trial_end: end, billing_cycle_anchor: end }); // prettier-ignore
  planUpcoming(tx, id);
  return null;
}

/** A new period begins now, for every item, and is invoiced together with credit for what is left of the old one. */
function restart(
  tx: Transaction,
  before: Subscription,
  slots: readonly Slot[],
  { prorations }: BilledChange,
  at: number,
  trialEnd: number | 'now' | undefined,
): Stored<'invoice'> {
  const { id } = before;
  if (prorations !== 'none' && before.status !== 'trialing')
    for (const { before: row } of slots) if (row) creditUnused(tx, before, row, at);
  const trial = typeof trialEnd === 'number' ? trialEnd : null;
  const anchor = { billing_cycle_anchor: trial ?? tx.now };
  const ids = storeSlots(tx, before, slots, ({ after }) => ({
    start: tx.now,
    end: trial ?? wholePeriod(anchor, {}, after.price, tx.now).end,
  }));
  const ended = before.status === 'trialing' && trial === null;
  const after = refreshItems(tx, id, ids.filter((each) => each !== null), {
    ...anchor,
    ...(trial !== null && { status: 'trialing', trial_start: tx.now, trial_end: trial }),
    ...(ended && { status: 'active', trial_end: tx.now }),
  }); // prettier-ignore
  tx.update('subscription', id, {}, { anchorDay: undefined });
  planUpcoming(tx, id);
  const lines = after.items.data.flatMap((item) => {
    const period = periodOf(item);
    return itemLines(tx, after, item, { period, whole: period, free: trial === null ? null : 'trial' });
  });
  const bill = {
    reason: 'subscription_update',
    lines,
    period: { start: tx.now, end: tx.now },
    advances: true,
  } as const;
  return draftBill(tx, id, bill);
}
