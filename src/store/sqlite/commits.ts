import { isBusy, patiently } from './busy.ts';
import type { Transaction } from './transaction.ts';

/** Writes that share a commit. */
export interface Commits {
  /** Takes a write up into the next commit; settled after it. */
  add<Result>(run: () => Result): Promise<Result>;
  /** The same, and commits at once, with whatever waits. */
  now<Result>(run: () => Result): Promise<Result>;
  /** Commits what waits, now. */
  flush(): void;
}

/** How many turns of the event loop a write waits for others while each of them brings more. */
const TURNS = 4;

/**
 * Commits whatever is asked for until a turn of the event loop brings nothing more together: the answers to deliveries and the
 * results of work on them wait for the disk once. When one of them throws, nothing of the commit stays, and each is
 * tried by itself, so that nobody fails for another. While another process writes it is tried again, and this one does
 * not stand still. `committed` is called after each commit.
 */
export function commits(transaction: Transaction, committed: () => void): Commits {
  type Waiting = { run: () => unknown; resolve: (result: unknown) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let collecting = false;

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

  function collect(known: number, turns: number): void {
    if (waiting.length > known && turns > 0) setImmediate(collect, waiting.length, turns - 1);
    else {
      collecting = false;
      flush();
    }
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length > 0) commit(group);
  }

  const add = <Result>(run: () => Result) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ run, resolve: resolve as Waiting['resolve'], reject });
      if (collecting) return;
      collecting = true;
      setImmediate(collect, 0, TURNS);
    });

  return {
    add,
    now<Result>(run: () => Result) {
      const done = add(run);
      flush();
      return done;
    },
    flush,
  };
}
