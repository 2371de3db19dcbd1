import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { INDEXED } from '../../src/store/columns.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { assertDurable, openDatabase } from '../../src/store/sqlite/open.ts';
import { storeConformance } from '../../src/testing/store-conformance.ts';
import { claim, put, result, sample, shown } from '../../src/testing/store-conformance/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'paybell-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = () => join(folder, `${(files += 1)}.db`);

storeConformance('SQLite in a file', () => createSqliteStore({ path: file() }), { describe, test });
storeConformance('SQLite in memory', () => createSqliteStore({ path: ':memory:' }), { describe, test });

test('what is committed survives a power cut: synchronous reads 2 and the journal is a WAL', async () => {
  await using store = createSqliteStore({ path: file() });
  expect(store.database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(store.database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
});

test('less is refused at start', () => {
  const db = openDatabase(file());
  db.exec('PRAGMA synchronous = NORMAL');
  expect(() => assertDurable(db)).toThrow(expect.objectContaining({ code: 'store_unsafe' }));
  db.exec('PRAGMA synchronous = EXTRA');
  assertDurable(db);
  db.exec('PRAGMA journal_mode = DELETE');
  expect(() => assertDurable(db)).toThrow(expect.objectContaining({ code: 'store_unsafe' }));
  db.close();
});

test('another process reads while one writes', async () => {
  const path = file();
  await using writer = createSqliteStore({ path });
  await put(writer, sample());
  await using reader = createSqliteStore({ path, readOnly: true });
  expect((await reader.listEvents()).items).toHaveLength(1);
  await put(writer, sample({ id: 'evt_2' }));
  expect((await reader.listEvents()).items).toHaveLength(2);
  await expect(put(reader, sample({ id: 'evt_3' }))).rejects.toThrow(/readonly/);
});

test('what is left of old contents in the log is an error, not a silence', async () => {
  const path = file();
  await using store = createSqliteStore({ path });
  await put(store, sample());
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  await expect(store.compact()).rejects.toThrow(/another connection/);
  // Whoever reads for a moment, as the thread does that counts, is waited for.
  const compacted = store.compact();
  await sleep(50);
  reader.close();
  await compacted;
});

test('a database of a newer Paybell is left alone', () => {
  const path = file();
  const db = openDatabase(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => createSqliteStore({ path })).toThrow(expect.objectContaining({ code: 'store_version' }));
});

test('a full disk stores nothing of a group, and the store goes on when there is room again', async () => {
  await using store = createSqliteStore({ path: file() });
  const { page_count: pages } = store.database.prepare('PRAGMA page_count').get() as { page_count: number };
  store.database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const large = Buffer.alloc(200_000, 0x20);
  await expect(put(store, sample(), sample({ id: 'evt_2', payload: large }))).rejects.toThrow(/full/);
  expect((await store.listEvents()).items).toEqual([]);
  store.database.exec('PRAGMA max_page_count = 1000000');
  expect(await put(store, sample(), sample({ id: 'evt_2', payload: large }))).toEqual(['stored', 'stored']);
});

test('no statement that repeats reads a whole table, however many events there are', () => {
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const { database } = createSqliteStore({ path: ':memory:' });
  const statements = new Set(prepared.mock.calls.map(([sql]) => sql));
  prepared.mockRestore();
  const repeated = [...statements].filter((sql) => /events|payloads|handler_records|lanes|mirror|refused/.test(sql));
  expect(repeated.length).toBeGreaterThan(40);
  const scans = repeated.flatMap((sql) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    return (
      plan
        .filter(({ detail }) => detail.startsWith('SCAN'))
        // Small by nature: leases in force, the ids of a page, the columns of this very plan.
        .filter(({ detail }) => !/^SCAN (lanes|json_each|CONSTANT ROW|sqlite_schema)/.test(detail))
        .map(({ detail }) => `${detail}: ${sql.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}`)
    );
  });
  // The status page counts; it is asked for rarely, and each count walks the smallest index there is.
  expect(scans.filter((scan) => !/count\(\*\)/.test(scan))).toEqual([]);
});

test('objects are readable as typed views, with money in minor units and time as ISO text', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await put(store, sample());
  const [lane] = await claim(store);
  const charge = {
    id: 'ch_1',
    object: 'charge',
    amount: 2000,
    captured: true,
    created: 1_790_000_000,
    customer: { id: 'cus_1', object: 'customer' },
    metadata: { order: '7' },
    payment_intent: 'pi_1',
  };
  await store.settle([result(lane!, { mirror: shown(JSON.stringify(charge)) })]);
  const view = store.database.prepare(
    'SELECT id, account, deleted, amount, captured, created, customer, metadata, payment_intent FROM stripe_charges',
  );
  expect({ ...view.get() }).toEqual({
    id: 'ch_1',
    account: '',
    deleted: 0,
    amount: 2000,
    captured: 1,
    created: '2026-09-21T14:13:20Z',
    customer: 'cus_1',
    metadata: '{"order":"7"}',
    payment_intent: 'pi_1',
  });
  const plan = store.database.prepare(`EXPLAIN QUERY PLAN SELECT id FROM stripe_charges WHERE customer = 'cus_1'`);
  expect((plan.get() as { detail: string }).detail).toMatch(
    /USING INDEX mirror_on_customer \(object=\? AND of_customer=\?\)/,
  );
});

test('what stands in lists of other objects is readable as rows, with its parent, its account and what is gone', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await put(store, sample());
  const [lane] = await claim(store);
  const mirror = async (object: string, id: string, json: object, parts = {}) =>
    store.settle([
      result(lane!, {
        mirror: { ...shown(JSON.stringify({ id, object, ...json })), object, id, ...parts },
        release: false,
      }),
    ]);
  const items = (...ids: string[]) => ({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'subscription_item', quantity: 2, current_period_end: 1_790_000_000 })),
  });
  await mirror('subscription', 'sub_1', { items: items('si_1', 'si_2') });
  await mirror('subscription', 'sub_2', { items: items('si_3') }, { account: 'acct_1', deleted: true });
  await mirror('subscription', 'sub_3', {});
  const rows = (sql: string) =>
    store.database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  expect(
    rows(
      'SELECT id, account, deleted, parent_object, parent_id, quantity, current_period_end FROM stripe_subscription_items ORDER BY id',
    ),
  ).toEqual(
    [
      ['si_1', '', 0, 'sub_1'],
      ['si_2', '', 0, 'sub_1'],
      ['si_3', 'acct_1', 1, 'sub_2'],
    ].map(([id, account, deleted, parent]) => ({
      id,
      account,
      deleted,
      parent_object: 'subscription',
      parent_id: parent,
      quantity: 2,
      current_period_end: '2026-09-21T14:13:20Z',
    })),
  );

  // Fetched by itself: shown once, as it was fetched.
  await mirror('subscription_item', 'si_1', { quantity: 7 });
  expect(rows(`SELECT id, quantity, parent_id FROM stripe_subscription_items WHERE account = '' ORDER BY id`)).toEqual([
    { id: 'si_1', quantity: 7, parent_id: null },
    { id: 'si_2', quantity: 2, parent_id: 'sub_1' },
  ]);

  // A plain array, some of whose members are only ids.
  const txn = { id: 'txn_1', object: 'balance_transaction', amount: -2000 };
  await mirror('dispute', 'dp_1', { balance_transactions: [txn, 'txn_2'] });
  await mirror('invoice', 'in_1', {
    lines: { object: 'list', data: [{ id: 'il_1', object: 'line_item', amount: 900 }] },
  });
  expect(rows('SELECT id, amount, parent_object FROM stripe_balance_transactions')).toEqual([
    { id: 'txn_1', amount: -2000, parent_object: 'dispute' },
  ]);
  expect(rows(`SELECT amount FROM stripe_line_items WHERE parent_id = 'in_1'`)).toEqual([{ amount: 900 }]);
});

test('views of the user’s own are left alone', async () => {
  const path = file();
  const first = createSqliteStore({ path });
  first.database.exec('CREATE VIEW stripe_large AS SELECT id FROM stripe_charges WHERE amount > 100000');
  first.database.exec(`UPDATE meta SET value = 'old' WHERE name = 'views'`);
  await first.close();
  await using second = createSqliteStore({ path });
  expect(second.database.prepare('SELECT * FROM stripe_large').all()).toEqual([]);
});

test('every view can be read, and they are made anew only when the columns change', async () => {
  const path = file();
  const first = createSqliteStore({ path });
  const views = first.database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'view'`).all() as {
    name: string;
  }[];
  expect(views.length).toBeGreaterThan(100);
  for (const { name } of views) first.database.prepare(`SELECT * FROM "${name}" LIMIT 1`).all();
  const version = () => first.database.prepare('PRAGMA schema_version').get();
  const before = version();
  await using second = createSqliteStore({ path });
  expect(version()).toEqual(before);
  first.database.exec(`UPDATE meta SET value = 'old' WHERE name = 'views'`);
  await using third = createSqliteStore({ path });
  expect(version()).not.toEqual(before);
  const indexes = third.database.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name GLOB 'mirror_on_*'`);
  expect(indexes.get()).toEqual({ n: new Set(Object.values(INDEXED).flat()).size });
  void second;
  await first.close();
});
