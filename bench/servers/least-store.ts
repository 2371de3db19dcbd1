import { fdatasyncSync, openSync, writevSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { bigint, bytes, columns, jsonb, text } from '../../src/store/postgres/arrays.ts';
import { Parameters } from '../../src/store/postgres/parameters.ts';
import { runOn } from '../../src/store/postgres/query.ts';

/** What is stored of a delivery at the very least. */
export type Least = { id: string; type: string; created: number; body: Buffer; shown?: Shown | undefined };

/** The object of an event, for a second table. */
export type Shown = { object: string; id: string; json: string };

/** One table with one unique index, or a file; every call of `insert` is one commit. */
export type LeastStore = {
  insert(rows: Least[]): void | Promise<void>;
  count(): number | Promise<number>;
};

const COUNT = 'SELECT count(*) AS stored FROM events';

/** Nothing that could be looked up: bodies one after the other, and synced. */
export function onFile(path: string): LeastStore {
  const file = openSync(path, 'a');
  let stored = 0;
  return {
    insert(rows) {
      writevSync(
        file,
        rows.map(({ body }) => body),
      );
      fdatasyncSync(file);
      stored += rows.length;
    },
    count: () => stored,
  };
}

export function onSqlite(path: string): LeastStore {
  const db = new DatabaseSync(path);
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
  return {
    insert(rows) {
      begin.run();
      for (const { id, type, created, body } of rows) insert.run(id, type, created, body);
      commit.run();
    },
    count: () => (db.prepare(COUNT).get() as { stored: number }).stored,
  };
}

export async function onPostgres(url: string): Promise<LeastStore> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE TABLE events (id text COLLATE "C" PRIMARY KEY, type text, created bigint, body bytea)
    WITH (toast_tuple_target = 8160);
    CREATE TABLE objects (object text COLLATE "C", id text COLLATE "C", doc jsonb, PRIMARY KEY (object, id))
    WITH (toast_tuple_target = 8160)`);
  const rows = columns<Least>({
    id: text((row) => row.id),
    type: text((row) => row.type),
    created: bigint((row) => row.created),
    body: bytes((row) => row.body),
  });
  const objects = columns<Shown>({
    object: text((row) => row.object),
    id: text((row) => row.id),
    doc: jsonb((row) => row.json),
  });
  const insert = `INSERT INTO events SELECT id, type, created, body FROM ${rows.from('given')} ON CONFLICT DO NOTHING`;
  const both = `
    WITH shown AS (
      INSERT INTO objects SELECT object, id, doc FROM ${objects.from('o', rows.count + 1)}
      ON CONFLICT (object, id) DO UPDATE SET doc = excluded.doc
    ) ${insert}`;
  const run = runOn(client);
  return {
    async insert(given) {
      const shown = given.flatMap((row) => row.shown ?? []);
      if (shown.length === 0) await run({ name: 'insert', text: insert }, new Parameters(rows.part(given)));
      else await run({ name: 'both', text: both }, new Parameters(rows.part(given), objects.part(shown)));
    },
    count: async () => Number((await client.query<{ stored: string }>(COUNT)).rows[0]!.stored),
  };
}
