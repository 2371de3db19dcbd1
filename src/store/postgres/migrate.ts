import type { Client, ClientBase } from 'pg';
import { PaybellError } from '../../base/errors.ts';
import { sql as events } from './migrations/001-events.ts';
import { sql as indexes } from './migrations/002-indexes.ts';
import { sql as taken } from './migrations/003-taken.ts';
import { createViews, type Shapes } from './views.ts';

/** Number n is what takes a schema from version n - 1 to n. Released ones never change. */
const MIGRATIONS = [events, indexes, taken];

/** The first key of our advisory locks: "payb". */
const LOCK = 0x70_61_79_62;

/** What a database must be before anything is written to it. */
async function assertUsable(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(/* sql */ `
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`);
  const { version, encoding } = rows[0]!;
  if (version < 140_000)
    throw new PaybellError('bad_option', `PostgreSQL 14 or later is needed; this is ${Math.floor(version / 10_000)}.`);
  if (encoding !== 'UTF8')
    throw new PaybellError('bad_option', `The database's encoding is ${encoding}; events need UTF8.`);
}

/**
 * Brings a schema to this version, with the views of these columns; any number of processes may start at once.
 * Throws `store_version` when a newer Paybell wrote it.
 */
export async function migrate(client: Client, s: string, schema: string, shapes: Shapes): Promise<void> {
  await assertUsable(client);
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, schema]);
    const version = await versionOf(client, s, schema);
    // Where the schema has been made for us, we may not be allowed to make one.
    if (version === undefined) await prepare(client, s, schema);
    for (const [done, sql] of MIGRATIONS.entries())
      if (done >= (version ?? 0)) {
        await client.query(`SET LOCAL search_path = ${s}; ${sql(s)}`);
        if (done === 0) await compressed(client, s);
      }
    if (version !== MIGRATIONS.length)
      await client.query(`
        INSERT INTO ${s}.meta (name, value) VALUES ('version', '${MIGRATIONS.length}')
        ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
    await createViews(client, s, schema, shapes);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function prepare(client: ClientBase, s: string, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${s}`);
  await client.query(`CREATE TABLE ${s}.meta (name text PRIMARY KEY, value text NOT NULL)`);
}

/**
 * lz4 packs four times as fast as PostgreSQL's own method, but not every build has it. Without it only rows that do not
 * fit a page are packed: packing every body was measured to be half the cost of storing it.
 */
async function compressed(client: ClientBase, s: string): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)`,
  );
  const method = rowCount === 0 ? 'pglz' : 'lz4';
  for (const [table, column] of [
    ['payloads', 'body'],
    ['payloads', 'verified'],
    ['mirror', 'doc'],
  ])
    await client.query(`ALTER TABLE ${s}.${table} ALTER COLUMN ${column} SET COMPRESSION ${method}`);
  if (method === 'pglz')
    for (const table of ['payloads', 'mirror'])
      await client.query(`ALTER TABLE ${s}.${table} SET (toast_tuple_target = 8160)`);
}

/** How bodies are compressed, as the table says: `lz4` or `pglz`. */
export async function compressionOf(client: ClientBase, s: string): Promise<string> {
  const { rows } = await client.query<{ method: string }>(/* sql */ `
    SELECT CASE attcompression WHEN 'l' THEN 'lz4' WHEN 'p' THEN 'pglz'
                               ELSE current_setting('default_toast_compression') END AS method
    FROM pg_attribute WHERE attrelid = '${s}.payloads'::regclass AND attname = 'body'`);
  return rows[0]!.method;
}

/** The version a schema is at; undefined for one that Paybell has not been in. */
export async function versionOf(client: ClientBase, s: string, schema: string): Promise<number | undefined> {
  const { rows: found } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'meta'`,
    [schema],
  );
  if (found.length === 0) return undefined;
  const { rows } = await client.query<{ value: string }>(`SELECT value FROM ${s}.meta WHERE name = 'version'`);
  const version = Number(rows[0]?.value ?? 0);
  if (version > MIGRATIONS.length)
    throw new PaybellError('store_version', `It is at version ${version}; this Paybell knows ${MIGRATIONS.length}.`);
  return version;
}

/** The version this Paybell writes. */
export const CURRENT_VERSION = MIGRATIONS.length;
