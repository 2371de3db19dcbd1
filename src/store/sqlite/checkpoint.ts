import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** Keeps the write-ahead log short without holding up whoever waits for a commit. */
export type Checkpoints = {
  /** A commit happened. */
  note(): void;
  close(): Promise<void>;
};

/** After how many commits the log is copied. */
const EVERY = 200;
/**
 * Pages after which a commit copies the log itself, should the thread not keep up: 256 MiB. Copying 4,000 pages inside
 * a commit was measured to hold up every delivery for 20 to 80 ms.
 */
const LAST_RESORT = 16_000;

/** Starts the thread. Where none can be had (a bundler that lost its file), commits go on copying the log themselves. */
export function checkpoints(db: DatabaseSync, path: string): Checkpoints {
  let commits = 0;
  let ready = false;
  let closed = false;
  let ended: Promise<void> = Promise.resolve();
  let thread: Worker | undefined;
  const rest = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  try {
    const file = import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { path }, execArgv: [] });
    thread = worker;
    ended = new Promise((done) => worker.once('exit', () => done()));
    worker.on('message', (message: 'ready' | 'few') => {
      if (closed) return;
      if (message === 'few') return finish();
      ready = true;
      db.exec(`PRAGMA wal_autocheckpoint = ${LAST_RESORT}`);
    });
    worker.once('error', () => {
      ready = false;
      if (!closed) db.exec('PRAGMA wal_autocheckpoint = 4000');
    });
    // It never keeps a process alive. After all that, for whoever listens to it does.
    worker.unref();
  } catch {
    thread = undefined;
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

  return {
    note() {
      commits += 1;
      if (ready && commits % EVERY === 0) thread!.postMessage('checkpoint');
    },
    async close() {
      closed = true;
      if (!thread) return;
      // Awaited, it must keep the process alive: else the process ends here, unsuccessful.
      thread.ref();
      thread.postMessage('close');
      await ended;
    },
  };
}
