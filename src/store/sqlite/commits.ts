import { isBusy, patiently } from './busy.ts';
import type { Transaction } from './transaction.ts';

/** Writes that share a commit. */
export interface Commits {
  /** Takes a write up into the next commit; settled after it. */
  add<Result>(run: () => Result): Promise<Result>;
  /** Commits what waits, now. */
  flush(): void;
}

/**
 * Commits whatever is asked for until the end of the event loop's turn together: the answers to deliveries and the
 * results of work on them wait for the disk once. When one of them throws, nothing of the commit stays, and each is
 * tried by itself, so that nobody fails for another. While another process writes it is tried again, and this one does
 * not stand still. `committed` is called after each commit.
 */
export function commits(transaction: Transaction, committed: () => void): Commits {
  type Waiting = { run: () => unknown; resolve: (result: unknown) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];

  /** Throws only while another process writes. */
  function attempt(group: readonly Waiting[]): void {
    let results: unknown[];
    try {
      results = transaction(() => group.map(({ run }) => run()));
    } catch (error) {
      if (isBusy(error)) throw error;
      if (group.length === 1) group[0]!.reject(error);
      else for (const one of group) commit([one]);
      return;
    }
    committed();
    for (const [index, { resolve }] of group.entries()) resolve(results[index]);
  }

  function commit(group: readonly Waiting[]): void {
    try {
      attempt(group);
    } catch {
      patiently(() => attempt(group)).catch((error: unknown) => {
        for (const { reject } of group) reject(error);
      });
    }
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length > 0) commit(group);
  }

  return {
    add: <Result>(run: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        waiting.push({ run, resolve: resolve as Waiting['resolve'], reject });
        if (waiting.length === 1) setImmediate(flush);
      }),
    flush,
  };
}
