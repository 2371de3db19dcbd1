import { setTimeout as sleep } from 'node:timers/promises';
import { jsonValue, sample as generate } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres/index.ts';
import { persistently } from '../../src/store/postgres/query.ts';
import { storeConformance } from '../../src/testing/store-conformance.ts';
import { claim, NOW, put, record, result, sample, shown } from '../../src/testing/store-conformance/samples.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await postgresServer();
  url = await server.database();
});
afterAll(() => server[Symbol.asyncDispose]());

const TABLES = ['events', 'payloads', 'handler_records', 'lanes', 'refused', 'mirror', 'accounts', 'proofs', 'notes'];

/** A store without anything in it. The schema is made once: its 180 views take longer than most tests. */
async function emptyStore(): Promise<PostgresStore> {
  const store = await createPostgresStore({ url });
  await store.pool.query(`TRUNCATE ${TABLES.map((table) => `paybell.${table}`).join()}`);
  return store;
}

storeConformance('PostgreSQL', emptyStore, { describe, test });

test('two stores in one database never see each other', async () => {
  await using one = await emptyStore();
  await using two = await createPostgresStore({ url, schema: 'second' });
  const heard = { times: 0 };
  const unwatch = two.watch(() => (heard.times += 1));
  while (heard.times === 0) await sleep(10); // it has begun to listen
  await put(one, sample());
  const [lane] = await claim(one);
  await one.settle([result(lane!, { mirror: shown('{"a":1}') })]);
  expect(await two.counts()).toMatchObject({ events: { done: 0, pending: 0 }, objects: 0 });
  expect(await claim(two)).toEqual([]);
  expect(await put(two, sample())).toEqual(['stored']);
  await two.settle([result((await claim(two))[0]!, { mirror: shown('{"b":2}') })]);
  expect((await one.getObject('charge', 'ch_1'))!.json).toBe('{"a":1}');
  expect((await two.getObject('charge', 'ch_1'))!.json).toBe('{"b":2}');
  const views = await query(
    url,
    `SELECT (SELECT object FROM paybell.stripe_charges) AS one, (SELECT object FROM second.stripe_charges) AS two`,
  );
  expect(views).toEqual([{ one: { a: 1 }, two: { b: 2 } }]);
  while (heard.times < 2) await sleep(10);
  expect(heard.times).toBe(2);
  unwatch();
});

describe('what is stored', () => {
  test('bodies are the bytes that came, compressed as the store says', async () => {
    await using store = await emptyStore();
    const bodies = [
      Buffer.alloc(0),
      Buffer.from([0, 255, 10, 0]),
      Buffer.alloc(300_000, '{"a": 1} '),
      Buffer.from('Zürich 🏔'),
    ];
    await put(store, ...bodies.map((payload, i) => sample({ id: `evt_${i}`, payload })));
    for (const [i, body] of bodies.entries())
      expect(Buffer.compare((await store.getEvent(`evt_${i}`))!.payload, body)).toBe(0);
    const [lane] = await claim(store);
    expect(lane!.events.map(({ payload }) => payload.length)).toEqual(bodies.map(({ length }) => length));
    expect(['lz4', 'pglz']).toContain(store.compression);
    const methods = await query(
      url,
      `SELECT DISTINCT pg_column_compression(body) AS method FROM paybell.payloads WHERE length(body) > 10000`,
    );
    expect(methods).toEqual([{ method: store.compression }]);
  });

  test('objects come back as the same JSON, whatever their strings and numbers are', async () => {
    await using store = await emptyStore();
    await put(store, sample());
    const [lane] = await claim(store);
    const hard = [
      '\0',
      '\ud800',
      '\udc00x',
      'a\\u0000',
      '\\',
      '😀',
      '\u2028',
      { '\0': 1, '\ufffd': 2 },
      [1e21, 1e-7, 5e-324, 1.7976931348623157e308, 0.1, 2 ** 53],
      { ['__proto__']: 1 },
      null,
      7,
      { a: { '\udfff': ['\0'] } },
    ];
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const random = generate(jsonValue({ stringUnit: 'binary' }), { numRuns: 300, seed });
    const all: unknown[] = [...hard, ...random];
    // The values as the worker has them, after its own parse: -0 is 0.
    const documents = all.map((value) => JSON.parse(JSON.stringify({ value })) as unknown);
    for (const [i, document] of documents.entries())
      await store.settle([
        result(lane!, { mirror: { ...shown(JSON.stringify(document)), id: `ch_${i}` }, release: false }),
      ]);
    const shownObjects = new Map((await store.listObjects({ limit: 1_000 })).items.map(({ id, json }) => [id, json]));
    for (const [i, document] of documents.entries())
      expect({ seed, document: JSON.parse(shownObjects.get(`ch_${i}`)!) as unknown }).toEqual({ seed, document });

    // The worker sees it too, and SQL sees what jsonb can hold.
    await store.settle([result(lane!, { mirror: shown(JSON.stringify({ a: '\0b' })) })]);
    await put(store, sample({ id: 'evt_2' }));
    expect(JSON.parse((await claim(store))[0]!.mirror!.json)).toEqual({ a: '\0b' });
    expect(await query(url, `SELECT object ->> 'a' AS a FROM paybell.stripe_charges WHERE id = 'ch_1'`)).toEqual([
      { a: '\ufffdb' },
    ]);
  });

  test('a NUL or half a character in an error, a reason or a header is no error itself', async () => {
    await using store = await emptyStore();
    const refusal = {
      reason: 'no_match',
      detail: 'd\0',
      signature: '\ud800t',
      size: 3,
      body: Buffer.from('abc'),
      receivedAt: 1,
    };
    await store.insert({ events: [sample()], refused: [refusal], keepRefused: 5 });
    expect((await store.listRefused()).items[0]).toMatchObject({ detail: 'd\ufffd', signature: '\ufffdt' });
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    const events = [{ seq, state: 'dead', readyAt: null, reason: 'r\0' } as const];
    await store.settle([result(lane!, { events, records: [record(seq, { state: 'dead', error: 'e\0\udc00' })] })]);
    expect(await store.getEvent('evt_1')).toMatchObject({ reason: 'r\ufffd', handlers: [{ error: 'e\ufffd\ufffd' }] });
  });

  test('the last of several changes to one event or record counts, as when they are written one after the other', async () => {
    await using store = await emptyStore();
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    const events = [
      { seq, state: 'processing', readyAt: NOW, twinOf: 'evt_0' } as const,
      { seq, state: 'done', readyAt: null } as const,
    ];
    const records = [record(seq, { state: 'pending' }), record(seq, { attempts: 4 })];
    await store.settle([result(lane!, { events, records })]);
    expect(await store.getEvent('evt_1')).toMatchObject({
      state: 'done',
      twinOf: 'evt_0',
      handlers: [{ state: 'done', attempts: 4 }],
    });
  });
});

describe('with several at once', () => {
  test('the same events from two processes at the same moment: each stored once, every delivery counted', async () => {
    await using one = await emptyStore();
    await using two = await createPostgresStore({ url });
    const ids = Array.from({ length: 40 }, (_, i) => `evt_${i}`);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        put(i % 2 ? one : two, ...(i % 3 ? ids : ids.toReversed()).map((id) => sample({ id, objectId: `ch_${id}` }))),
      ),
    );
    expect(answers.flat().filter((answer) => answer === 'stored')).toHaveLength(40);
    const { items } = await one.listEvents({ limit: 100 });
    expect(items.map(({ deliveries }) => deliveries)).toEqual(ids.map(() => 12));
    expect(await query(url, 'SELECT count(*)::int AS n FROM paybell.payloads')).toEqual([{ n: 40 }]);
  });

  test('a duplicate of an event that someone else is just committing is counted too', async () => {
    await using store = await emptyStore();
    await put(store, sample({ id: 'evt_0' }));
    const other = await store.pool.connect();
    await other.query(`
      BEGIN; INSERT INTO paybell.events SELECT seq + 1000, account, 'evt_1', type, created, livemode, api_version, object,
        object_id, lane, valid, proof, NULL, 'done', NULL, 0, NULL, 1, received_at, received_at FROM paybell.events`);
    const storing = put(store, sample());
    await sleep(100);
    await other.query('COMMIT');
    other.release();
    expect(await storing).toEqual(['duplicate']);
    expect((await store.getEvent('evt_1'))!.deliveries).toBe(2);
  });

  test('nobody claims what someone else has claimed', async () => {
    await using one = await emptyStore();
    await using two = await createPostgresStore({ url });
    await put(one, ...Array.from({ length: 200 }, (_, i) => sample({ id: `evt_${i}`, objectId: `ch_${i}` })));
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => claim(i % 2 ? one : two, { owner: `o${i}`, limit: 30 })),
    );
    const lanes = claims.flat().map(({ lane }) => lane);
    expect(lanes).toHaveLength(200);
    expect(new Set(lanes).size).toBe(200);
  });

  test('what arrives while an object is being given back is not forgotten', async () => {
    await using one = await emptyStore();
    await using two = await createPostgresStore({ url });
    const EVENTS = 400;
    const progress = { stored: 0 };
    const storing = (async () => {
      for (; progress.stored < EVENTS; progress.stored += 2)
        await Promise.all(
          [0, 1].map((i) => put(one, sample({ id: `evt_${progress.stored + i}`, objectId: `ch_${i}` }))),
        );
    })();
    const working = [one, two].map(async (store, i) => {
      const owner = `o${i}`;
      for (;;) {
        const lanes = await claim(store, { owner });
        await store.settle(lanes.map((lane) => result(lane, { owner })));
        if (lanes.length === 0 && progress.stored >= EVENTS) return;
      }
    });
    await Promise.all([storing, ...working]);
    const { done, pending } = (await one.counts()).events;
    // Whatever is pending must have a lane that is due, or nobody would ever look.
    expect({ pending, due: (await one.nextDue()) !== undefined }).toEqual({ pending, due: pending > 0 });
    expect(done + pending).toBe(EVENTS);
    const left = await claim(one);
    expect(left.flatMap(({ events }) => events)).toHaveLength(pending);
  });

  test('a repeat that cannot be counted loses nobody the answer', async () => {
    const url = await server.database();
    const problems: string[] = [];
    const onProblem = (what: string): void => void problems.push(what);
    await using store = await createPostgresStore({ url, statementTimeout: 300, onProblem });
    await put(store, sample());
    const other = await store.pool.connect();
    await other.query('BEGIN; SELECT FROM paybell.events FOR UPDATE');
    expect(await put(store, sample({ id: 'evt_2' }), sample())).toEqual(['stored', 'duplicate']);
    await other.query('ROLLBACK');
    other.release();
    expect(problems).toEqual(['deliveries could not be counted']);
    expect((await store.listEvents()).items.map(({ id, deliveries }) => [id, deliveries])).toEqual([
      ['evt_2', 1],
      ['evt_1', 1],
    ]);
  });

  test('an object is not given back past a delivery for it that is just being committed', async () => {
    await using store = await emptyStore();
    const proofs = [{ proof: 'signature 12345678', at: NOW }];
    await store.insert({ events: [sample()], refused: [], keepRefused: 1, proofs });
    const [lane] = await claim(store);
    // Writing down which secret matched is the last thing a delivery's commit does: here it has to wait for that.
    const other = await store.pool.connect();
    await other.query('BEGIN; SELECT FROM paybell.proofs FOR UPDATE');
    const waiting = async (count: number) => {
      const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await query(url, text)).length < count) await sleep(10);
    };
    const later = [{ proof: 'signature 12345678', at: NOW + 1 }];
    const storing = store.insert({ events: [sample({ id: 'evt_2' })], refused: [], keepRefused: 1, proofs: later });
    await waiting(1);
    const settling = store.settle([result(lane!)]);
    await waiting(2);
    await other.query('ROLLBACK');
    other.release();
    expect(await storing).toEqual(['stored']);
    expect(await settling).toEqual([{ outcome: 'settled' }]);
    expect((await claim(store)).flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['evt_2']);
  });

  test('a claim that failed after it was committed keeps nobody waiting for its lease to end', async () => {
    await using store = await createPostgresStore({ url: await server.database(), statementTimeout: 300 });
    await put(store, sample());
    const other = await store.pool.connect();
    await other.query('BEGIN; LOCK TABLE paybell.handler_records');
    await expect(claim(store)).rejects.toThrow(/timeout/);
    await other.query('ROLLBACK');
    other.release();
    expect(await store.nextDue()).toBe(NOW + 30_000);
    expect((await claim(store)).map(({ lane }) => lane)).toEqual([' charge ch_1']);
  });

  test('a claim looks behind objects that have nothing to do any more', async () => {
    await using store = await emptyStore();
    await put(store, sample());
    await query(
      url,
      `INSERT INTO paybell.lanes (lane, due_at) SELECT 'empty ' || i, 1 FROM generate_series(1, 25) AS i`,
    );
    expect((await claim(store, { limit: 10 })).map(({ lane }) => lane)).toEqual([' charge ch_1']);
    expect(await query(url, 'SELECT count(*)::int AS n FROM paybell.lanes')).toEqual([{ n: 1 }]);
  });

  test('other processes are woken, but not once for every commit', async () => {
    await using one = await emptyStore();
    await using two = await createPostgresStore({ url });
    const heard = { times: 0 };
    const unwatch = two.watch(() => (heard.times += 1));
    while (heard.times === 0) await sleep(10);
    const begun = performance.now();
    await put(one, sample());
    while (heard.times === 1) await sleep(1);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await put(one, sample()); // a duplicate wakes nobody
    const before = heard.times;
    const start = performance.now();
    for (let i = 0; i < 60; i += 1) await put(one, sample({ id: `evt_${i}x` }));
    const took = performance.now() - start;
    await sleep(100);
    expect(heard.times - before).toBeGreaterThan(0);
    expect(heard.times - before).toBeLessThanOrEqual(took / 20 + 3);
    unwatch();
    const after = heard.times;
    await put(one, sample({ id: 'evt_last' }));
    await sleep(50);
    expect(heard.times).toBe(after);
  });

  test('what PostgreSQL undid for another transaction is done again, a few times', async () => {
    const failing = (times: number, code: string) => {
      let left = times;
      return () =>
        (left -= 1) >= 0 ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve('done');
    };
    expect(await persistently(failing(3, '40P01'))).toBe('done');
    await expect(persistently(failing(9, '40001'))).rejects.toThrow('40001');
    await expect(persistently(failing(1, '53100'))).rejects.toThrow('53100');
  });
});
