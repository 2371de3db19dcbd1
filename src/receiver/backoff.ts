import { count, group, maybe, milliseconds, type Checks } from '../base/check.ts';
import type { Random } from '../base/ids.ts';

/** When something that failed is tried again. Times are in milliseconds. */
export interface Retry {
  /** After so many failures the event goes to the dead letter. */
  attempts: number;
  /** The wait after the first failure; it doubles with each. */
  base: number;
  /** The longest wait. */
  cap: number;
  /**
   * How long `ctx.defer` may put an event off, counted from its arrival; Stripe itself retries for three days. One that is
   * older when it is first handled, or is replayed, may be put off `attempts` times.
   */
  deferFor: number;
}

/** What may be given of it. */
export const RETRY_OPTION = group({
  attempts: maybe(count),
  base: maybe(milliseconds),
  cap: maybe(milliseconds),
  deferFor: maybe(milliseconds),
} satisfies Checks<Retry>);

/** Sixteen failures at these waits take about six hours. */
export const RETRY: Retry = { attempts: 16, base: 2_000, cap: 3_600_000, deferFor: 3 * 86_400_000 };

/** The wait after `failures` failures, between half of it and all of it, so that what failed together parts again. */
export function backoff(failures: number, retry: Pick<Retry, 'base' | 'cap'>, random: Random): number {
  const wait = Math.min(retry.cap, retry.base * 2 ** Math.min(failures - 1, 30));
  return Math.round(wait / 2 + (wait / 2) * random.next());
}
