import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long a statement waits for another process's write, in milliseconds. Meanwhile this process stands still, so it is
 * short: about the longest commit.
 */
export const BLOCKING_WAIT = 25;
/** How long a call waits, in milliseconds, after that, with everything else going on. */
const WAIT = 5_000;

export const BUSY = 5;

/** Whether an error says that another connection is at work. Extended codes have SQLITE_BUSY in their last byte. */
export const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY;

/** Tries again what another process's write kept from being done; throws what it threw when that takes too long. */
export async function patiently<Result>(run: () => Result): Promise<Result> {
  // Wall time, and a timer that keeps the process alive, as SQLite's own waiting would.
  const until = performance.now() + WAIT;
  for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
    await sleep(wait);
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
  }
}
