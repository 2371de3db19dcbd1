import { addMonths } from '../../../span.ts';

/** How often something recurs. */
export type Recurring = { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number };

/** From `start` until just before `end`, Unix seconds. */
export type Period = { start: number; end: number };

const DAY = 86400;
const SECONDS = { day: DAY, week: 7 * DAY };
const MONTHS = { month: 1, year: 12 };

/**
 * The n-th period boundary after the anchor (before it for n < 0), Unix seconds, all in UTC. Each is computed from the
 * anchor: a month that is too short ends its period on its last day, and the anchor's day comes back afterwards.
 * `day` is the day of the month to come back to where the anchor's own month was too short for it.
 */
export function boundary(anchor: number, { interval, interval_count }: Recurring, n: number, day?: number): number {
  if (interval === 'day' || interval === 'week') return anchor + n * interval_count * SECONDS[interval];
  const at = addMonths(anchor, n * interval_count * MONTHS[interval]);
  return day === undefined ? at : onDay(at, day);
}

/** The period a moment falls into; a boundary begins the period after it. */
export function periodContaining(anchor: number, recurring: Recurring, at: number, day?: number): Period {
  const { interval, interval_count: count } = recurring;
  const length =
    count * (interval === 'day' || interval === 'week' ? SECONDS[interval] : MONTHS[interval] * 30.44 * DAY);
  // A first guess at which period it is, never far off: months differ in length by a few days only.
  let n = Math.floor((at - anchor) / length);
  while (boundary(anchor, recurring, n, day) > at) n--;
  while (boundary(anchor, recurring, n + 1, day) <= at) n++;
  return { start: boundary(anchor, recurring, n, day), end: boundary(anchor, recurring, n + 1, day) };
}

/** The first boundary later than a moment. */
export const nextBoundary = (anchor: number, recurring: Recurring, after: number, day?: number): number =>
  periodContaining(anchor, recurring, after, day).end;

/** What `billing_cycle_anchor_config` holds. */
export type AnchorConfig = {
  day_of_month: number;
  month?: number | null;
  hour?: number | null;
  minute?: number | null;
  second?: number | null;
};

/**
 * The first moment from `start` on that fits a `billing_cycle_anchor_config`. A time of day that is not given is that
 * of the start; a day the month does not have is its last one.
 */
export function anchorFrom(config: AnchorConfig, start: number): number {
  const date = new Date(start * 1000);
  const at = Date.UTC(
    date.getUTCFullYear(),
    config.month ? config.month - 1 : date.getUTCMonth(),
    1,
    config.hour ?? date.getUTCHours(),
    config.minute ?? date.getUTCMinutes(),
    config.second ?? date.getUTCSeconds(),
  );
  const first = at / 1000;
  for (let n = 0; ; n++) {
    const candidate = onDay(addMonths(first, n * (config.month ? 12 : 1)), config.day_of_month);
    if (candidate >= start) return candidate;
  }
}

/** The same month and time of day on another day, or on the month's last where it has no such day. */
function onDay(at: number, day: number): number {
  const date = new Date(at * 1000);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return at + (Math.min(day, last) - date.getUTCDate()) * DAY;
}
