import type { Clock } from '../../base/clock.ts';

/**
 * A world's time, in whole seconds: wall time plus an offset, or standing still. It sets object times, timers and
 * `event.created`; signatures and leases stay with wall time.
 */
export type WorldClock = {
  now(): number;
  readonly frozen: boolean;
  /** Stops at a moment, by default the present one. */
  freeze(at?: number): void;
  /** Goes on from where it stands, with wall time. */
  flow(): void;
  /** Moves to a moment; standing or flowing stays as it was. */
  set(at: number): void;
  /** Runs something as if it were that moment. */
  at<T>(moment: number, run: () => T): T;
};

export function createWorldClock(wall: Clock, start?: number): WorldClock {
  const wallNow = () => Math.floor(wall.now() / 1000);
  let offset = 0;
  let standing = start;
  let pinned: number | undefined;
  const now = () => pinned ?? standing ?? wallNow() + offset;
  return {
    now,
    get frozen() {
      return standing !== undefined;
    },
    freeze: (at = now()) => void (standing = at),
    flow() {
      offset = now() - wallNow();
      standing = undefined;
    },
    set(at) {
      if (standing === undefined) offset = at - wallNow();
      else standing = at;
    },
    at(moment, run) {
      const outer = pinned;
      pinned = moment;
      try {
        return run();
      } finally {
        pinned = outer;
      }
    },
  };
}
