import type { ServerResponse } from 'node:http';
import { scan } from '../../src/receiver/scan.ts';
import { signingKey, verifySignature } from '../../src/stripe/signature.ts';
import { onFile, onPostgres, onSqlite, type LeastStore, type Shown } from './least-store.ts';
import { serve } from './serve.ts';

// What answering after the commit costs at the very least on this machine: verified, one table with one unique index, many
// deliveries in one commit, or with nothing that could be looked up, appended to a file. No queue, no duplicates counted, no worker; no mirror either, or on PostgreSQL a second table with
// the object as jsonb, without indexes on it.
const [where, secret, mirror] = process.argv.slice(2);
const keys = [signingKey(secret!)];
const store = await open(where!);

async function open(where: string): Promise<LeastStore> {
  if (where.startsWith('postgres')) return onPostgres(where);
  return where.endsWith('.db') ? onSqlite(where) : onFile(where);
}

let waiting: { body: Buffer; response: ServerResponse }[] = [];
let busy = false;

/** Commits what has come once a turn of the event loop brings nothing more. */
async function collect(known: number): Promise<void> {
  if (waiting.length > known) return void setImmediate(collect, waiting.length);
  const group = waiting;
  waiting = [];
  await store.insert(group.map(({ body }) => ({ ...scan(body)!, body, shown: mirror ? shownOf(body) : undefined })));
  for (const { response } of group) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
    response.end('{"received":true}');
  }
  busy = waiting.length > 0;
  if (busy) setImmediate(collect, 0);
}

function shownOf(body: Buffer): Shown {
  const { data } = JSON.parse(body.toString()) as { data: { object: { object: string; id: string } } };
  const { object, id } = data.object;
  return { object, id, json: JSON.stringify(data.object) };
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
      if (busy) return;
      busy = true;
      setImmediate(collect, 0);
    });
  },
  { counts: async () => ({ events: { stored: await store.count() } }) },
);
