// A thread with a connection of its own: copies committed pages from the write-ahead log into the database file
// whenever it is told to, while the main thread goes on answering. Says `ready` when it can, and `few` when what came
// while it copied is soon copied, too.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** Each copy takes less time than the one before, for fewer pages came meanwhile; after so many there will be no end. */
const COPIES = 4;
/** So many pages are few. */
const FEW = 400;

const db = new DatabaseSync((workerData as { path: string }).path);
db.exec('PRAGMA busy_timeout = 1000; PRAGMA synchronous = FULL');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

/** Whether few pages came during the last copy. Someone who reads keeps pages from being copied. */
function copied(): boolean {
  let before = 0;
  for (let copy = 0; copy < COPIES; copy += 1) {
    const { log, checkpointed } = checkpoint.get() as { log: number; checkpointed: number };
    if (checkpointed < log) return false;
    if (copy > 0 && log - before <= FEW) return true;
    before = log;
  }
  return false;
}

parentPort!.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') {
    if (copied()) parentPort!.postMessage('few');
  } else {
    db.close();
    parentPort!.close();
  }
});
parentPort!.postMessage('ready');
