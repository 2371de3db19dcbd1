import { afterAll, expect, test } from 'vitest';
import { sameJson, type Json, type JsonObject } from '../../src/base/json.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { COLUMNS } from '../../src/stripe/columns.gen.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';
import { SECRET } from '../receiver/events.ts';

let server: TestServer | undefined;
afterAll(() => server?.[Symbol.asyncDispose]());

/** What another version of the API may have where a column expects something else. */
const NUMBERS = [0, 1, -1, 2000, 1.5, -2.75, 1_790_000_000, 253_402_300_799, 1e19, 1e21, -1e21, 9_007_199_254_740_991];
const TEXTS = ['', 'x', '12', '-7', '1.5', 'true', '2026-01-01', ' 5', 'a"b', "it's", 'é☃😀'];
const DEEP: Json[] = [[], {}, { id: 'x_1' }, { id: 5 }, { id: null }, { id: true }, { a: { b: [1] } }, { data: [] }];
const ODD: readonly Json[] = [null, true, false, ...NUMBERS, ...TEXTS, ...DEEP];

/** Objects and a field of each kind that they have, some of them indexed. */
const FIELDS: Record<string, readonly string[]> = {
  charge: ['amount', 'captured', 'customer', 'description', 'metadata'],
  coupon: ['percent_off', 'redeem_by', 'applies_to', 'duration_in_months'],
  subscription: ['customer', 'status', 'cancel_at', 'items'],
  invoice: ['next_payment_attempt', 'status', 'total'],
};

/** Where the two stores differ on purpose: fractions of seconds, seconds after the year 9999, how huge numbers are printed. */
const isTold = (kind: string, value: Json): boolean =>
  typeof value === 'number' &&
  ((kind === 'timestamp' && (!Number.isInteger(value) || Math.abs(value) > 253_402_300_799)) ||
    (kind === 'text' && Math.abs(value) >= 1e21));

const shown = (value: unknown): Json =>
  value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : ((value ?? null) as Json);

test('every kind of column says the same of an odd value on both stores: what is of another type is NULL', async () => {
  server = await postgresServer();
  const url = await server.database();
  await using postgres = await createPostgresStore({ url });
  await using sqlite = createSqliteStore({ path: ':memory:' });
  const cases = Object.entries(FIELDS).flatMap(([object, fields]) =>
    fields.flatMap((field) => ODD.map((value, n) => ({ object, field, value, id: `${object}_${field}_${n}` }))),
  );
  const events = cases.map(({ object, field, value, id }, n) => ({
    detail: {
      id: `evt_${n}`,
      object: 'event',
      type: 'charge.updated',
      created: 1_790_000_000 + n,
      livemode: false,
      data: { object: { id, object, [field]: value } as JsonObject },
    },
  }));
  for (const store of [postgres, sqlite]) {
    await using receiver = createReceiver({ store: store as typeof sqlite, secrets: SECRET });
    await receiver.ingest(events, { trust: 'transport' });
    await receiver.drain();
    expect((await store.counts()).events).toMatchObject({ done: cases.length });
  }
  const differ: unknown[] = [];
  let filled = 0;
  for (const [object, fields] of Object.entries(FIELDS)) {
    const { view, columns } = COLUMNS[object]!;
    const rows = await query(url, `SELECT * FROM paybell.${view}`);
    for (const field of fields) {
      const kind = columns[field]!;
      const select = sqlite.database.prepare(`SELECT ${field} AS value FROM ${view} WHERE id = ?`);
      select.setReadBigInts(true);
      for (const { value, id } of cases.filter((one) => one.object === object && one.field === field)) {
        if (isTold(kind, value)) continue;
        const theirs = rows.find((row) => row['id'] === id)![field];
        const found = (select.get(id) as { value: unknown }).value;
        const ours =
          found === null
            ? null
            : kind === 'boolean'
              ? found === 1n
              : kind === 'json'
                ? (JSON.parse(found as string) as Json)
                : typeof found === 'bigint'
                  ? String(found)
                  : found;
        const said = kind === 'number' && theirs !== null ? String(Number(theirs)) : shown(theirs);
        const same = kind === 'number' && ours !== null ? String(Number(ours)) : (ours as Json);
        if (said !== null) filled += 1;
        if (!sameJson(said, same)) differ.push([kind, id, value, { postgres: said, sqlite: same }]);
      }
    }
  }
  expect(differ).toEqual([]);
  expect(filled).toBeGreaterThan(100);
}, 60_000);
