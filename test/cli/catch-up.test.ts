import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { createEmulator, listen, signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

const KEY = 'sk_test_catchup1234567890';
const SECRET = 'whsec_catchup00000000000000000000';
const HANDLERS = `
import { appendFileSync } from 'node:fs';
export function handlers(receiver) {
  receiver.on('charge.succeeded', ({ event }) => {
    appendFileSync(process.env.SEEN, event.id + '\\n');
    if (process.env.BROKEN) throw new Error('broken');
  });
  receiver.on('*', () => {}, { name: 'audit' });
}
`;

async function setUp() {
  const folder = temporaryFolder();
  const emulator = createEmulator();
  const api = await listen(emulator);
  onTestFinished(async () => {
    await api.close();
    await emulator.close();
    folder[Symbol.dispose]();
  });
  const stripe = new Stripe(KEY, { host: '127.0.0.1', port: api.port, protocol: 'http', telemetry: false });
  const handlers = join(folder.path, 'handlers.mjs');
  const seen = join(folder.path, 'seen');
  writeFileSync(handlers, HANDLERS);
  writeFileSync(seen, '');
  const store = join(folder.path, 'paybell.db');
  return {
    stripe,
    emulator,
    store,
    handlers,
    seen,
    read: () => readFileSync(seen, 'utf8').trim().split('\n').filter(Boolean),
    api: ['--store', store, '--api-key', KEY, '--api-base', api.url],
    charge: () => stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' }),
  };
}

/** A store with events that were received and, by a handler, handled. */
async function received(path: string, count: number) {
  const store = createSqliteStore({ path });
  const receiver = createReceiver({ store, secrets: SECRET });
  receiver.on('charge.succeeded', () => {}).on('*', () => {}, { name: 'audit' });
  for (let i = 0; i < count; i++) await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  await receiver.drain();
  await receiver.close();
  const { items } = await store.listEvents();
  await store.close();
  return items.map(({ id }) => id).toReversed();
}

test('events replay shows what would run, runs it, and refuses to replay everything by accident', async () => {
  const { store, handlers, seen, read } = await setUp();
  const ids = await received(store, 3);
  const replay = (...args: string[]) =>
    paybell(['events', 'replay', '--store', store, '--handlers', handlers, ...args], { env: { SEEN: seen } });

  const dry = await replay('--id', ids[0]!, '--id', ids[2]!, '--handler', 'charge.succeeded', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  expect(dry.stdout.trim().split('\n').toSorted()).toEqual(
    [
      '2 events, 2 runs of handlers would run.',
      ...[ids[0], ids[2]].map((id) => `${id}  charge.succeeded  →  charge.succeeded`),
    ].toSorted(),
  );
  expect(read()).toEqual([]);

  const one = await replay('--id', ids[1]!, '--handler', 'charge.succeeded', '--json');
  expect(JSON.parse(one.stdout)).toMatchObject({ dryRun: false, events: 1, runs: 1, ran: { handled: 1, failed: 0 } });
  expect(read()).toEqual([ids[1]]);

  const refused = await replay();
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--all');
  expect(read()).toHaveLength(1);
  expect(JSON.parse((await replay('--all', '--json')).stdout)).toMatchObject({ events: 3, runs: 6 });
  expect(read()).toHaveLength(4);
  const none = await replay('--since', '2020-01-01', '--until', '3d', '--type', 'charge.*', '--dry-run', '--json');
  expect(JSON.parse(none.stdout)).toMatchObject({ events: 0 });
  const recent = await replay('--since', '90m', '--state', 'done', '--dry-run', '--json');
  expect(JSON.parse(recent.stdout)).toMatchObject({ events: 3 });
}, 60_000);

test('events replay says when a handler fails, which handler does not exist, and which time is none', async () => {
  const { store, handlers, seen } = await setUp();
  const [id] = await received(store, 1);
  const replay = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    paybell(['events', 'replay', '--store', store, '--handlers', handlers, ...args], { env: { SEEN: seen, ...env } });
  const broken = await replay({ BROKEN: '1' }, '--id', id!, '--json');
  expect(broken.code).toBe(1);
  expect(JSON.parse(broken.stdout)).toMatchObject({ ran: { handled: 1, failed: 1 } });
  const unknown = await replay({}, '--all', '--handler', 'nope');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('registered here: charge.succeeded, audit');
  const time = await replay({}, '--since', 'yesterday');
  expect(time.code).toBe(2);
  expect(time.stderr).toContain('90m');
}, 60_000);

test('reconcile stores what never came, beside a running worker that handles it', async () => {
  const { stripe, store, handlers, seen, read, api, charge } = await setUp();
  const first = await paybell(['reconcile', ...api]);
  expect(first.code).toBe(2);
  expect(first.stderr).toContain('There is no store');
  const worker = await startProgram([BIN, 'worker', '--store', store, '--handlers', handlers, '--json'], /^}/m, {
    env: { SEEN: seen },
  });
  for (let i = 0; i < 3; i++) await charge();
  const account = (await stripe.accounts.create()).id;
  await stripe.charges.create({ amount: 100, currency: 'usd', source: 'tok_visa' }, { stripeAccount: account });
  const { code, stdout, stderr } = await paybell(['reconcile', ...api, '--account', account, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    complete: true,
    accounts: [{ account: '' }, { account, listed: 1, new: 1, livemode: false }],
  });
  await eventually(async () => (read().length === 4 ? true : undefined));
  const again = await paybell(['reconcile', ...api]);
  expect(again.stdout).toMatch(/^platform {2}0 new of \d+/);
  expect(await worker.stop()).toBe(0);
  const wrong = await paybell(['reconcile', '--store', store, '--api-key', KEY, '--api-base', 'http://127.0.0.1:1']);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain('not completed: API: no answer');
}, 60_000);

test('serve --reconcile asks at once, and needs a key', async () => {
  const { store, handlers, seen, read, api, charge } = await setUp();
  await charge();
  const common = [
    BIN,
    'serve',
    '--port',
    '0',
    '--secret',
    SECRET,
    '--handlers',
    handlers,
    '--json',
    '--reconcile',
    '15',
  ];
  const server = await startProgram([...common, ...api], /"path"[^}]*}/, { env: { SEEN: seen } });
  await eventually(async () => (read().length === 1 ? true : undefined));
  await eventually(async () => (server.log().includes('"new":1,"accounts":1') ? true : undefined));
  expect(await server.stop()).toBe(0);
  const { code, stderr } = await paybell([...common.slice(1), '--store', store], { env: { STRIPE_API_KEY: '' } });
  expect(code).toBe(2);
  expect(stderr).toContain('API key');
}, 60_000);

const counts = async (path: string) => {
  const store = createSqliteStore({ path, readOnly: true });
  try {
    return (await store.counts()).events;
  } finally {
    await store.close();
  }
};

test('backfill brings objects into the mirror, goes on after Ctrl-C, and names what it can list', async () => {
  const { stripe, store, api } = await setUp();
  for (let i = 0; i < 210; i++) await stripe.customers.create({ description: `${i}` });
  // At one page a second, it is stopped after the first.
  const slow = spawn(process.execPath, [BIN, 'backfill', 'customers', ...api, '--rate', '1', '--json']);
  let printed = '';
  slow.stdout.on('data', (data) => (printed += data));
  const ended = once(slow, 'close') as Promise<[number | null]>;
  await eventually(async () =>
    existsSync(store) &&
    (await counts(store)
      .then(({ pending }) => pending)
      .catch(() => 0)) > 0
      ? true
      : undefined,
  );
  slow.kill('SIGINT');
  expect((await ended)[0]).toBe(1);
  expect(JSON.parse(printed)).toMatchObject({
    complete: false,
    objects: [{ error: 'stopped before the end', done: false }],
  });
  const [{ listed: before }] = (JSON.parse(printed) as { objects: [{ listed: number }] }).objects;
  const rest = await paybell(['backfill', 'customers', ...api]);
  expect(rest.stdout).toContain(`customer  ${210 - before} listed, resumed`);

  const whole = await paybell(['backfill', 'customer', 'charges', ...api, '--json']);
  expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(whole.stdout)).toMatchObject({
    complete: true,
    objects: [{ object: 'customer', listed: 210 }, {}],
  });
  await paybell(['worker', '--once', '--store', store]);
  const opened = createSqliteStore({ path: store, readOnly: true });
  expect((await opened.listObjects({ object: 'customer', limit: 500 })).items).toHaveLength(210);
  await opened.close();
  const wrong = await paybell(['backfill', 'unicorns', ...api]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('payment_intent');
}, 60_000);

test('forget masks what mentions a customer; a server keeps fields masked when told to, and takes a retention', async () => {
  const { store, handlers, seen } = await setUp();
  const event = (n: number) =>
    eventBody().replace(
      '"amount": 2000',
      `"amount": 2000, "customer": "cus_9999${n}", "receipt_email": "a${n}@example.com"`,
    );
  const args = ['serve', '--port', '0', '--store', store, '--secret', SECRET, '--json', '--retention', '90'];
  const server = await startProgram([BIN, ...args, '--redact', 'description'], /"path"[^}]*}/, { env: { SEEN: seen } });
  const { url, path } = JSON.parse(server.output()) as { url: string; path: string };
  for (const n of [1, 2]) await fetch(signedRequest(event(n), { secret: SECRET, url: url + path }));
  await eventually(async () => ((await counts(store)).done === 2 ? true : undefined));
  const elsewhere = signedRequest(event(3), { secret: SECRET, url: `${url}/payments/webhoks/` });
  expect((await fetch(elsewhere)).status).toBe(404);
  expect(server.log()).toMatch(/no_endpoint.*webhoks\/\\"; this receiver's path is \/payments\/webhook\//);
  expect(await server.stop()).toBe(0);
  const text = async () => (await paybell(['events', 'list', '--store', store, '--json'])).stdout;
  const ids = (JSON.parse(await text()) as { events: { id: string }[] }).events.map(({ id }) => id);
  const bodies = async () =>
    (await Promise.all(ids.map((id) => paybell(['events', 'show', id, '--store', store])))).map(({ stdout }) => stdout);
  expect((await bodies()).filter((shown) => shown.includes('caf'))).toEqual([]);
  const forgotten = await paybell(['forget', 'cus_99991', '--store', store, '--json']);
  expect(JSON.parse(forgotten.stdout)).toEqual({ events: 1, objects: 1, refused: 0 });
  const again = await paybell(['forget', 'cus_99991', '--store', store]);
  expect(again.stdout).toContain('nothing stored mentions cus_99991, or it is masked already');
  expect((await bodies()).map((shown) => shown.includes('@example.com')).toSorted()).toEqual([false, true]);
  const wrong = await paybell(['worker', '--once', '--store', store, '--handlers', handlers, '--retention', '0']);
  expect(wrong.code).toBe(2);
}, 60_000);
