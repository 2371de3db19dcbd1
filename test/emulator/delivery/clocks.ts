import type { Clock } from '../../../src/base/clock.ts';

/** Wall time that moves only when a test says so. */
export type FakeClock = Clock & {
  /** Lets time pass, waking whoever wanted to be woken at the moment they named. */
  tick(ms: number): void;
  /** The same for a machine that was asleep: everybody is woken at the end. */
  sleep(ms: number): void;
  readonly waiting: number;
};

export function fakeClock(start: number): FakeClock {
  let now = start;
  let timers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    after(ms, wake) {
      const timer = { at: now + ms, wake };
      timers.push(timer);
      return () => void (timers = timers.filter((each) => each !== timer));
    },
    tick(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        timers = timers.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
    },
    sleep(ms) {
      now += ms;
      this.tick(0);
    },
    get waiting() {
      return timers.length;
    },
  };
}
