// A thread with a connection of its own, while the main thread goes on answering. Whenever it is told to, it copies
// committed pages from the write-ahead log into the database file, and says `few` when the log should begin anew and
// what came meanwhile is soon copied, too. Whenever it is asked, it counts.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Order } from './background.ts';
import { totals } from './totals.ts';

/** Each copy takes less time than the one before, for fewer pages came meanwhile; after so many there will be no end. */
const COPIES = 4;
/** So many pages are few. */
const FEW = 400;
/** A shorter log may go on, 128 MiB: the few pages hold up deliveries for 10 to 30 ms, and each log ends with some. */
const LONG = 8_000;

const db = new DatabaseSync((workerData as { path: string }).path);
db.exec('PRAGMA busy_timeout = 1000; PRAGMA synchronous = FULL');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
const answers = totals(db);
const say = (answer: Answer): void => parentPort!.postMessage(answer);

/** Whether the log is long, and few pages came during the last copy. Someone who reads keeps pages from being copied. */
function copied(): boolean {
  let before = 0;
  for (let copy = 0; copy < COPIES; copy += 1) {
    const { log, checkpointed } = checkpoint.get() as { log: number; checkpointed: number };
    if (checkpointed < log || log < LONG) return false;
    if (copy > 0 && log - before <= FEW) return true;
    before = log;
  }
  return false;
}

parentPort!.on('message', (order: Order) => {
  if (order === 'close') {
    db.close();
    parentPort!.close();
  } else if (order !== 'checkpoint') say({ answer: answers[order]() });
  else if (copied()) say('few');
});
say('ready');
