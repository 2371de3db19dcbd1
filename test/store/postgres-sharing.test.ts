import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharing } from '../../src/store/postgres/sharing.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await postgresServer();
  url = await server.database();
});
afterAll(() => server[Symbol.asyncDispose]());

function pool(max = 2) {
  const made = new Pool({ connectionString: url, max, pipeline: true, connectionTimeoutMillis: 5_000 });
  made.on('error', () => {});
  made.on('connect', (client) => client.on('error', () => {}));
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.end() });
}

const WHO = { name: 'who', text: 'SELECT pg_backend_pid() AS pid, clock_timestamp()::text AS at, pg_sleep(0.03)' };
type Who = { pid: number; at: string };

test('statements that overlap share a connection, and are done in the order in which they were sent', async () => {
  await using given = pool();
  const run = sharing(given);
  const all = await Promise.all(Array.from({ length: 5 }, () => run<Who>(WHO)));
  expect(new Set(all.map(([row]) => row!.pid)).size).toBe(1);
  const times = all.map(([row]) => row!.at);
  expect(times).toEqual(times.toSorted());
  expect(given.totalCount).toBe(1);
  expect(given.idleCount).toBe(1);
  // It is the pool's again, and may be anyone's.
  const client = await given.connect();
  const [next] = await run<Who>(WHO);
  expect(next!.pid).not.toBe(all[0]![0]!.pid);
  client.release();
});

test('whoever waits for the only connection gets it, although there are always statements under way', async () => {
  await using given = pool(1);
  const run = sharing(given);
  let sent = 0;
  const served = Promise.withResolvers<void>();
  let stop = false;
  void served.promise.then(() => (stop = true));
  const stream = async (): Promise<void> => {
    sent += 1;
    await run(WHO);
    if (!stop) await stream();
  };
  const streams = [stream(), sleep(15).then(stream)];
  await sleep(60);
  const before = sent;
  const client = await given.connect();
  expect(sent - before).toBeLessThan(5);
  client.release();
  served.resolve();
  await Promise.all(streams);
});

test('a connection on which a statement failed is closed once the others on it have ended, and not joined again', async () => {
  await using given = pool();
  const run = sharing(given);
  const [first, broken, last] = [run<Who>(WHO), run({ name: 'broken', text: 'SELECT 1 / 0' }), run<Who>(WHO)];
  await expect(broken).rejects.toThrow('division by zero');
  const after = run<Who>(WHO);
  const pids = (await Promise.all([first, last, after])).map(([row]) => row!.pid);
  expect(pids[1]).toBe(pids[0]);
  expect(pids[2]).not.toBe(pids[0]);
  const [left] = await query(url, `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = ${pids[0]}`);
  expect(left!['n']).toBe(0);
});

test('a connection that breaks fails what was sent on it, and the next statement has another one', async () => {
  await using given = pool();
  const run = sharing(given);
  const [[who]] = [await run<Who>(WHO)];
  const slow = { name: 'slow', text: 'SELECT pg_sleep(5)' };
  const lost = Promise.allSettled([run(slow), run(slow)]);
  await sleep(50);
  await query(url, `SELECT pg_terminate_backend(${who!.pid})`);
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const [next] = await run<Who>(WHO);
  expect(next!.pid).not.toBe(who!.pid);
});

test('while no connection can be had everyone is told so, and it is tried again', async () => {
  await using given = pool(1);
  const run = sharing(given);
  given.options.connectionTimeoutMillis = 50;
  const held = await given.connect();
  const failed = await Promise.allSettled([run(WHO), run(WHO)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  held.release();
  expect(await run(WHO)).toHaveLength(1);
});
