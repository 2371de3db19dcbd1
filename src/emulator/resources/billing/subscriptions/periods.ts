import type { Hidden, Stored } from '../../../world/objects.ts';
import { periodContaining, type Period, type Recurring } from '../math/calendar.ts';

type Subscription = Stored<'subscription'>;
type Item = Stored<'subscription_item'>;

/** How often a recurring price is billed. */
export const recurringOf = ({ recurring }: Pick<Stored<'price'>, 'recurring'>): Recurring => {
  const { interval, interval_count } = recurring!;
  return { interval: interval as Recurring['interval'], interval_count };
};

/**
 * The whole period of a price that a moment falls into, counted from the anchor (Unix seconds). An item's own period may
 * begin later: a subscription that started, or changed, in the middle of it.
 */
export const wholePeriod = (
  { billing_cycle_anchor: anchor }: Pick<Subscription, 'billing_cycle_anchor'>,
  hidden: Hidden,
  price: Pick<Stored<'price'>, 'recurring'>,
  at: number,
): Period => periodContaining(anchor, recurringOf(price), at, hidden['anchorDay'] as number | undefined);

export const periodOf = (item: Item): Period => ({ start: item.current_period_start, end: item.current_period_end });

/** When the first of a subscription's items is due to be billed again. */
export const nextRenewal = ({ items }: Subscription): number =>
  Math.min(...items.data.map(({ current_period_end: end }) => end));

/** When the last of the periods ends that run now. */
export const lastPeriodEnd = ({ items }: Pick<Subscription, 'items'>): number =>
  Math.max(...items.data.map(({ current_period_end: end }) => end));

export const sameInterval = (a: Stored<'price'>, b: Stored<'price'>): boolean =>
  a.recurring?.interval === b.recurring?.interval && a.recurring?.interval_count === b.recurring?.interval_count;
