import type { Clock } from '../../base/clock.ts';

/** Lets at most this many through a second, evenly: each call waits for its turn. An aborted signal ends the wait. */
export function pace(perSecond: number, clock: Clock, signal?: AbortSignal): () => Promise<void> {
  const apart = 1_000 / perSecond;
  let next = -Infinity;
  return async () => {
    const now = clock.now();
    const wait = next - now;
    next = Math.max(next, now) + apart;
    if (wait <= 0 || signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(Math.ceil(wait), resolve);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    cancel();
  };
}
