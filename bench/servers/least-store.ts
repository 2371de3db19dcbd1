import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { bigint, bytes, columns, text } from '../../src/store/postgres/arrays.ts';

/** What is stored of a delivery at the very least. */
export type Least = { id: string; type: string; created: number; body: Buffer };

/** One table with one unique index; every call of `insert` is one commit. */
export type LeastStore = {
  insert(rows: Least[]): void | Promise<void>;
  count(): number | Promise<number>;
};

const COUNT = 'SELECT count(*) AS stored FROM events';

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
    WITH (toast_tuple_target = 8160)`);
  const rows = columns<Least>({
    id: text((row) => row.id),
    type: text((row) => row.type),
    created: bigint((row) => row.created),
    body: bytes((row) => row.body),
  });
  const name = 'insert';
  const insert = `INSERT INTO events SELECT id, type, created, body FROM ${rows.from('given')} ON CONFLICT DO NOTHING`;
  return {
    async insert(given) {
      await client.query({ name, text: insert, values: rows.values(given) });
    },
    count: async () => Number((await client.query<{ stored: string }>(COUNT)).rows[0]!.stored),
  };
}
