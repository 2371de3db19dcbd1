import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_replay00000000000000000000';
const EMAIL = 'jenny@example.com';
const HANDLERS = `
import { appendFileSync } from 'node:fs';
export function handlers(receiver) {
  receiver.on('*', async ({ event }) => {
    appendFileSync(process.env.SEEN, process.env.NAME + ' ' + event.id + '\\n');
    if (process.env.STRAY) void Promise.reject(new TypeError('jenny@example.com'));
    if (process.env.NEVER) await new Promise(() => setInterval(() => {}, 1_000));
    if (process.env.SLOW) await new Promise((resolve) => setTimeout(resolve, Number(process.env.SLOW)));
  }, { name: 'crm' });
  if (process.env.MAIL) receiver.on('*', () => {}, { name: 'mail' });
}
`;

function setUp() {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const [handlers, seen] = ['handlers.mjs', 'seen'].map((name) => join(folder.path, name)) as [string, string];
  const store = join(folder.path, 'paybell.db');
  writeFileSync(handlers, HANDLERS);
  writeFileSync(seen, '');
  const replay = ['events', 'replay', '--store', store, '--handlers', handlers];
  return {
    handlers,
    store,
    replay,
    env: { SEEN: seen, NAME: 'replay' },
    read: () => readFileSync(seen, 'utf8').split('\n').filter(Boolean),
    seen,
  };
}

/** Delivers events, and works on them unless they are to wait. */
async function received(path: string, count: number, { waits = false } = {}): Promise<string[]> {
  const store = createSqliteStore({ path });
  const receiver = createReceiver({ store, secrets: SECRET });
  receiver.on('*', () => {}, { name: 'crm' }).on('*', () => {}, { name: 'mail' });
  const before = new Set((await store.listEvents({ limit: 1_000 })).items.map(({ id }) => id));
  for (let i = 0; i < count; i += 1) await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  if (!waits) await receiver.drain();
  await receiver.close();
  const { items } = await store.listEvents({ limit: 1_000 });
  await store.close();
  return items.map(({ id }) => id).filter((id) => !before.has(id));
}

async function states(path: string): Promise<Record<string, number>> {
  await using store = createSqliteStore({ path, readOnly: true });
  return (await store.counts()).events;
}

test('events replay leaves alone what waits for handlers that its file lacks', async () => {
  const { store, replay, env, read } = setUp();
  const [id] = await received(store, 1);
  await received(store, 2, { waits: true });
  const none = await paybell([...replay, '--id', 'evt_none'], { env });
  expect(none).toMatchObject({ code: 0, stderr: '' });
  expect(none.stdout).toContain('No such events.');
  const one = await paybell([...replay, '--id', id!], { env });
  expect(one.stdout).toContain('1 ran, 0 failed.');
  expect(read()).toEqual([`replay ${id}`]);
  expect(await states(store)).toMatchObject({ pending: 2, done: 1 });
}, 60_000);

test('beside a server everything that is replayed runs in the command', async () => {
  const { store, handlers, replay, env, read, seen } = setUp();
  const ids = await received(store, 30);
  const server = await startProgram(
    [BIN, 'serve', '--port', '0', '--secret', SECRET, '--store', store, '--handlers', handlers, '--json'],
    /^}/m,
    { env: { ...env, NAME: 'server', MAIL: '1' } },
  );
  appendFileSync(seen, '');
  const { stdout, code } = await paybell([...replay, '--all', '--json'], { env: { ...env, SLOW: '20' } });
  expect(JSON.parse(stdout)).toMatchObject({ events: 30, ran: { handled: 30, handedOver: 0 }, stopped: false });
  expect(code).toBe(0);
  expect(read().toSorted()).toEqual(ids.map((id) => `replay ${id}`).toSorted());
  expect(await server.stop()).toBe(0);
}, 60_000);

test('a replay that is asked to stop ends what is under way, and leaves the rest as it was', async () => {
  const { store, replay, env, read } = setUp();
  await received(store, 150);
  const child = spawn(process.execPath, [BIN, ...replay, '--all', '--json'], {
    env: { ...process.env, ...env, SLOW: '700' },
  });
  let stdout = '';
  child.stdout.on('data', (data) => (stdout += data));
  await eventually(async () => (read().length > 0 ? true : undefined));
  child.kill('SIGINT');
  // The same Ctrl-C, handed on by the Node that started it.
  setTimeout(() => child.kill('SIGINT'), 50);
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  const report = JSON.parse(stdout) as { stopped: boolean; events: number; ran: object };
  expect(report).toMatchObject({ stopped: true, ran: { handled: report.events, handedOver: 0 } });
  expect(report.events).toBeLessThan(150);
  expect(read()).toHaveLength(report.events);
  expect(await states(store)).toMatchObject({ done: 150, processing: 0, retrying: 0 });
}, 60_000);

test('a replay whose output nobody reads any more goes on to its end', async () => {
  const { store, replay, env, read } = setUp();
  await received(store, 60);
  const child = spawn(process.execPath, [BIN, ...replay, '--all'], { env: { ...process.env, ...env, SLOW: '5' } });
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += data));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(read()).toHaveLength(60);
  expect(await states(store)).toMatchObject({ done: 60 });
}, 60_000);

test('what a server keeps masked stays masked when a command handles it again, until somebody says otherwise', async () => {
  const { store, handlers, replay, env } = setUp();
  const serve = (...more: string[]) =>
    startProgram(
      [BIN, 'serve', '--port', '0', '--secret', SECRET, '--store', store, '--handlers', handlers, '--json', ...more],
      /^}/m,
      { env: { ...env, NAME: 'server' } },
    );
  const server = await serve('--redact', 'receipt_email');
  const { url, path } = JSON.parse(server.output()) as { url: string; path: string };
  expect(await server.stop()).toBe(0);
  expect(url + path).toMatch(/^http/);
  const withEmail = async () => {
    await using opened = createSqliteStore({ path: store });
    const receiver = createReceiver({ store: opened, secrets: SECRET });
    const body = JSON.parse(eventBody()) as { id: string; data: { object: Record<string, unknown> } };
    body.data.object['receipt_email'] = EMAIL;
    await receiver.fetch(signedRequest(JSON.stringify(body), { secret: SECRET }));
    // Another release of an application, which masks nothing.
    await receiver.on('*', () => {}, { name: 'crm' }).drain();
    await receiver.close();
    return body.id;
  };
  const payload = async (id: string) => {
    await using opened = createSqliteStore({ path: store, readOnly: true });
    return Buffer.from((await opened.getEvent(id))!.payload).toString();
  };
  const id = await withEmail();
  expect(await payload(id)).toContain(EMAIL);
  const replayed = await paybell([...replay, '--id', id], { env });
  expect(replayed.stdout).toContain('1 ran');
  expect(await payload(id)).not.toContain(EMAIL);

  const plain = await serve('--redact', 'none');
  expect(await plain.stop()).toBe(0);
  const other = await withEmail();
  await paybell([...replay, '--id', other], { env });
  expect(await payload(other)).toContain(EMAIL);
  await paybell([...replay, '--id', other, '--redact', 'receipt_email'], { env });
  expect(await payload(other)).not.toContain(EMAIL);
  const empty = await paybell([...replay, '--id', other, '--redact', ''], { env });
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('--redact takes names of fields') as string });
}, 90_000);

test('a promise that nobody waits for does not end a replay', async () => {
  const { store, replay, env } = setUp();
  await received(store, 3);
  const { code, stdout, stderr } = await paybell([...replay, '--all'], { env: { ...env, STRAY: '1', SLOW: '50' } });
  expect(code).toBe(0);
  expect(stdout).toContain('3 ran, 0 failed.');
  expect(stderr.match(/nobody waited for it.*TypeError, .*handlers\.mjs/g)).toHaveLength(3);
  expect(stderr).not.toContain('jenny');
}, 60_000);

test('a replay whose handlers never end, ends when it is asked to', async () => {
  const { store, replay, env, read } = setUp();
  await received(store, 2);
  const child = spawn(process.execPath, [BIN, ...replay, '--all', '--grace', '1', '--json'], {
    env: { ...process.env, ...env, NEVER: '1' },
  });
  let stdout = '';
  child.stdout.on('data', (data) => (stdout += data));
  await eventually(async () => (read().length === 2 ? true : undefined));
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(JSON.parse(stdout)).toMatchObject({ stopped: true, ran: { handled: 0, handedOver: 2 } });
}, 60_000);

test('a replay says how many are left, also beyond those it lists, and what is wrong with its options', async () => {
  const { store, replay, env } = setUp();
  await received(store, 1);
  const opened = createSqliteStore({ path: store });
  opened.database.exec(`
    INSERT INTO events (account, id, type, created, object, object_id, lane, valid, state, deliveries, received_at, last_received_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1005)
    SELECT '', 'evt_pruned' || i, 'charge.succeeded', i, 'charge', 'ch_' || i, ' charge ch_' || i, 1, 'done', 1, i, i FROM n`);
  await opened.close();
  const all = await paybell([...replay, '--all'], { env });
  expect(all.stdout).toContain('… and 5 more that are left');
  const json = JSON.parse((await paybell([...replay, '--all', '--json'], { env })).stdout) as object;
  expect(json).toMatchObject({ events: 1, leftBy: { pruned: 1_005 } });
  const grace = await paybell([...replay, '--all', '--grace', 'x'], { env });
  expect(grace).toMatchObject({ code: 2, stderr: expect.stringContaining('--grace takes a whole number') as string });
}, 60_000);
