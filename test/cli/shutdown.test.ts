import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { BIN, startProgram, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_shutdown000000000000000000';

/** Sends one signed event over a kept-alive connection; the status, or undefined when there was no answer. */
async function send(url: string, body: string, agent: Agent): Promise<number | undefined> {
  const signed = signedRequest(body, { secret: SECRET, url });
  return new Promise((resolve) => {
    const sending = request(url, { method: 'POST', agent, headers: Object.fromEntries(signed.headers) }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', () => resolve(undefined));
    });
    sending.on('error', () => resolve(undefined));
    sending.end(body);
  });
}

async function serve(folder: string, args: string[] = [], handlers = 'export const handlers = () => {};') {
  const file = join(folder, 'handlers.mjs');
  writeFileSync(file, handlers);
  const store = join(folder, 'paybell.db');
  const options = ['--port', '0', '--store', store, '--secret', SECRET, '--handlers', file, '--json', ...args];
  const server = await startProgram([BIN, 'serve', ...options], /"path"[^}]*}/);
  const { url, path } = JSON.parse(server.output()) as { url: string; path: string };
  return { ...server, store, url: url + path };
}

test('SIGTERM in the middle of deliveries: every one that was answered 200 is stored, and it ends well', async () => {
  using folder = temporaryFolder();
  const server = await serve(folder.path, ['--log', 'debug']);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const answers = new Map<string, number | undefined>();
  let stopping = 0;
  const senders = Array.from({ length: 16 }, async () => {
    for (let status: number | undefined = 200; status === 200;) {
      const body = eventBody();
      status = await send(server.url, body, agent);
      answers.set((JSON.parse(body) as { id: string }).id, status);
      if (answers.size > 300 && stopping === 0) {
        stopping = performance.now();
        server.child.kill('SIGTERM');
      }
    }
  });
  await Promise.all(senders);
  expect(await server.ended).toBe(0);
  // Connections that are kept alive hold nothing up.
  expect(performance.now() - stopping).toBeLessThan(4_000);
  agent.destroy();

  const acknowledged = [...answers].filter(([, status]) => status === 200).map(([id]) => id);
  expect(acknowledged.length).toBeGreaterThan(280);
  expect([...answers.values()].filter((status) => status !== 200 && status !== 503 && status !== undefined)).toEqual(
    [],
  );
  await using store = createSqliteStore({ path: server.store, readOnly: true });
  const stored = new Set((await store.listEvents({ limit: 1_000 })).items.map(({ id }) => id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(server.log()).toContain('"msg":"stopped"');
}, 60_000);

const SLEEPER = `export const handlers = (receiver) => receiver.on('*', async ({ signal }) => {
  console.error('sleeping');
  await new Promise((done) => setTimeout(done, Number(process.env.SLEEP ?? 700)));
  console.error(signal.aborted ? 'aborted' : 'rested');
});`;

async function whileHandling(args: string[], sleep: string) {
  const folder = temporaryFolder();
  process.env['SLEEP'] = sleep;
  const server = await serve(folder.path, args, SLEEPER);
  const agent = new Agent();
  expect(await send(server.url, eventBody(), agent)).toBe(200);
  while (!server.log().includes('sleeping')) await new Promise((turn) => setTimeout(turn, 10));
  return { ...server, folder };
}

test('a handler that is under way is finished within the grace period', async () => {
  const { stop, log, store, folder } = await whileHandling(['--grace', '5'], '700');
  expect(await stop()).toBe(0);
  expect(log()).toContain('rested');
  {
    await using opened = createSqliteStore({ path: store, readOnly: true });
    expect((await opened.counts()).events.done).toBe(1);
  }
  folder[Symbol.dispose]();
}, 30_000);

test('one that takes longer is left to another process, and a second signal ends everything at once', async () => {
  const short = await whileHandling(['--grace', '1'], '20000');
  const began = performance.now();
  expect(await short.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  const long = await whileHandling(['--grace', '15'], '20000');
  long.child.kill('SIGTERM');
  while (!long.log().includes('"stopping"')) await new Promise((turn) => setTimeout(turn, 10));
  expect(await long.stop()).toBe(1);
  short.folder[Symbol.dispose]();
  long.folder[Symbol.dispose]();
}, 60_000);
