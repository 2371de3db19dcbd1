import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { refillSql } from '../../src/store/sqlite/indexed.ts';
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';
import { seeds } from '../receiver/seeds.ts';
import { answers, objects, type MirrorRow } from './finance.ts';

/** The statements of docs/sql.md, by their heading. */
const page = readFileSync(resolve(import.meta.dirname, '../../docs/sql.md'), 'utf8');
const statements = new Map(
  [...page.matchAll(/^## (.+)\n[^#]*?```sql\n([^`]+)```/gm)].map(([, heading, sql]) => [heading!, sql!]),
);
type Rows = Record<string, unknown>[];

/** Both stores with the same objects in them. */
interface Both {
  sqlite: SqliteStore;
  postgres: Client;
  close(): Promise<void>;
}

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function seeded(rows: readonly MirrorRow[]): Promise<Both> {
  const url = await server.database();
  await (await createPostgresStore({ url })).close();
  const postgres = new Client({ connectionString: url, options: '-c search_path=paybell -c timezone=UTC' });
  postgres.on('error', () => {});
  await postgres.connect();
  for (let i = 0; i < rows.length; i += 5_000)
    await postgres.query(
      `INSERT INTO mirror (object, account, id, doc, event_id, created, ties, deleted, ambiguous, updated_at)
       SELECT object, '', id, json, 'evt_1', 1, 1, deleted, false, 1
       FROM jsonb_to_recordset($1) AS c (object text, id text, json jsonb, deleted boolean)`,
      [JSON.stringify(rows.slice(i, i + 5_000))],
    );
  await postgres.query('ANALYZE mirror');

  const sqlite = createSqliteStore({ path: ':memory:' });
  const insert = sqlite.database.prepare(
    `INSERT INTO mirror (object, account, id, json, event_id, created, ties, deleted, ambiguous, updated_at)
     VALUES (?, '', ?, ?, 'evt_1', 1, 1, ?, 0, 1)`,
  );
  sqlite.database.exec('BEGIN');
  for (const { object, id, json, deleted } of rows) insert.run(object, id, JSON.stringify(json), Number(deleted));
  sqlite.database.exec(`${refillSql('')}; COMMIT`);
  const close = async () => {
    await postgres.end();
    await sqlite.close();
  };
  return { sqlite, postgres, close };
}

/** `pg` gives a bigint as text. */
const plain = (rows: Rows): Rows =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
      ]),
    ),
  );

test('the page has a statement for every answer that is computed here, and no other', () => {
  expect([...statements.keys()]).toEqual(Object.keys(answers));
});

test.for(seeds())('every statement answers on both stores what is computed without SQL, seed %s', async (seed) => {
  const rows = objects({ seed, count: 3_000 });
  const both = await seeded(rows);
  for (const [heading, sql] of statements) {
    const expected = answers[heading]!(rows);
    // Otherwise nothing was shown.
    expect(expected.length, heading).toBeGreaterThan(0);
    const inSqlite = both.sqlite.database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
    expect({ heading, rows: inSqlite }).toEqual({ heading, rows: expected });
    expect({ heading, rows: plain((await both.postgres.query<Rows[number]>(sql)).rows) }).toEqual({
      heading,
      rows: expected,
    });
  }
  await both.close();
});

/** The tables that are read row by row, and the indexes by which the mirror is. */
interface Plan {
  scans: string[];
  indexes: Set<string>;
}

function sqlitePlan({ database }: SqliteStore, sql: string): Plan {
  const lines = database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => detail as string);
  return {
    scans: lines.filter((line) => /^SCAN (?!place|\d+ CONSTANT|\(subquery|items|priced|subscriptions)/.test(line)),
    indexes: new Set(lines.flatMap((line) => /\bmirror_(?:p?key|on_\w+)/.exec(line)?.[0] ?? [])),
  };
}

async function postgresPlan(client: Client, sql: string): Promise<Plan> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
  const lines = rows.map((row) => row['QUERY PLAN']);
  return {
    scans: lines.filter((line) => /Seq Scan/.test(line)),
    indexes: new Set(lines.flatMap((line) => /\bmirror_(?:p?key|on_\w+)/.exec(line)?.[0] ?? [])),
  };
}

const INDEXES: Record<string, string[]> = {
  'Monthly recurring revenue': ['mirror_on_status'],
  'Failed invoices by customer': ['mirror_on_status'],
  'Revenue by month': ['mirror_on_created'],
  'Refunds by month': ['mirror_on_created'],
  Churn: ['mirror_on_status', 'mirror_on_ended_at'],
  'Subscriptions that ended, by month': ['mirror_on_ended_at'],
};

test('at 100,000 objects every statement finds its rows by a declared index, on both stores', async () => {
  const rows = objects({ seed: 1, count: 100_000 });
  const both = await seeded(rows);
  for (const [heading, sql] of statements) {
    const indexes = new Set(INDEXES[heading]);
    expect({ heading, ...sqlitePlan(both.sqlite, sql) }).toEqual({ heading, scans: [], indexes });
    expect({ heading, ...(await postgresPlan(both.postgres, sql)) }).toEqual({ heading, scans: [], indexes });
  }
  // And a question that has no index is seen to read everything.
  const all = `SELECT count(*) FROM mirror WHERE updated_at = 7`;
  expect(sqlitePlan(both.sqlite, all).scans).toEqual(['SCAN mirror']);
  expect((await postgresPlan(both.postgres, all)).scans).toHaveLength(1);
  await both.close();
}, 60_000);
