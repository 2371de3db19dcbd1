import type { EventState, HandlerState } from './states.ts';
import type { ClaimedLane } from './work.ts';

/** An event that is to be handled again. */
export interface Reopening {
  seq: number;
  /** Handlers that forget what they did, and run. */
  reset: readonly string[];
  /** Handlers that never saw it and are not to run now either. */
  skip: readonly string[];
  /** Where it must still stand, and each handler of `reset` (when given), for that; wherever they are when not given. */
  was?: { state: EventState; reset?: HandlerState | undefined } | undefined;
}

/**
 * `reopened`: it is in hand of whoever reopened it. `waiting`: it has not been worked on yet, so its handlers run anyway.
 * `busy`: somebody else has its object in hand. `changed`: it stands elsewhere by now. `pruned`: there is no payload left to handle. `unknown`: there is no such
 * proven event.
 */
export type Reopened = 'reopened' | 'waiting' | 'busy' | 'changed' | 'pruned' | 'unknown';

/** What reopening has come to. */
export interface ReopenedLanes {
  /** For each event. */
  outcomes: Reopened[];
  /** The objects, leased, with just the events that were reopened; their `state` is the one they had before. */
  lanes: ClaimedLane[];
}
