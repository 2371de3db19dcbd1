import type { Clock } from '../base/clock.ts';

/**
 * Bounds how long results are waited for, in milliseconds: each call makes a function that hands on the first result it
 * is given, unless `late` was called before because none came in time. One timer for all that is waited for, for each
 * of a thousand deliveries a second would need one.
 */
export function within(clock: Clock, limit: number) {
  // In the order in which they come, which is that in which they end.
  const waiting = new Set<{ until: number; late: () => void }>();
  let armed = false;

  function arm(): void {
    const [first] = waiting;
    if (armed || !first) return;
    armed = true;
    clock.after(first.until - clock.now(), () => {
      armed = false;
      for (const one of waiting) {
        if (one.until > clock.now()) break;
        waiting.delete(one);
        one.late();
      }
      arm();
    });
  }

  return <Result>(done: (result: Result) => void, late: () => void): ((result: Result) => void) => {
    const one = { until: clock.now() + limit, late };
    waiting.add(one);
    if (!armed) arm();
    return (result) => {
      if (waiting.delete(one)) done(result);
    };
  };
}
