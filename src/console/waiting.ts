import type { Clock } from '../base/clock.ts';

/** Resolves after so many milliseconds, or as soon as `hurry` is aborted. */
export function waiting(clock: Clock, ms: number, hurry: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (hurry.aborted || ms <= 0) resolve();
  else {
    const cancel = clock.after(ms, () => {
      hurry.removeEventListener('abort', end);
      resolve();
    });
    const end = () => {
      cancel();
      resolve();
    };
    hurry.addEventListener('abort', end, { once: true });
  }
  return promise;
}
