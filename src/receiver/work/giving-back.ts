import { backoff } from '../backoff.ts';
import type { Settings } from '../options.ts';

/** The wait before a lane is claimed again, in milliseconds: this after the first failure, a whole lease at most. */
const WAIT = 1_000;
/** How many lanes are remembered; whoever fails more often than that has other worries than the length of a wait. */
const REMEMBERED = 1_000;

/**
 * Gives lanes back on which the work failed because the store did, so that they need not wait for the end of their
 * lease; later with each failure in a row.
 */
export function givingBack<Tx>({ store, clock, lease, random }: Settings<Tx>, owner: string) {
  const failures = new Map<string, number>();
  const owed = new Set<string>();

  async function giveBack(): Promise<void> {
    await Promise.allSettled(
      [...owed].map(async (lane) => {
        const wait = backoff(failures.get(lane) ?? 1, { base: WAIT, cap: lease }, random);
        // Its end, and not none: whoever claims it then has a lease of his own, and what we still write is void.
        await store.renew(owner, [lane], clock.now() + wait);
        owed.delete(lane);
      }),
    );
  }

  return {
    /** Gives back what failed; to be called whenever work is looked for, as the store may fail at this too. */
    giveBack: async (): Promise<void> => (owed.size > 0 ? giveBack() : undefined),
    failed(lane: string): void {
      if (failures.size >= REMEMBERED) failures.clear();
      failures.set(lane, (failures.get(lane) ?? 0) + 1);
      owed.add(lane);
    },
    /** It is in hand again. */
    taken: (lane: string): void => void owed.delete(lane),
    succeeded: (lane: string): void => void failures.delete(lane),
  };
}
