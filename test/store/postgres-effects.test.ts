import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import type { LaneResult } from '../../src/store/store.ts';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres/index.ts';
import { claim, NOW, put, record, result as plain, sample } from '../../src/testing/store-conformance/samples.ts';
import { aCharge, anEvent, delivery, SECRET, testClock } from '../receiver/events.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';

let server: TestServer;
let url: string;
let store: PostgresStore;
const problems: string[] = [];
beforeAll(async () => {
  server = await postgresServer();
  url = await server.database();
  store = await createPostgresStore({ url, effectConnections: 3, onProblem: (what) => problems.push(what) });
  await store.pool.query('CREATE TABLE credits (event text, amount integer)');
});
beforeEach(async () => {
  await store.pool.query(
    'TRUNCATE credits, paybell.events, paybell.payloads, paybell.handler_records, paybell.lanes, paybell.mirror',
  );
});
afterAll(async () => {
  await store.close();
  await server[Symbol.asyncDispose]();
});

const INSERT = 'INSERT INTO credits VALUES ($1, $2)';
const credits = async (): Promise<string[]> =>
  (await store.pool.query<{ event: string }>('SELECT event FROM credits ORDER BY event')).rows.map(
    ({ event }) => event,
  );

const result = (...given: Parameters<typeof plain>) => plain(...given) as LaneResult<pg.PoolClient>;

/** A claimed event, and the result that marks handler `h` done with it. */
async function claimed(id = 'evt_1', objectId = 'ch_1') {
  await put(store, sample({ id, objectId }));
  const [lane] = await claim(store);
  const { seq } = lane!.events[0]!;
  return { lane: lane!, seq, done: result(lane!, { records: [record(seq)] }) };
}

test('a recorded function may be asynchronous: its queries are committed with the mark, and undone with the attempt', async () => {
  const clock = testClock();
  const receiver = createReceiver({ store, secrets: SECRET, clock });
  receiver.on('charge.succeeded', ({ event, object, attempt, tx }) => {
    tx(async (client) => {
      await client.query(INSERT, [event.id, object.amount]);
      await client.query('SELECT 1');
      if (attempt === 1) throw new Error('the effect fails at first');
    });
  });
  await receiver.fetch(delivery(anEvent({ id: 'evt_1', object: aCharge({ id: 'ch_1' }) })));
  await receiver.drain();
  expect(await credits()).toEqual([]);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([{ state: 'retrying', attempts: 1 }]);
  expect((await store.getEvent('evt_1'))!.handlers[0]!.error).toMatch(/the effect fails at first/);
  clock.advance(10_000);
  await receiver.drain();
  expect(await credits()).toEqual(['evt_1']);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([{ state: 'done', attempts: 2 }]);
});

test('what a handler does in an open transaction is seen by nobody before it is settled, and by everybody after', async () => {
  const { done } = await claimed();
  const opened = await store.begin();
  await opened.tx.query(INSERT, ['evt_1', 5]);
  expect(await credits()).toEqual([]);
  expect(await opened.settle(done)).toEqual({ outcome: 'settled' });
  expect(await credits()).toEqual(['evt_1']);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
  expect(() => opened.tx.query('SELECT 1')).toThrow(/has ended/);
});

test('rolled back, or without the lease, nothing of it remains', async () => {
  const { done } = await claimed();
  const one = await store.begin();
  await one.tx.query(INSERT, ['evt_1', 5]);
  const rolledBack = one.rollback();
  // Behind the ROLLBACK it would be outside of any transaction, and stay.
  expect(() => one.tx.query(INSERT, ['evt_1', 6])).toThrow(/has ended/);
  await rolledBack;
  await one.rollback();

  const slow = await store.begin();
  await slow.tx.query(INSERT, ['evt_1', 5]);
  const [other] = await claim(store, { owner: 'b', now: NOW + 30_000 });
  expect(await slow.settle(done)).toEqual({ outcome: 'lost' });
  expect(await credits()).toEqual([]);
  expect((await store.getEvent('evt_1'))!.handlers).toEqual([]);
  expect(await store.settle([result(other!, { owner: 'b' })])).toEqual([{ outcome: 'settled' }]);
});

test('when the answer to a commit got lost, settling the mark again does not repeat the effect, nor take the mark back', async () => {
  const { lane, seq, done } = await claimed();
  const held = { ...done, release: false };
  const effects = [(tx: pg.PoolClient) => tx.query(INSERT, ['evt_1', 5])];
  expect(await store.settle([{ ...held, effects }])).toEqual([{ outcome: 'settled' }]);
  expect(await store.settle([{ ...held, effects }])).toEqual([{ outcome: 'settled' }]);
  expect(await credits()).toEqual(['evt_1']);
  const failed = [record(seq, { state: 'retrying', attempts: 9, nextAt: NOW + 5 })];
  await store.settle([result(lane, { records: failed, release: false })]);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([{ state: 'done', attempts: 1 }]);
});

test('a transaction inside is a savepoint, as Drizzle and Kysely begin one', async () => {
  const { done } = await claimed();
  const opened = await store.begin();
  const { tx } = opened;
  await tx.query('BEGIN');
  await tx.query(INSERT, ['kept', 1]);
  await tx.query('begin isolation level read committed');
  await tx.query(INSERT, ['undone', 1]);
  await tx.query('rollback');
  await tx.query({ text: 'START TRANSACTION' });
  await tx.query(INSERT, ['kept too', 1]);
  await tx.query('commit');
  await tx.query('COMMIT;');
  tx.release();
  expect(await opened.settle(done)).toEqual({ outcome: 'settled' });
  expect(await credits()).toEqual(['kept', 'kept too']);
});

test('the transaction is not the handler’s to end', async () => {
  const { done } = await claimed();
  const opened = await store.begin();
  expect(() => opened.tx.query('COMMIT')).toThrow(/COMMIT is not for the handler to say/);
  expect(() => opened.tx.query('rollback')).toThrow(/ROLLBACK is not/);
  // What gets past that is noticed before the mark is set.
  await opened.tx.query(`SELECT $é$'$é$; COMMIT --'`);
  expect(await opened.settle(done)).toMatchObject({ outcome: 'failed' });
  expect((await store.getEvent('evt_1'))!.state).toBe('pending');
});

test('a statement that failed fails the attempt, also when the handler swallowed its error', async () => {
  const { done } = await claimed();
  const opened = await store.begin();
  await opened.tx.query(INSERT, ['evt_1', 5]);
  await expect(opened.tx.query('SELECT nonsense')).rejects.toThrow(/nonsense/);
  expect(await opened.settle(done)).toMatchObject({ outcome: 'failed' });
  expect(await credits()).toEqual([]);
});

test('a constraint that is checked at the commit fails the attempt', async () => {
  await store.pool.query('CREATE TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
  const { done } = await claimed();
  const opened = await store.begin();
  await opened.tx.query('INSERT INTO once VALUES (1), (1)');
  expect(await opened.settle(done)).toMatchObject({ outcome: 'failed', error: { code: '23505' } });
  expect((await store.getEvent('evt_1'))!.state).toBe('pending');
});

test('a connection that breaks while a handler has it undoes what it did, and is replaced', async () => {
  const { done } = await claimed();
  const opened = await store.begin();
  const { rows } = await opened.tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await opened.tx.query(INSERT, ['evt_1', 5]);
  await store.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
  await expect(opened.settle(done)).rejects.toThrow();
  expect(await credits()).toEqual([]);
  const again = await store.begin();
  await again.tx.query(INSERT, ['evt_1', 5]);
  expect(await again.settle(done)).toEqual({ outcome: 'settled' });
});

test('handlers that sleep with their transaction open keep neither deliveries nor other objects waiting', async () => {
  const { done } = await claimed();
  const sleeping = await Promise.all([store.begin(), store.begin(), store.begin()]);
  for (const { tx } of sleeping) await tx.query(INSERT, ['sleeping', 1]);
  // Every place is taken: a fourth waits for one, without an error.
  let fourth: Awaited<ReturnType<typeof store.begin>> | undefined;
  const waiting = store.begin().then((opened) => (fourth = opened));

  const begun = performance.now();
  for (let i = 0; i < 50; i += 1)
    await put(store, sample({ id: `evt_more${i}` }), sample({ id: `evt_x${i}`, objectId: 'ch_2' }));
  const [other] = await claim(store);
  expect(other!.events.length).toBeGreaterThan(30);
  expect(await store.settle([result(other!)])).toEqual([{ outcome: 'settled' }]);
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(fourth).toBeUndefined();

  expect(await sleeping[0]!.settle(done)).toEqual({ outcome: 'settled' });
  await waiting;
  for (const opened of [...sleeping.slice(1), fourth!]) await opened.rollback();
  expect(await credits()).toEqual(['sleeping']);
});

test('of the results settled together, those with effects succeed and fail for themselves', async () => {
  await put(store, ...['ch_1', 'ch_2', 'ch_3'].map((objectId) => sample({ id: `evt_${objectId}`, objectId })));
  const lanes = await claim(store);
  const settled = await store.settle([
    { ...result(lanes[0]!), effects: [(tx) => tx.query(INSERT, ['one', 1])] },
    result(lanes[1]!),
    { ...result(lanes[2]!), effects: [(tx) => tx.query('SELECT 1/0')] },
  ]);
  expect(settled.map(({ outcome }) => outcome)).toEqual(['settled', 'settled', 'failed']);
  expect(await credits()).toEqual(['one']);
  const states = (await store.listEvents()).items.map(({ state }) => state);
  expect(states.toSorted()).toEqual(['done', 'done', 'pending']);
});

test('nothing of this was a problem to report', () => {
  expect(problems).toEqual([]);
});
