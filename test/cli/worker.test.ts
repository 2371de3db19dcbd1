import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { BIN, eventually, paybell, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_worker000000000000000000000';
const HANDLERS = `
import { writeFileSync } from 'node:fs';
let count = 0;
export const handlers = (receiver) => receiver.on('*', async ({ signal }) => {
  writeFileSync(process.env.BEGUN, '');
  // Each longer than the one before.
  const rest = Number(process.env.SLEEP ?? 0) * (count += 1);
  await new Promise((resolve, give) => {
    setTimeout(resolve, rest);
    if (process.env.LISTENS) signal.addEventListener('abort', () => give(signal.reason));
  });
});`;

async function setUp({ objects = 1 } = {}) {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const [handlers, begun, path] = ['handlers.mjs', 'begun', 'paybell.db'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(handlers, HANDLERS);
  const store = createSqliteStore({ path });
  const receiver = createReceiver({ store, secrets: SECRET });
  const body = eventBody();
  const later = body.replace(/"evt_(\w+)"/, '"evt_$1_later"').replace(/1768471200/, '1768479999');
  const others = Array.from({ length: objects - 1 }, eventBody);
  for (const one of [body, later, ...others]) await receiver.fetch(signedRequest(one, { secret: SECRET }));
  await store.close();
  const args = ['worker', '--store', path, '--handlers', handlers, '--once', '--json'];
  return {
    args,
    path,
    env: { BEGUN: begun },
    started: () => eventually(async () => (existsSync(begun) ? true : undefined)),
    counts: async () => {
      await using opened = createSqliteStore({ path, readOnly: true });
      return (await opened.counts()).events;
    },
  };
}

test('worker --once that is asked to stop lets its handlers end within their grace period', async () => {
  const { args, env, started, counts } = await setUp();
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...env, SLEEP: '1000' } });
  let stdout = '';
  child.stdout.on('data', (data) => (stdout += data));
  await started();
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(JSON.parse(stdout)).toMatchObject({ stopped: true, events: { done: 1 } });
  expect(await counts()).toMatchObject({ done: 1, processing: 1 });
}, 60_000);

test('worker --once does not wait longer than that', async () => {
  const { args, env, started } = await setUp();
  const child = spawn(process.execPath, [BIN, ...args, '--grace', '0'], {
    env: { ...process.env, ...env, SLEEP: '20000' },
  });
  await started();
  const asked = Date.now();
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(Date.now() - asked).toBeLessThan(10_000);
}, 60_000);

test('worker --once takes over at once from a process that was killed, and prunes what is old', async () => {
  const { args, path, env, started, counts } = await setUp();
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...env, SLEEP: '20000' } });
  await started();
  child.kill('SIGKILL');
  await once(child, 'close');
  const begun = Date.now();
  expect(await paybell(args, { env })).toMatchObject({ code: 0, stderr: '' });
  expect(Date.now() - begun).toBeLessThan(20_000);
  expect(await counts()).toMatchObject({ done: 2 });

  const old = createSqliteStore({ path });
  old.database.exec('UPDATE events SET received_at = received_at - 864000000, finished_at = finished_at - 864000000');
  await old.close();
  expect((await paybell([...args, '--retention', '5'], { env })).code).toBe(0);
  await using store = createSqliteStore({ path, readOnly: true });
  const { items } = await store.listEvents();
  // The mirror's state rests on the later one.
  expect(items.map(({ id, pruned }) => [id.endsWith('later'), pruned])).toEqual([
    [true, false],
    [false, true],
  ]);
}, 60_000);

test('events replay takes over at once from a process that was killed', async () => {
  const { args, env, started, counts } = await setUp();
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...env, SLEEP: '20000' } });
  await started();
  child.kill('SIGKILL');
  await once(child, 'close');
  const begun = Date.now();
  const replay = ['events', 'replay', ...args.slice(1).filter((arg) => arg !== '--once'), '--state', 'processing'];
  expect(await paybell(replay, { env })).toMatchObject({ code: 0, stderr: '' });
  expect(Date.now() - begun).toBeLessThan(20_000);
  expect((await paybell(args, { env })).code).toBe(0);
  expect(await counts()).toMatchObject({ done: 2 });
}, 60_000);

test.each([[], ['--retention', '30']])(
  'worker --once waits for every object it has in hand (%j)',
  async (...more) => {
    const { args, env, started, counts } = await setUp({ objects: 3 });
    const child = spawn(process.execPath, [BIN, ...args, ...more], { env: { ...process.env, ...env, SLEEP: '700' } });
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    await started();
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(stderr).toBe('');
    expect(await counts()).toMatchObject({ done: 3 });
  },
  60_000,
);

test('worker --once says that work is left when its handlers gave up', async () => {
  const { args, env, started, counts } = await setUp();
  const child = spawn(process.execPath, [BIN, ...args, '--grace', '1'], {
    env: { ...process.env, ...env, SLEEP: '20000', LISTENS: '1' },
  });
  await started();
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(await counts()).toMatchObject({ retrying: 1 });
}, 60_000);
