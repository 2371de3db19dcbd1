import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres/index.ts';
import { claim, NOW, record, result, sample } from '../../src/testing/store-conformance/samples.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const UNTIL = NOW + 30_000;
const PROOF = 'signature 12345678';
let leases = 1_000_000;

/** Stores events, each taken up by whoever stores it where its object is quiet. */
async function receive(
  store: PostgresStore,
  events: Parameters<typeof sample>[0][],
  owner = 'a',
  proofs: { proof: string; at: number }[] = [],
) {
  const lease = (leases += 1);
  const received = await store.receive({
    events: events.map((event) => sample({ shortcut: { step: 'work' }, ...event })),
    refused: [],
    keepRefused: 1,
    proofs,
    lease: { owner, lease, until: UNTIL },
  });
  /** What the work on one of them has come to. */
  const finished = (n = 0) => {
    const seq = received[n]!.seq!;
    const lane = { lane: ` charge ${events[n]!.objectId ?? 'ch_1'}`, lease, events: [{ seq }] };
    return result(lane as never, { owner, records: [record(seq)] });
  };
  return { received, finished };
}

async function waiting(url: string, count: number): Promise<void> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await query(url, text)).length < count) await sleep(10);
}

test('an event that is just being committed while the work on its object ends is not forgotten', async () => {
  const url = await server.database();
  await using store = await createPostgresStore({ url });
  const proofs = [{ proof: PROOF, at: NOW }];
  await store.insert({ events: [], refused: [], keepRefused: 1, proofs });
  const { finished } = await receive(store, [{}]);
  // Writing down which secret matched is the last thing a delivery's commit does: here it has to wait for that.
  const other = await store.pool.connect();
  await other.query('BEGIN; SELECT FROM paybell.proofs FOR UPDATE');
  const later = [{ proof: PROOF, at: NOW + 1 }];
  const storing = store.insert({ events: [sample({ id: 'evt_2' })], refused: [], keepRefused: 1, proofs: later });
  await waiting(url, 1);
  const settling = store.settle([finished()]);
  await waiting(url, 2);
  await other.query('ROLLBACK');
  other.release();
  expect(await storing).toEqual(['stored']);
  expect(await settling).toEqual([{ outcome: 'settled' }]);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
  expect((await claim(store)).flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['evt_2']);
});

test.each([
  ['in a statement of its own', []],
  ['in a transaction', [{ proof: PROOF, at: NOW }]],
])('a lane taken for an event that another process was just storing is free at once, %s', async (_, proofs) => {
  const url = await server.database();
  await using store = await createPostgresStore({ url, ingestConnections: 1 });
  const { finished } = await receive(store, [{ id: 'evt_0', objectId: 'ch_0' }]);
  await store.settle([finished()]);
  const other = await store.pool.connect();
  await other.query(`
    BEGIN; INSERT INTO paybell.events (seq, account, id, type, created, livemode, object, object_id, lane, valid, proof, state,
      deliveries, received_at, last_received_at)
    SELECT seq + 1000, account, 'evt_1', type, created, livemode, object, 'ch_1', ' charge ch_1', valid, proof, 'done', 1,
      received_at, received_at FROM paybell.events`);
  const storing = receive(store, [{ id: 'evt_1' }], 'a', proofs);
  await waiting(url, 1);
  await other.query('COMMIT');
  other.release();
  expect((await storing).received).toEqual([{ inserted: 'duplicate', next: 'nothing' }]);
  expect(await store.nextDue()).toBeLessThan(NOW);
  // The next event of the object is worked on at once.
  await receive(store, [{ id: 'evt_2', created: 1_790_000_001 }]);
  const [lane] = await claim(store);
  expect(lane!.events.map(({ id }) => id)).toEqual(['evt_2']);
  await store.settle([result(lane!)]);
  expect(await store.nextDue()).toBeUndefined();
});

test('an event whose object someone else gets hold of at the same moment waits for him', async () => {
  const url = await server.database();
  await using store = await createPostgresStore({ url });
  const other = await store.pool.connect();
  await other.query(`BEGIN; INSERT INTO paybell.lanes (lane, due_at) VALUES (' charge ch_1', ${NOW})`);
  const storing = receive(store, [{}]);
  await waiting(url, 1);
  await other.query('COMMIT');
  other.release();
  expect((await storing).received).toEqual([{ inserted: 'stored', next: 'claim' }]);
  expect((await store.getEvent('evt_1'))!.state).toBe('processing');
  const [lane] = await claim(store);
  expect(lane!.events.map(({ id }) => id)).toEqual(['evt_1']);
  await store.settle([result(lane!)]);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
});

test('two processes that store and work on the same objects: each event is worked on once, and nothing is left', async () => {
  const url = await server.database();
  await using one = await createPostgresStore({ url });
  await using two = await createPostgresStore({ url });
  const stores = [one, two];
  const EVENTS = 300;
  const OBJECTS = 50;
  const worked = new Map<string, number>();
  const count = (id: string): void => void worked.set(id, (worked.get(id) ?? 0) + 1);
  let taken = 0;
  let storing = true;

  async function deliver(store: PostgresStore, owner: string): Promise<void> {
    for (let n = 0; n < EVENTS; n += 3) {
      // Every event is sent to both, often in the same moment; each object has several of them.
      const events = [n, n + 1, n + 2].map((i) => ({
        id: `evt_${i}`,
        type: `charge.kind_${i}`,
        created: 1_790_000_000 + i,
        objectId: `ch_${i % OBJECTS}`,
      }));
      const { received, finished } = await receive(store, events, owner);
      for (const [i, { next }] of received.entries()) {
        if (next !== 'work') continue;
        taken += 1;
        await sleep(i);
        const [settled] = await store.settle([finished(i)]);
        if (settled!.outcome === 'settled') count(events[i]!.id);
      }
    }
  }
  async function work(store: PostgresStore, owner: string): Promise<void> {
    for (;;) {
      const last = !storing;
      const lanes = await claim(store, { owner });
      const settled = await store.settle(lanes.map((lane) => result(lane, { owner })));
      for (const [i, lane] of lanes.entries())
        if (settled[i]!.outcome === 'settled') for (const { id } of lane.events) count(id);
      if (last && lanes.length === 0) return;
    }
  }
  const delivering = Promise.all(stores.map((store, i) => deliver(store, `door ${i}`)));
  const working = stores.map((store, i) => work(store, `worker ${i}`));
  await delivering;
  storing = false;
  await Promise.all(working);

  expect(taken).toBeGreaterThan(OBJECTS / 2);
  expect(worked.size).toBe(EVENTS);
  expect([...worked.values()].every((times) => times === 1)).toBe(true);
  expect((await one.counts()).events).toMatchObject({ done: EVENTS, pending: 0, processing: 0 });
  expect(await one.nextDue()).toBeUndefined();
}, 60_000);
