import Stripe from 'stripe';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { createEmulator, listen, signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { NEWEST_VERSION } from '../../src/stripe/index.ts';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

const HANDLERS = `
import { appendFileSync } from 'node:fs';
export function handlers(receiver) {
  receiver.on('charge.succeeded', ({ event }) => appendFileSync(process.env.SEEN, event.id + '\\n'));
  receiver.on('charge.dispute.*', () => {});
}
`;
const SECRET = 'whsec_handlers00000000000000000000';

function files(folder: string) {
  const handlers = join(folder, 'handlers.mjs');
  writeFileSync(handlers, HANDLERS);
  const seen = join(folder, 'seen');
  writeFileSync(seen, '');
  return {
    handlers,
    seen,
    store: join(folder, 'paybell.db'),
    read: () => readFileSync(seen, 'utf8').trim().split('\n').filter(Boolean),
  };
}

test('serve --handlers runs a user’s file for what it receives', async () => {
  using folder = temporaryFolder();
  const { handlers, seen, store, read } = files(folder.path);
  const args = [BIN, 'serve', '--port', '0', '--store', store, '--secret', SECRET, '--handlers', handlers, '--json'];
  const server = await startProgram(args, /"path"[^}]*}/, { env: { SEEN: seen } });
  const { url } = JSON.parse(server.output()) as { url: string };
  const response = await fetch(signedRequest(eventBody(), { secret: SECRET, url: `${url}/payments/webhook/` }));
  expect(response.status).toBe(200);
  expect(await eventually(async () => (read().length ? read() : undefined))).toHaveLength(1);
  expect(await server.stop()).toBe(0);
}, 30_000);

test('worker --once processes what another process stored', async () => {
  using folder = temporaryFolder();
  const { handlers, seen, store, read } = files(folder.path);
  const opened = createSqliteStore({ path: store });
  const receiver = createReceiver({ store: opened, secrets: SECRET });
  for (let i = 0; i < 3; i++) await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  await receiver.close();
  await opened.close();
  process.env['SEEN'] = seen;
  const { code, stdout, stderr } = await paybell([
    'worker',
    '--once',
    '--store',
    store,
    '--handlers',
    handlers,
    '--json',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ events: { done: 3, pending: 0 } });
  expect(read()).toHaveLength(3);
}, 30_000);

test('a file without handlers is wrong usage, and says what it must export', async () => {
  using folder = temporaryFolder();
  const empty = join(folder.path, 'empty.mjs');
  writeFileSync(empty, 'export const nothing = 1;');
  const { code, stderr } = await paybell([
    'worker',
    '--once',
    '--store',
    join(folder.path, 'p.db'),
    '--handlers',
    empty,
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('export function handlers(receiver)');
}, 30_000);

test('endpoint plan and apply subscribe to what the handlers need, and nothing else', async () => {
  using folder = temporaryFolder();
  const { handlers } = files(folder.path);
  await using emulator = createEmulator();
  await using api = await listen(emulator);
  const url = 'https://shop.example/payments/webhook/';
  const args = [
    '--handlers',
    handlers,
    '--url',
    url,
    '--api-key',
    'sk_test_endpoint1234',
    '--api-base',
    api.url,
    '--json',
  ];
  const plan = await paybell(['endpoint', 'plan', ...args]);
  const wanted = [
    'charge.dispute.closed',
    'charge.dispute.created',
    'charge.dispute.funds_reinstated',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.succeeded',
  ];
  expect(JSON.parse(plan.stdout)).toMatchObject({ id: null, wanted, add: wanted, remove: [] });

  const applied = JSON.parse((await paybell(['endpoint', 'apply', ...args])).stdout) as {
    id: string;
    secret: string;
    applied: boolean;
  };
  expect(applied).toMatchObject({ applied: true, secret: expect.stringMatching(/^whsec_/) });
  const again = JSON.parse((await paybell(['endpoint', 'apply', ...args])).stdout) as object;
  expect(again).toMatchObject({ id: applied.id, applied: false, add: [], remove: [] });
}, 60_000);

test('endpoints are told apart: by their kind, else by their id; a new one speaks the version of the types', async () => {
  using folder = temporaryFolder();
  const { handlers } = files(folder.path);
  await using emulator = createEmulator();
  await using api = await listen(emulator);
  const url = 'https://shop.example/hooks';
  const key = 'sk_test_endpoint1234';
  const endpoint = (what: string, ...more: string[]) =>
    paybell(['endpoint', what, '--handlers', handlers, '--api-key', key, '--api-base', api.url, '--json', ...more]);
  const stripe = new Stripe(key, { host: '127.0.0.1', port: api.port, protocol: 'http', telemetry: false });

  const applied = async (...more: string[]) => JSON.parse((await endpoint('apply', ...more)).stdout) as { id: string };
  const own = await applied('--url', url);
  const connect = await applied('--url', url, '--connect');
  expect(connect).toMatchObject({ applied: true, secret: expect.stringMatching(/^whsec_/) });
  expect(connect.id).not.toBe(own.id);
  expect(await applied('--url', url, '--connect')).toMatchObject({ id: connect.id, applied: false });
  expect(await applied('--url', url)).toMatchObject({ id: own.id, applied: false });
  expect((await stripe.webhookEndpoints.retrieve(own.id)).api_version).toBe(NEWEST_VERSION);

  // Somebody else's, which may be of either kind.
  const other = await stripe.webhookEndpoints.create({ url: `${url}/`, enabled_events: ['charge.failed'] });
  const unclear = await endpoint('apply', '--url', url);
  expect(unclear.code).toBe(2);
  expect(unclear.stderr).toContain(`--endpoint: `);
  for (const { id } of [own, other]) expect(unclear.stderr).toContain(id);
  expect((await stripe.webhookEndpoints.retrieve(other.id)).enabled_events).toEqual(['charge.failed']);
  expect(await applied('--endpoint', other.id)).toMatchObject({ id: other.id, applied: true });
  const gone = await endpoint('plan', '--endpoint', 'we_none');
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no endpoint we_none') as string });

  expect((await endpoint('plan', '--endpoint', own.id, '--url', url)).stderr).toContain('Say --url or --endpoint');
  expect((await endpoint('plan', '--url', 'mailto:a@shop.example')).stderr).toContain('--url https://');

  const nothing = join(folder.path, 'nothing.mjs');
  writeFileSync(nothing, 'export const handlers = () => {};');
  const none = await paybell(['endpoint', 'apply', '--handlers', nothing, '--url', url, '--api-key', key]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('registers no handler') as string });
}, 60_000);
