import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { CURRENT_VERSION } from '../../src/store/postgres/migrate.ts';
import { sql as events } from '../../src/store/postgres/migrations/001-events.ts';
import { EVENT_STATES, type HandlerState } from '../../src/store/store.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const HANDLER_STATES: HandlerState[] = ['pending', 'retrying', 'done', 'dead', 'skipped'];
const TABLES = ['events', 'payloads', 'handler_records', 'lanes', 'refused', 'mirror', 'accounts', 'proofs', 'notes'];

/** A database of version 1 with an event in every state and a row in every table; the mirror has an index of the user's. */
async function ofVersion1(): Promise<string> {
  const url = await server.database();
  await query(url, `CREATE SCHEMA paybell; SET search_path = paybell; ${events('paybell')}`);
  await query(
    url,
    /* sql */ `
    SET search_path = paybell;
    CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL);
    INSERT INTO meta VALUES ('version', '1'), ('views', 'of another time');
    CREATE INDEX mirror_stripe_charges_customer ON mirror ((doc ->> 'customer')) WHERE object = 'charge';
    CREATE INDEX mirror_stripe_refunds_created ON mirror ((doc ->> 'created')) WHERE object = 'refund';
    CREATE INDEX mine ON mirror ((doc ->> 'amount')) WHERE object = 'charge';
    INSERT INTO events
    SELECT nextval('events_seq'), 'acct_1', 'evt_' || state, 'charge.succeeded', 1790000000, false, '2026-10-28.endive',
           'charge', 'ch_1', 'acct_1 charge ch_1', true, 'signature 1', 'why', state, 5, 2, 'evt_0', 3, 6, 7, 8, '["a"]'
    FROM unnest(ARRAY[${EVENT_STATES.map((state) => `'${state}'`).join()}]) AS state;
    INSERT INTO payloads SELECT seq, 'body', CASE WHEN seq = 2 THEN 'copy'::bytea END FROM events;
    INSERT INTO handler_records
    SELECT 1, 'on ' || state, state, 4, 3, 2, true, 'no', 9
    FROM unnest(ARRAY[${HANDLER_STATES.map((state) => `'${state}'`).join()}]) AS state;
    INSERT INTO lanes VALUES ('acct_1 charge ch_1', 5, 'someone', 7);
    INSERT INTO refused (reason, detail, signature, size, body, received_at) VALUES ('no_match', 'd', 's', 1, 'b', 2);
    INSERT INTO mirror VALUES ('charge', '', 'ch_1', '{"customer": "cus_1"}', NULL, 'evt_1', 1, 1, false, true, 2);
    INSERT INTO accounts VALUES ('acct_1', true, 3, 'evt_1');
    INSERT INTO proofs VALUES ('one', 4);
    INSERT INTO notes VALUES ('cursor', 'here')`,
  );
  return url;
}

const contents = async (url: string) =>
  Object.fromEntries(
    await Promise.all(
      TABLES.map(async (table) => [table, await query(url, `SELECT * FROM paybell.${table} ORDER BY 1, 2`)] as const),
    ),
  );

const indexes = async (url: string): Promise<unknown[]> =>
  (
    await query(
      url,
      `SELECT indexname FROM pg_indexes WHERE schemaname = 'paybell' AND tablename = 'mirror' ORDER BY 1`,
    )
  ).map(({ indexname }) => indexname);

test('a database of version 1 keeps every row, and has one index for each field instead of one for each object', async () => {
  const url = await ofVersion1();
  const before = await contents(url);
  expect(before['events']).toHaveLength(6);
  for (const rows of Object.values(before)) expect(rows.length).toBeGreaterThan(0);
  await using store = await createPostgresStore({ url });
  // Nothing was taken up by the commit that stored it before version 3.
  const lanes = before['lanes']!.map((lane) => ({ ...lane, taken: null, more: false }));
  expect(await contents(url)).toEqual({ ...before, lanes });
  expect(await query(url, `SELECT value FROM paybell.meta WHERE name = 'version'`)).toEqual([
    { value: String(CURRENT_VERSION) },
  ]);
  const names = await indexes(url);
  expect(names).toContain('mirror_on_customer');
  expect(names).toContain('mine');
  expect(names.filter((name) => String(name).startsWith('mirror_stripe_'))).toEqual([]);
  expect(names.length).toBeLessThan(15);
  expect(
    await store.objectsNaming({ object: 'charge', field: 'customer', id: 'cus_1', account: '', limit: 2 }),
  ).toEqual(['ch_1']);
});

test('an index whose field is no longer declared goes, one that is declared otherwise is made anew, others are left', async () => {
  const url = await server.database();
  await (await createPostgresStore({ url })).close();
  const before = await indexes(url);
  const made = async (name: string) => (await query(url, `SELECT 'paybell.${name}'::regclass::oid AS oid`))[0]!['oid'];
  const [customer, status] = [await made('mirror_on_customer'), await made('mirror_on_status')];
  await query(
    url,
    /* sql */ `
    CREATE INDEX mirror_on_colour ON paybell.mirror (object, (doc ->> 'colour'));
    COMMENT ON INDEX paybell.mirror_on_customer IS 'of an older Paybell';
    UPDATE paybell.meta SET value = 'of an older Paybell' WHERE name = 'views'`,
  );
  await (await createPostgresStore({ url })).close();
  expect(await indexes(url)).toEqual(before);
  expect(await made('mirror_on_customer')).not.toBe(customer);
  expect(await made('mirror_on_status')).toBe(status);
});
