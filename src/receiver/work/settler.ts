import type { LaneResult, Settled } from '../../store/store.ts';
import { grouped } from '../group.ts';
import type { Settings } from '../options.ts';

/** How long a result waits before it is written again after the store failed, in milliseconds. */
const AGAIN = 1_000;

/**
 * Commits results together with those of other lanes. When that fails, each is tried again by itself until it is
 * written, for what a handler has done must not be forgotten because the disk was full for a minute; `LOST` comes
 * back once someone else has the lane. `closing` ends the waiting.
 */
export function settler<Tx>({ store, clock, onProblem }: Settings<Tx>, closing: () => boolean) {
  const together = grouped<LaneResult<Tx>, Settled>((results) => store.settle(results));
  return async function settle(result: LaneResult<Tx>): Promise<Settled> {
    try {
      // A user's function may take its time, where the store lets it: nobody else's commit waits for it.
      if (result.effects.length > 0 && store.asyncEffects) return (await store.settle([result]))[0]!;
      return await together(result);
    } catch (error) {
      onProblem('results could not be written', error);
    }
    while (!closing()) {
      await new Promise<void>((resolve) => clock.after(AGAIN, resolve));
      try {
        const [settled] = await store.settle([result]);
        return settled!;
      } catch (error) {
        onProblem('a result could not be written', error);
      }
    }
    return { outcome: 'lost' };
  };
}
