import type { Clock } from '../base/clock.ts';

/**
 * Bounds how long work is waited for, in milliseconds: after that the promise rejects with `tooLong`, and the work goes
 * on by itself. One timer for all that is waited for, for each of a thousand deliveries a second would need one.
 */
export function within<Result>(
  clock: Clock,
  limit: number,
  tooLong: () => Error,
): (work: Promise<Result>) => Promise<Result> {
  // In the order in which they come, which is that in which they end.
  const waiting = new Set<{ until: number; giveUp: () => void }>();
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
        one.giveUp();
      }
      arm();
    });
  }

  return (work) =>
    new Promise((resolve, reject) => {
      const one = { until: clock.now() + limit, giveUp: () => reject(tooLong()) };
      waiting.add(one);
      arm();
      work.then(resolve, reject).finally(() => waiting.delete(one));
    });
}
