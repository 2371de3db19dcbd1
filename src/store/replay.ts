/** An event that is to be handled again. */
export interface Reopening {
  seq: number;
  /** Handlers that forget what they did, and run. */
  reset: readonly string[];
  /** Handlers that never saw it and are not to run now either. */
  skip: readonly string[];
  /** When its records are changed. */
  now: number;
}

/**
 * `reopened`: the handlers will run. `waiting`: it has not been worked on yet, so they run anyway. `busy`: a worker has
 * its object in hand. `pruned`: there is no payload left to handle. `unknown`: there is no such proven event.
 */
export type Reopened = 'reopened' | 'waiting' | 'busy' | 'pruned' | 'unknown';
