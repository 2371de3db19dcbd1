import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg, { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createPostgresStore, type PostgresOptions } from '../../src/store/postgres/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { aCharge, anEvent, delivery, SECRET } from '../receiver/events.ts';
import { ownServer, type OwnServer } from '../postgres-server.ts';

let server: Awaited<ReturnType<typeof ownServer>>;
beforeAll(async () => {
  server = await ownServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const open = async (options: PostgresOptions = {}) =>
  createPostgresStore({ url: await server.database(), onProblem: () => {}, ...options });

/** Tries until it works: what recovers by itself does so within seconds. */
async function soon<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 10_000;
  for (;;)
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
}

test('while the server is away deliveries get 5xx; when it is back nothing that was acknowledged is missing', async () => {
  await using store = await open();
  // A claim whose answer got lost is taken back when its lease ends.
  const receiver = createReceiver({
    store,
    secrets: SECRET,
    poll: 200,
    lease: 2_000,
    tolerance: 10 ** 9,
    onProblem: () => {},
  });
  const handled = new Map<string, number>();
  receiver.on('*', ({ event }) => void handled.set(event.id, (handled.get(event.id) ?? 0) + 1));
  await receiver.start();
  const acknowledged: string[] = [];
  const others = new Set<number>();
  const load = { busy: true };
  let sent = 0;
  const client = async () => {
    while (load.busy) {
      const id = `evt_${(sent += 1)}`;
      const event = anEvent({ id, object: aCharge({ id: `ch_${sent % 20}` }) });
      const { status } = await receiver.fetch(delivery(event));
      if (status === 200) acknowledged.push(id);
      else others.add(status);
      await sleep(2);
    }
  };
  const clients = [client(), client(), client(), client()];
  await sleep(400);
  // First as a power cut would, then in good order.
  for (const end of ['kill', 'stop'] as const) {
    await server.own[end]();
    await sleep(700);
    await server.own.start();
    const before = acknowledged.length;
    await soon(async () => expect(acknowledged.length).toBeGreaterThan(before + 10));
  }
  load.busy = false;
  await Promise.all(clients);
  expect(others.size).toBeGreaterThan(0);
  expect([...others].every((status) => status >= 500)).toBe(true);

  await soon(async () =>
    expect((await store.counts()).events).toMatchObject({ pending: 0, processing: 0, retrying: 0 }),
  );
  expect(acknowledged.filter((id) => !handled.has(id))).toEqual([]);
  const unknown: string[] = [];
  for (const id of acknowledged) if (!(await store.getEvent(id))) unknown.push(id);
  expect(unknown).toEqual([]);
  await receiver.close();
});

test('connections that are killed are replaced, the one that listens too', async () => {
  const url = await server.database();
  await using store = await open({ url });
  let woken = 0;
  const unwatch = store.watch(() => (woken += 1));
  await put(store, sample());
  expect((await store.listEvents()).items).toHaveLength(1);
  await soon(async () => expect(woken).toBeGreaterThan(0));
  const killer = new Client({ connectionString: url });
  await killer.connect();
  const { rows } = await killer.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  await killer.end();
  // Ingest, work and the listener: each was used.
  expect(rows.length).toBeGreaterThan(2);
  await soon(() => put(store, sample({ id: 'evt_2' })));
  expect((await store.listEvents()).items).toHaveLength(2);
  const before = woken;
  await soon(async () => {
    await put(store, sample({ id: `evt_${performance.now()}` }));
    expect(woken).toBeGreaterThan(before + 1);
  });
  unwatch();
});

test('a connection that breaks while nobody listens to it ends no process', async () => {
  await using store = await open();
  const client = await store.pool.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise((resolve) => client.once('end', resolve));
  await store.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
  await ended;
  client.release(true);
  expect((await store.counts()).objects).toBe(0);
});

test('a server that hangs gives errors, not hanging deliveries', async () => {
  await using store = await open({ statementTimeout: 500 });
  await put(store, sample());
  // The postmaster is stopped first and goes on last: in between no child that ends on its own disappears.
  const postmaster = server.own.pid();
  process.kill(postmaster, 'SIGSTOP');
  const processes = [...children(postmaster), postmaster];
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const begun = performance.now();
  try {
    await expect(put(store, sample({ id: 'evt_2' }))).rejects.toThrow(/timeout/);
    await expect(store.counts()).rejects.toThrow(/timeout/);
    expect(performance.now() - begun).toBeLessThan(9_000);
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  await soon(() => put(store, sample({ id: 'evt_3' })));
});

test('a table that someone locked gives errors too, and what was refused then is stored later', async () => {
  await using store = await open({ statementTimeout: 400 });
  const other = await store.pool.connect();
  await other.query('BEGIN; LOCK TABLE paybell.events IN EXCLUSIVE MODE');
  await expect(put(store, sample())).rejects.toThrow(/timeout/);
  await other.query('ROLLBACK');
  other.release();
  expect(await soon(() => put(store, sample()))).toEqual(['stored']);
});

/** Stores 100 KB at a time until that fails; answers what was acknowledged. */
async function fill(
  store: Awaited<ReturnType<typeof open>>,
): Promise<{ acknowledged: string[]; error: pg.DatabaseError }> {
  const acknowledged: string[] = [];
  for (let i = 0; i < 3_000; i += 1) {
    const id = `evt_${i}`;
    try {
      await put(store, sample({ id, objectId: `ch_${i}`, payload: noise(100_000) }));
      acknowledged.push(id);
    } catch (error) {
      return { acknowledged, error: error as pg.DatabaseError };
    }
  }
  throw new Error('The disk never became full.');
}

/** Bytes that do not compress. */
const noise = (size: number): Buffer =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(65_536))).subarray(0, Math.min(size, 65_536));

async function holdsAll(store: Awaited<ReturnType<typeof open>>, acknowledged: readonly string[]): Promise<void> {
  const known = new Set<string>();
  let before: number | undefined;
  do {
    const page = await store.listEvents({ limit: 1_000, ...(before === undefined ? {} : { before }) });
    for (const { id } of page.items) known.add(id);
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
}

test('a file that cannot grow gives errors; with room again everything acknowledged is there, and more can be stored', async () => {
  await using store = await open();
  // Write-ahead log files have 16 MiB.
  await server.own.stop();
  await server.own.start({ fileLimit: 17 });
  await soon(() => store.counts());
  const { acknowledged, error } = await fill(store);
  expect(error.message).toMatch(/could not (?:extend|write)/);
  await expect(put(store, sample({ id: 'evt_x', payload: noise(60_000) }))).rejects.toThrow(/could not/);
  await holdsAll(store, acknowledged);
  await server.own.stop();
  await server.own.start();
  expect(await soon(() => put(store, sample({ id: 'evt_x', payload: noise(60_000) })))).toEqual(['stored']);
  await holdsAll(store, [...acknowledged, 'evt_x']);
}, 30_000);

// Only root may mount a small disk; the file that cannot grow, above, is the same for everyone.
if (process.getuid?.() === 0)
  test('a disk that is full gives errors, and everything is there once it has room again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paybell-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=0755', 'tmpfs', folder], {
      encoding: 'utf8',
    });
    expect(mounted.stderr).toBe('');
    try {
      await using small = await ownServer({ folder });
      const ballast = join(folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(20 * 2 ** 20));
      await using store = await createPostgresStore({ url: await small.database(), onProblem: () => {} });
      const { acknowledged, error } = await fill(store);
      expect(`${error.message} ${log(small.own)}`).toMatch(/No space left on device/);
      rmSync(ballast);
      // When it is the log that does not fit, PostgreSQL stops; whoever runs it starts it again.
      await soon(() => store.counts()).catch(() => small.own.kill().then(() => small.own.start()));
      expect(await soon(() => put(store, sample({ id: 'evt_x', payload: noise(60_000) })))).toEqual(['stored']);
      await holdsAll(store, [...acknowledged, 'evt_x']);
    } finally {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  }, 40_000);

const log = (own: OwnServer): string => own.log().slice(-20_000);

function children(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}
