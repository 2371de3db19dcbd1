// A thread with a connection of its own: copies committed pages from the write-ahead log into the database file
// whenever it is told to, while the main thread goes on answering.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const db = new DatabaseSync((workerData as { path: string }).path);
db.exec('PRAGMA busy_timeout = 1000; PRAGMA synchronous = FULL');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
parentPort!.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') checkpoint.get();
  else {
    db.close();
    parentPort!.close();
  }
});
parentPort!.postMessage('ready');
