import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INDEXED } from '../../src/store/columns.ts';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createViews } from '../../src/store/postgres/views.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { COLUMNS } from '../../src/stripe/columns.gen.ts';
import { claim, put, result, sample, shown } from '../../src/testing/store-conformance/samples.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('have typed columns: money in minor units as bigint, moments as timestamptz', async () => {
  const url = await server.database();
  await using store = await createPostgresStore({ url });
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
    refunds: null,
  };
  await store.settle([result(lane!, { mirror: shown(JSON.stringify(charge)), release: false })]);
  // What another API version calls by the same name and means otherwise is NULL, not an error.
  const odd = {
    id: 'ch_2',
    object: 'charge',
    amount: 'much',
    captured: 'perhaps',
    created: 'yesterday',
    customer: null,
  };
  await store.settle([
    result(lane!, { mirror: { ...shown(JSON.stringify(odd)), id: 'ch_2', deleted: true }, release: false }),
  ]);
  const coupon = { id: 'co_1', object: 'coupon', amount_off: 1e30, redeem_by: 1e14, created: 1_790_000_000 };
  await store.settle([result(lane!, { mirror: { ...shown(JSON.stringify(coupon)), object: 'coupon', id: 'co_1' } })]);
  expect(await query(url, 'SELECT amount_off, redeem_by, created FROM paybell.stripe_coupons')).toEqual([
    { amount_off: null, redeem_by: null, created: new Date(1_790_000_000_000) },
  ]);
  const rows = await query(
    url,
    `
      SELECT id, account, deleted, amount, captured, created, customer, metadata, payment_intent, refunds IS NULL AS refunds
      FROM paybell.stripe_charges ORDER BY id`,
  );
  expect(rows).toEqual([
    {
      id: 'ch_1',
      account: '',
      deleted: false,
      amount: '2000',
      captured: true,
      created: new Date(1_790_000_000_000),
      customer: 'cus_1',
      metadata: { order: '7' },
      payment_intent: 'pi_1',
      refunds: true,
    },
    {
      id: 'ch_2',
      account: '',
      deleted: true,
      amount: null,
      captured: null,
      created: null,
      customer: null,
      metadata: null,
      payment_intent: null,
      refunds: true,
    },
  ]);
  const types = await query(
    url,
    `
      SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'paybell' AND table_name = 'stripe_charges'
        AND column_name IN ('amount', 'created', 'captured', 'customer', 'metadata') ORDER BY 1`,
  );
  expect(types.map(({ name, type }) => `${name as string} ${type as string}`)).toEqual([
    'amount bigint',
    'captured boolean',
    'created timestamp with time zone',
    'customer text',
    'metadata jsonb',
  ]);
});

test('are the same on both stores, can all be read, and use the declared indexes', async () => {
  const url = await server.database();
  await using store = await createPostgresStore({ url });
  await using sqlite = createSqliteStore({ path: ':memory:' });
  const names = sqlite.database
    .prepare(
      `SELECT v.name || '.' || c.name AS name FROM sqlite_schema v JOIN pragma_table_info(v.name) c WHERE v.type = 'view'`,
    )
    .all()
    .map((row) => row['name'] as string);
  const mine = await query(
    url,
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'paybell' AND table_name LIKE 'stripe\\_%'`,
  );
  expect(mine.map(({ name }) => name as string).toSorted()).toEqual(names.toSorted());
  const views = new Set(names.map((name) => name.split('.')[0]!));
  expect(views.size).toBeGreaterThan(100);
  await query(url, [...views].map((view) => `SELECT * FROM paybell."${view}" LIMIT 1`).join(';'));

  for (const [object, fields] of Object.entries(INDEXED))
    for (const field of fields) {
      const { view, columns } = COLUMNS[object]!;
      const value = columns[field] === 'timestamp' ? `'2026-01-01'` : `'x'`;
      const lines = await explain(url, `SELECT id FROM paybell.${view} WHERE ${field} = ${value}`);
      expect(lines).toMatch(new RegExp(`Index (Only )?Scan using mirror_on_${field} `));
    }
  void store;
});

test('what stands in lists of other objects is readable as rows, with its parent, its account and what is gone', async () => {
  const url = await server.database();
  await using store = await createPostgresStore({ url });
  await put(store, sample());
  const [lane] = await claim(store);
  const mirror = async (object: string, id: string, json: object, parts = {}) => {
    const write = { ...shown(JSON.stringify({ id, object, ...json })), object, id, ...parts };
    await store.settle([result(lane!, { mirror: write, release: false })]);
  };
  const items = (...ids: string[]) => ({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'subscription_item', quantity: 2, current_period_end: 1_790_000_000 })),
  });
  await mirror('subscription', 'sub_1', { items: items('si_1', 'si_2') });
  await mirror('subscription', 'sub_2', { items: items('si_3') }, { account: 'acct_1', deleted: true });
  await mirror('subscription', 'sub_3', { items: 'odd' });
  const select =
    'SELECT id, account, deleted, parent_id, quantity, current_period_end FROM paybell.stripe_subscription_items';
  const end = new Date(1_790_000_000_000);
  expect(await query(url, `${select} WHERE parent_object = 'subscription' ORDER BY id`)).toEqual([
    { id: 'si_1', account: '', deleted: false, parent_id: 'sub_1', quantity: '2', current_period_end: end },
    { id: 'si_2', account: '', deleted: false, parent_id: 'sub_1', quantity: '2', current_period_end: end },
    { id: 'si_3', account: 'acct_1', deleted: true, parent_id: 'sub_2', quantity: '2', current_period_end: end },
  ]);

  // Fetched by itself: shown once, as it was fetched.
  await mirror('subscription_item', 'si_1', { quantity: 7 });
  expect(await query(url, `${select} WHERE id = 'si_1'`)).toMatchObject([{ quantity: '7', parent_id: null }]);

  // A plain array, some of whose members are only ids.
  const txn = { id: 'txn_1', object: 'balance_transaction', amount: -2000 };
  await mirror('dispute', 'dp_1', { balance_transactions: [txn, 'txn_2'] });
  expect(await query(url, 'SELECT id, amount, parent_object FROM paybell.stripe_balance_transactions')).toEqual([
    { id: 'txn_1', amount: '-2000', parent_object: 'dispute' },
  ]);
});

test('are made anew only when the columns change, and views of the user’s own go on working', async () => {
  const own = await server.database();
  await using store = await createPostgresStore({ url: own });
  const version = () =>
    query(own, `SELECT max(xmin::text::bigint) AS newest FROM pg_class WHERE relname LIKE 'stripe\\_%'`);
  const before = await version();
  await (await createPostgresStore({ url: own })).close();
  expect(await version()).toEqual(before);

  await query(
    own,
    `CREATE VIEW totals AS SELECT customer, sum(amount) AS total, max(receipt_email) AS email FROM paybell.stripe_charges GROUP BY 1`,
  );
  const { receipt_email: _, ...rest } = COLUMNS['charge']!.columns;
  const columns = { charge: { view: 'stripe_charges', columns: { brand_new: 'integer' as const, ...rest } } };
  const client = new Client({ connectionString: own });
  await client.connect();
  await createViews(client, '"paybell"', 'paybell', { columns, nested: {} });
  await client.end();
  expect(await query(own, 'SELECT brand_new, receipt_email FROM paybell.stripe_charges')).toEqual([]);
  await put(store, sample());
  const [lane] = await claim(store);
  const charge = { id: 'ch_1', amount: 5, customer: 'cus_1', receipt_email: 'a@b.c', brand_new: 3 };
  await store.settle([result(lane!, { mirror: shown(JSON.stringify(charge)) })]);
  expect(await query(own, 'SELECT * FROM totals')).toEqual([{ customer: 'cus_1', total: '5', email: null }]);
  expect(await query(own, 'SELECT brand_new FROM paybell.stripe_charges')).toEqual([{ brand_new: '3' }]);
});

async function explain(url: string, text: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.end();
  }
}
