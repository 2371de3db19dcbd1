import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Totals } from './totals.ts';

/** What would hold up whoever waits for a commit, and is done by a thread. */
export interface Background {
  /** A commit happened: now and then the write-ahead log is copied, which keeps it short. */
  committed(): void;
  /** Has it counted. Where there is no thread, this one counts. */
  ask<Question extends keyof Totals>(question: Question): Promise<ReturnType<Totals[Question]>>;
  close(): Promise<void>;
}

/** What the thread is told, and what it says. */
export type Order = 'checkpoint' | 'close' | keyof Totals;
export type Answer = 'ready' | 'few' | { answer: unknown };

interface Asked {
  question: keyof Totals;
  resolve(answer: never): void;
  reject(error: unknown): void;
}

/** After how many commits the log is copied. */
const EVERY = 200;
/**
 * Pages after which a commit copies the log itself, should the thread not keep up: 256 MiB. Copying 4,000 pages inside
 * a commit was measured to hold up every delivery for 20 to 80 ms.
 */
const LAST_RESORT = 16_000;

/** Starts the thread. Where none can be had (a bundler that lost its file), everything is done without it. */
export function background(db: DatabaseSync, { path, totals }: { path: string; totals: Totals }): Background {
  let commits = 0;
  let ready = false;
  let closed = false;
  let ended: Promise<void> = Promise.resolve();
  let thread: Worker | undefined;
  /** They are answered in this order. */
  let asked: Asked[] = [];
  const rest = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  try {
    const file = import.meta.url.endsWith('.ts') ? './background-thread.ts' : './background-thread.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { path }, execArgv: [] });
    thread = worker;
    ended = new Promise((done) => worker.once('exit', () => done(gone())));
    worker.on('message', heard);
    // An error is its end.
    worker.once('error', () => {});
    // It never keeps a process alive. After all that, for whoever listens to it does.
    worker.unref();
  } catch {
    thread = undefined;
  }

  function heard(answer: Answer): void {
    if (typeof answer === 'object') {
      asked.shift()?.resolve(answer.answer as never);
      if (asked.length === 0 && !closed) thread!.unref();
    } else if (closed) return;
    else if (answer === 'few') finish();
    else {
      ready = true;
      db.exec(`PRAGMA wal_autocheckpoint = ${LAST_RESORT}`);
    }
  }

  function gone(): void {
    ready = false;
    if (!closed) db.exec('PRAGMA wal_autocheckpoint = 4000');
    for (const one of asked.splice(0)) count(one);
  }

  /**
   * Copies the few pages that came meanwhile, between two commits: then nothing is left, and the next commit begins the log
   * anew. Else it grows under load to the last resort, a quarter of a gigabyte, whose end held up deliveries for 70 ms
   * instead of 30, and which the machine has to find memory for.
   */
  function finish(): void {
    try {
      rest.get();
    } catch {
      // Nothing is lost: it all stays in the log. What is wrong with the disk, the next commit says.
    }
  }

  function count({ question, resolve, reject }: Asked): void {
    try {
      resolve(totals[question]() as never);
    } catch (error) {
      reject(error);
    }
  }

  return {
    committed() {
      commits += 1;
      if (ready && commits % EVERY === 0) thread!.postMessage('checkpoint' satisfies Order);
    },
    ask: (question) =>
      new Promise((resolve, reject) => {
        const one = { question, resolve, reject };
        if (!ready) return count(one);
        asked.push(one);
        // Whoever awaits the answer must not end before it comes.
        thread!.ref();
        thread!.postMessage(question satisfies Order);
      }),
    async close() {
      closed = true;
      if (!thread) return;
      // Awaited, it must keep the process alive: else the process ends here, unsuccessful.
      thread.ref();
      thread.postMessage('close' satisfies Order);
      await ended;
    },
  };
}
