import { DatabaseSync } from 'node:sqlite';
import type { ServerResponse } from 'node:http';
import { scan } from '../../src/receiver/scan.ts';
import { signingKey, verifySignature } from '../../src/stripe/signature.ts';
import { serve } from './serve.ts';

// What answering after the commit costs at the very least on this machine: verified, one table with one unique index, many
// deliveries in one commit. No queue, no duplicates counted, no mirror, no worker.
const [path, secret] = process.argv.slice(2);
const keys = [signingKey(secret!)];
const db = new DatabaseSync(path!);
db.exec(
  'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000',
);
db.exec(
  'CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT, created INTEGER, body BLOB)',
);
const insert = db.prepare(
  'INSERT INTO events (id, type, created, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
);
const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];

let waiting: { body: Buffer; response: ServerResponse }[] = [];

/** Commits what has come once a turn of the event loop brings nothing more. */
function collect(known: number): void {
  if (waiting.length > known) return void setImmediate(collect, waiting.length);
  const group = waiting;
  waiting = [];
  begin.run();
  for (const { body } of group) {
    const { id, type, created } = scan(body)!;
    insert.run(id, type, created, body);
  }
  commit.run();
  for (const { response } of group) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
    response.end('{"received":true}');
  }
}

serve(
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const now = Math.floor(Date.now() / 1000);
      const proof = verifySignature(body, request.headers['stripe-signature'] as string, keys, { now });
      if (typeof proof === 'string') throw new Error(proof);
      waiting.push({ body, response });
      if (waiting.length === 1) setImmediate(collect, 0);
    });
  },
  { counts: () => ({ events: db.prepare('SELECT count(*) AS stored FROM events').get() }) },
);
