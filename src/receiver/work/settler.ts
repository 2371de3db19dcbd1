import { EndedByEffect, type LaneResult, type Settled } from '../../store/store.ts';
import { grouped } from '../group.ts';
import type { Settings } from '../options.ts';
import { isRefusal, reduced } from './unwritable.ts';

/** How long a result waits before it is written again after the store failed, in milliseconds. */
const AGAIN = 1_000;

/**
 * Commits results together with those of other lanes. When that fails, each is tried again by itself until it is
 * written, for what a handler has done must not be forgotten because the disk was full for a minute; `LOST` comes
 * back once someone else has the lane. What the store will never take goes to the dead letter. `closing` ends the waiting;
 * `pause` says how long results may wait for each other.
 */
export function settler<Tx>(
  { store, clock, onProblem }: Settings<Tx>,
  { closing, pause }: { closing: () => boolean; pause: () => number },
) {
  const together = grouped<LaneResult<Tx>, Settled>((results) => store.settle(results), { pause });
  return async function settle(result: LaneResult<Tx>): Promise<Settled> {
    try {
      return await together(result);
    } catch (error) {
      onProblem('results could not be written', error);
    }
    let trial = [result];
    while (!closing()) {
      await new Promise<void>((resolve) => clock.after(AGAIN, resolve));
      try {
        const [settled] = await store.settle([trial[0]!]);
        return settled!;
      } catch (error) {
        if (error instanceof EndedByEffect) return { outcome: 'failed', error };
        onProblem('a result could not be written', error);
        // The last of them says so little that only a store in trouble can refuse it.
        if (isRefusal(error))
          trial = trial.length > 1 ? trial.slice(1) : trial[0] === result ? reduced(result, error) : trial;
      }
    }
    return { outcome: 'lost' };
  };
}
