import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReceiver, type Receiver } from '../../src/receiver/index.ts';
import { createPostgresStore, type PostgresOptions } from '../../src/store/postgres/index.ts';
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';
import { aCharge, anEvent, delivery, SECRET } from './events.ts';
import { of, setUp } from './set-up.ts';

const send = async (receiver: Receiver<never>, id: string): Promise<number> =>
  (await receiver.fetch(delivery(anEvent({ id, object: aCharge({ id: `ch_${id}` }) })))).status;
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `evt_${i}`);
const receiverOn = <Tx>(store: Store<Tx>, answerWithin = 15_000): Receiver<never> =>
  createReceiver({
    store,
    secrets: SECRET,
    tolerance: 10 ** 9,
    answerWithin,
    onProblem: () => {},
  }) as unknown as Receiver<never>;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not become so.');
    await sleep(10);
  }
}

test('a delivery whose commit takes too long is answered 503; it is stored all the same, and its retry is a duplicate', async () => {
  const { store, clock, receiver } = setUp({ onProblem: (_, error) => problems.push(String(error)) });
  const problems: string[] = [];
  const { receive } = store;
  const go = Promise.withResolvers<void>();
  store.receive = (incoming) => go.promise.then(() => receive(incoming));
  const answers: number[] = [];
  const answer = (id: string) =>
    receiver.fetch(delivery(anEvent(of('ch_1', id)))).then(({ status }) => void answers.push(status));
  const first = answer('evt_1');
  await turns();
  clock.advance(14_000);
  const second = answer('evt_2');
  await turns();
  expect(answers).toEqual([]);
  clock.advance(1_000);
  await first;
  expect(answers).toEqual([503]);
  clock.advance(14_000);
  await second;
  expect(answers).toEqual([503, 503]);
  expect(problems).toEqual(Array.from({ length: 2 }, () => 'Error: The store took longer than 15000 ms.'));
  go.resolve();
  await turns();
  clock.advance(-10_000);
  await answer('evt_1');
  expect(answers).toEqual([503, 503, 200]);
  expect((await receiver.status()).counters).toMatchObject({ received: 3, failed: 2, duplicates: 1 });
  expect((await store.listEvents()).items.map(({ id }) => id)).toEqual(['evt_2', 'evt_1']);
});

test.each([
  { mirror: 'later' as const, fit: 66 },
  // Parsed besides, each takes four times as much.
  { mirror: true, fit: 16 },
])(
  'what waits for a slow store is bounded in bytes, mirror $mirror: what does not fit is answered 503 at once',
  async ({ mirror, fit }) => {
    const { store, receiver } = setUp({ onProblem: () => {}, mirror });
    const { receive } = store;
    const go = Promise.withResolvers<void>();
    store.receive = (incoming) => go.promise.then(() => receive(incoming));
    const body = (id: string) => anEvent({ id, object: aCharge({ id, description: 'x'.repeat(1_000_000) }) });
    const answers: number[] = [];
    const all = ids(80).map(async (id) => answers.push((await receiver.fetch(delivery(body(id)))).status));
    await until(async () => (await receiver.status()).counters.failed > 0);
    await turns(200);
    // So many fill 64 MiB, and not one more fits.
    expect(answers).toEqual(Array.from({ length: 80 - fit }, () => 503));
    go.resolve();
    await Promise.all(all);
    expect(answers.filter((status) => status === 200)).toHaveLength(fit);
    expect((await store.listEvents({ limit: 100 })).items).toHaveLength(fit);
    // And there is room again.
    expect((await receiver.fetch(delivery(anEvent()))).status).toBe(200);
  },
);

test('tiny deliveries do not wait without number either', async () => {
  const { store, receiver } = setUp({ onProblem: () => {} });
  const { receive } = store;
  const go = Promise.withResolvers<void>();
  store.receive = (incoming) => go.promise.then(() => receive(incoming));
  const body = delivery(anEvent({ id: 'evt_1' }));
  const all = Array.from({ length: 20_000 }, async () => (await receiver.fetch(body.clone())).status);
  await until(async () => (await receiver.status()).counters.received === 20_000);
  await turns(20);
  go.resolve();
  const refused = (await Promise.all(all)).filter((status) => status === 503);
  expect(refused.length).toBeGreaterThan(2_000);
});

test('SQLite: while another process writes, deliveries wait, everything else goes on, and nothing acknowledged is lost', async () => {
  await withFile(async (store, path) => {
    const receiver = receiverOn(store);
    const release = await holdLock(path);
    const answers = new Map<string, number>();
    const all = ids(20).map(async (id) => answers.set(id, await send(receiver, id)));
    // This process does not stand still meanwhile: it looks at the store, again and again.
    for (let i = 0; i < 20; i += 1) {
      expect((await store.counts()).events.pending).toBe(0);
      await sleep(10);
    }
    expect(answers.size).toBe(0);
    await release();
    await Promise.all(all);
    expect([...answers.values()]).toEqual(ids(20).map(() => 200));
    expect((await store.counts()).events.pending).toBe(20);
  });
});

test('SQLite: when that takes too long deliveries get 503, within the time they are given; then it recovers by itself', async () => {
  await withFile(async (store, path) => {
    const receiver = receiverOn(store, 300);
    const handled: string[] = [];
    receiver.on('*', (({ event }: { event: { id: string } }) => void handled.push(event.id)) as never);
    await receiver.start();
    const release = await holdLock(path);
    expect(await Promise.all(ids(10).map((id) => send(receiver, id)))).toEqual(ids(10).map(() => 503));
    expect((await store.counts()).events.pending).toBe(0);
    await release();
    // Stripe sends them again; some may have been stored meanwhile, and are handled once like all others.
    expect(await Promise.all(ids(12).map((id) => send(receiver, id)))).toEqual(ids(12).map(() => 200));
    await until(async () => (await store.counts()).events.done === 12);
    expect(handled.toSorted()).toEqual(ids(12).toSorted());
    await receiver.close();
  });
});

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const open = async (options: PostgresOptions = {}) => {
  const url = await server.database();
  return { url, store: await createPostgresStore({ url, onProblem: () => {}, ...options }) };
};

test('PostgreSQL: while another session holds the table, deliveries get 503; then it recovers by itself', async () => {
  const { url, store } = await open({ statementTimeout: 600 });
  await using closing = store;
  const receiver = receiverOn(store);
  const handled: string[] = [];
  receiver.on('*', (({ event }: { event: { id: string } }) => void handled.push(event.id)) as never);
  await receiver.start();
  expect(await send(receiver, 'evt_0')).toBe(200);
  const other = new Client({ connectionString: url });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE paybell.events IN ACCESS EXCLUSIVE MODE');
  expect(await Promise.all(ids(10).map((id) => send(receiver, `x${id}`)))).toEqual(ids(10).map(() => 503));
  await other.query('COMMIT');
  await other.end();
  expect(await Promise.all(ids(10).map((id) => send(receiver, `x${id}`)))).toEqual(ids(10).map(() => 200));
  await until(async () => (await closing.counts()).events.done === 11);
  expect(handled.toSorted()).toEqual(['evt_0', ...ids(10).map((id) => `x${id}`)].toSorted());
  await receiver.close();
});

test('PostgreSQL: commits that take long are waited for; what is answered 200 is there, what is answered 503 may be', async () => {
  const { url, store } = await open();
  await using closing = store;
  await query(
    url,
    `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END';
     CREATE TRIGGER slow AFTER INSERT ON paybell.events FOR EACH STATEMENT EXECUTE FUNCTION slow()`,
  );
  const stored = async () =>
    (await query(url, 'SELECT id FROM paybell.events ORDER BY id')).map(({ id }) => id as string);
  const patient = receiverOn(store);
  let answered = 0;
  const all = ids(8).map(async (id) => {
    expect(await send(patient, id)).toBe(200);
    answered += 1;
    // Seen by others the moment it is answered.
    expect(await stored()).toContain(id);
  });
  await sleep(100);
  expect([answered, await stored()]).toEqual([0, []]);
  await Promise.all(all);

  const hasty = receiverOn(store, 100);
  expect(await send(hasty, 'evt_late')).toBe(503);
  await until(async () => (await stored()).includes('evt_late'));
  expect(await send(patient, 'evt_late')).toBe(200);
  expect((await patient.status()).counters).toMatchObject({ stored: 8, duplicates: 1, failed: 0 });
  void closing;
});

/** Some turns of the event loop. */
async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((next) => setImmediate(next));
}

async function withFile(run: (store: SqliteStore, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paybell-slow-'));
  try {
    const path = join(folder, 'paybell.db');
    await using store = createSqliteStore({ path });
    await run(store, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Another process that begins to write; answers how it is made to end. */
async function holdLock(path: string): Promise<() => Promise<void>> {
  const program = `
    const db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)});
    db.exec('BEGIN IMMEDIATE');
    process.stdout.write('held');
    process.stdin.on('end', () => db.exec('ROLLBACK')).resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
}
