import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { trigger } from '../../src/cli/commands/trigger.ts';
import type { Invocation } from '../../src/cli/define.ts';
import { createEmulator, listen } from '../../src/emulator/index.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { eventTypes, type CatalogueType, type EventPattern } from '../../src/stripe/index.ts';
import { serveReceiver } from './receiving.ts';
import { paybell, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_trigger000000000000000000000';

/** Runs the command in this process: its exit code and what it would print for machines. */
async function run(type: string, options: Invocation['options'] = {}) {
  let data: JsonObject = {};
  const out = { json: true, line: () => {}, data: (value: unknown) => void (data = value as JsonObject) };
  const code = await trigger.run({ words: [type], options: { set: [], allow: [], ...options }, out });
  return { code, data };
}

test('the 66 events of the first page: each in the catalogue, each arrives, is proven, and reaches its typed handler', async () => {
  const seed = eventTypes().filter(({ inSeed }) => inSeed);
  expect(seed).toHaveLength(66);
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const handled: string[] = [];
  // To the compiler, each name of the catalogue is a pattern; `invoice.paid` stands for whichever it is.
  [] as CatalogueType[] satisfies EventPattern[];
  for (const { type } of seed) receiver.on(type as 'invoice.paid', ({ event }) => void handled.push(event.type));
  await using server = await serveReceiver(receiver);
  for (const { type } of seed) {
    const { code, data } = await run(type, { to: server.url, secret: SECRET });
    expect({ type, code, status: data['status'] }).toEqual({ type, code: 0, status: 200 });
  }
  await receiver.drain();
  expect(handled.toSorted()).toEqual(seed.map(({ type }) => type).toSorted());
}, 60_000);

test('values can be replaced, and the event be of a connected account', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const seen: unknown[] = [];
  receiver.on('charge.succeeded', ({ event: { account, data } }) => {
    seen.push([account, data.object.amount, data.object.metadata]);
  });
  await using server = await serveReceiver(receiver);
  const { code } = await run('charge.succeeded', {
    to: server.url,
    secret: SECRET,
    account: 'acct_1032D82eZvKYlo2C',
    set: ['amount=31415', 'metadata.order=17'],
  });
  expect(code).toBe(0);
  await receiver.drain();
  expect(seen).toEqual([['acct_1032D82eZvKYlo2C', 31_415, { order: '17' }]]);
});

test('each time it is another event, unless a seed says otherwise', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  await using server = await serveReceiver(receiver);
  const ids = [];
  for (const seed of [undefined, undefined, 'a', 'a'])
    ids.push(
      ((await run('charge.failed', { to: server.url, secret: SECRET, seed })).data['event'] as JsonObject)['id'],
    );
  expect(new Set(ids).size).toBe(3);
});

test('a story that was written for longer months still comes to its end in a world whose months are shorter', async () => {
  // 22 November: the scenario counts 31 days to the second phase, and here it is 30.
  await using emulator = createEmulator({ seed: 'months', frozenAt: Date.UTC(2026, 10, 22, 14) / 1000 });
  await using server = await listen(emulator);
  const { code, data } = await run('subscription_schedule.completed', {
    emulator: server.url,
    key: 'sk_test_months000000',
  });
  expect(code).toBe(0);
  expect(data['event']).toMatchObject({ type: 'subscription_schedule.completed' });
});

test('in the world of a running local Stripe it really happens', async () => {
  await using emulator = createEmulator({ seed: 'trigger' });
  await using server = await listen(emulator);
  const { code, data } = await run('charge.refunded', { emulator: server.url, key: 'sk_test_there0000000' });
  expect(code).toBe(0);
  const { world } = emulator.open('sk_test_there0000000');
  const event = data['event'] as { id: string; data: { object: { id: string; refunded: boolean } } };
  expect(world.log.get(event.id)?.event.type).toBe('charge.refunded');
  expect(world.tables.of('', 'charge').get(event.data.object.id)?.object).toMatchObject({ refunded: true });
}, 30_000);

test('an endpoint that refuses is a failure (1), a wrong use is told (2), and nothing leaves this machine', async () => {
  using folder = temporaryFolder();
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: 'whsec_other0000000000000000000000' });
  await using server = await serveReceiver(receiver);
  expect((await run('invoice.paid', { to: server.url, secret: SECRET })).code).toBe(1);
  for (const [args, says] of [
    [['trigger', 'invoice.payed', '--secret', SECRET], 'Did you mean invoice.paid'],
    [['trigger', 'invoice.paid'], '--secret'],
    [['trigger', 'invoice.paid', '--secret', SECRET, '--to', 'https://example.com/'], '--allow example.com'],
    [['trigger', 'invoice.paid', '--secret', SECRET, '--to', server.url, '--set', 'nowhere=1'], "no 'nowhere'"],
    [['trigger', 'invoice.paid', '--key', 'sk_test_x', '--set', 'a=1'], '--set'],
  ] as const) {
    const { code, stderr } = await paybell([...args], { cwd: folder.path });
    expect({ args, code }).toEqual({ args, code: 2 });
    expect(stderr).toContain(says);
  }
}, 60_000);
