import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_stray0000000000000000000000';
const PRIVATE = 'jenny@example.com';

async function setUp(folder: string, handlers: string, count = 1) {
  const file = join(folder, 'handlers.mjs');
  writeFileSync(file, handlers);
  const path = join(folder, 'paybell.db');
  const store = createSqliteStore({ path });
  const receiver = createReceiver({ store, secrets: SECRET });
  for (let i = 0; i < count; i += 1) await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  await store.close();
  return { args: ['--store', path, '--handlers', file], path };
}

const counts = async (path: string) => {
  await using store = createSqliteStore({ path, readOnly: true });
  return (await store.counts()).events;
};

const lines = (log: string) =>
  log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string; error?: { name: string; at?: string } });

const FLOATING = `export const handlers = (receiver) => receiver.on('*', () => {
  void Promise.reject(new TypeError('${PRIVATE}'));
});`;

test('a rejection that nobody waits for is told of in one line without what it says, and ends nothing', async () => {
  using folder = temporaryFolder();
  const { args, path } = await setUp(folder.path, FLOATING, 2);
  const server = await startProgram([BIN, 'serve', '--port', '0', '--secret', SECRET, ...args, '--json'], /^}/m);
  await eventually(async () => ((await counts(path)).done === 2 ? true : undefined));
  expect(await server.stop()).toBe(0);
  const told = lines(server.log()).filter(({ level }) => level === 'error');
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ msg: expect.stringContaining('nobody waited'), error: { name: 'TypeError' } });
  expect(told[0]!.error!.at).toMatch(/handlers\.mjs:2:\d+$/);
  expect(server.log()).not.toContain(PRIVATE);
}, 60_000);

const TIMER = `export const handlers = (receiver) => receiver.on('*', async () => {
  setTimeout(() => { throw new Error('${PRIVATE}'); }, 5);
  await new Promise((resolve) => setTimeout(resolve, 100));
});`;

test.each([[], ['--once']])(
  'an error thrown in a timer stops a worker in order, recorded (%j)',
  async (...more) => {
    using folder = temporaryFolder();
    const { args, path } = await setUp(folder.path, TIMER);
    const { code, stderr } = await paybell(['worker', ...args, ...more]);
    expect(code).toBe(1);
    expect(lines(stderr).find(({ level }) => level === 'fatal')).toMatchObject({ error: { name: 'Error' } });
    expect(stderr).not.toContain(PRIVATE);
    expect(await counts(path)).toMatchObject({ done: 1 });
  },
  60_000,
);
