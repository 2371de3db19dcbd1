import { expect, test } from 'vitest';
import { fakeClock } from '../delivery/clocks.ts';
import { NOW, sdkFor, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;

async function life(stripe: ReturnType<typeof sdkFor>, advance: () => Promise<void>) {
  const customer = await stripe.customers.create({ source: 'tok_visa' }, { idempotencyKey: 'a' });
  await stripe.charges.create({ amount: 700, currency: 'usd', customer: customer.id }, { idempotencyKey: 'b' });
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' }, { idempotencyKey: 'c' });
  await advance();
}

test('with a seed, the same calls give the same world to the letter', async () => {
  const play = async (seed: string, key = 'sk_test_world') => {
    const open = start({ seed }, key);
    await life(open.stripe, () => open.time.advance(NOW + 10 * DAY));
    return dump(open);
  };
  expect(await play('one')).toBe(await play('one'));
  expect(await play('one')).not.toBe(await play('two'));
  expect(await play('one')).not.toBe(await play('one', 'sk_test_other'));
});

test('without one, ids are never the same', async () => {
  const ids = new Set<string>();
  for (let i = 0; i < 5; i++) ids.add((await start({ seed: undefined }).stripe.customers.create({})).id);
  expect(ids.size).toBe(5);
});

test('a reset empties the world and begins an epoch with other ids, which repeat as well', async () => {
  const ids = async () => {
    const open = start();
    const told: string[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      await life(open.stripe, () => open.time.advance(NOW + DAY));
      told.push(...open.world.log.all.map(({ event }) => event.id));
      open.reset();
      expect(open.world.log.all).toEqual([]);
      expect((await open.stripe.customers.list()).data).toEqual([]);
      expect((await open.stripe.balance.retrieve()).pending[0]!.amount).toBe(0);
      expect(open.world.nextDue()).toBeUndefined();
    }
    return told;
  };
  const first = await ids();
  expect(new Set(first).size).toBe(first.length);
  expect(await ids()).toEqual(first);
});

test('what time had in store before a reset never happens', async () => {
  const { stripe, reset, time, world } = start();
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' });
  reset();
  await time.advance(NOW + 30 * DAY);
  expect(world.log.all).toEqual([]);
});

test('two hundred worlds at once never see each other', async () => {
  const { emulator } = start({ webhooks: [] });
  const names = Array.from({ length: 200 }, (_, i) => `sk_test_parallel${i}`);
  await Promise.all(
    names.map(async (key, i) => {
      const stripe = sdkFor(emulator, key);
      const { time } = emulator.open(key);
      await stripe.customers.create({ name: key, metadata: { at: String(i) } });
      await life(stripe, () => time.advance(NOW + (i + 1) * 60));
    }),
  );
  const ids = new Set<string>();
  for (const [i, key] of names.entries()) {
    const stripe = sdkFor(emulator, key);
    const { world } = emulator.open(key);
    expect((await stripe.customers.list({ limit: 100 })).data.map(({ name }) => name)).toEqual([null, key]);
    expect(world.clock.now()).toBe(NOW + (i + 1) * 60);
    expect(typesOf(world).filter((type) => type === 'charge.succeeded')).toHaveLength(2);
    for (const { event } of world.log.all) ids.add(event.id);
  }
  expect(ids.size).toBe(names.reduce((sum, key) => sum + emulator.open(key).world.log.all.length, 0));
});

test('beyond the bound, the world idle for longest goes; the others stay', async () => {
  const { emulator } = start({ maxWorlds: 3 }, 'sk_test_a');
  const create = (key: string) => sdkFor(emulator, key).customers.create({});
  const { id } = await create('sk_test_a');
  const b = await create('sk_test_b');
  await create('sk_test_c');
  // Used again, so that b is now the oldest.
  await sdkFor(emulator, 'sk_test_a').customers.retrieve(id);
  await create('sk_test_d');
  expect((await sdkFor(emulator, 'sk_test_a').customers.retrieve(id)).id).toBe(id);
  expect(await refusal(sdkFor(emulator, 'sk_test_b').customers.retrieve(b.id))).toMatchObject({ statusCode: 404 });
});

test('a world that went no longer wakes, and sends nothing more', async () => {
  const clock = fakeClock(NOW * 1000);
  let sent = 0;
  const send = () => {
    sent++;
    return Promise.resolve(new Response(null, { status: 500 }));
  };
  const webhooks = [{ url: 'http://127.0.0.1:9/', secret: 'whsec_x', send }];
  const { emulator, stripe, world, queue } = start({ clock, frozenAt: undefined, maxWorlds: 1, webhooks }, 'sk_test_a');
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' });
  await queue.idle();
  expect([sent, clock.waiting]).toEqual([2, 1]);
  await sdkFor(emulator, 'sk_test_b').balance.retrieve();
  expect(clock.waiting).toBe(0);
  clock.tick(10 * DAY * 1000);
  expect(sent).toBe(2);
  expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.dispute.created']);
});

test('what should happen and fails is told, and stops nothing else', async () => {
  const clock = fakeClock(NOW * 1000);
  const { stripe, world, time } = start({ clock, frozenAt: undefined });
  await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' });
  // The books are broken for the dispute, and only for it.
  const row = world.tables.of('', 'charge').get((await stripe.disputes.list()).data[0]!.charge as string)!;
  const { data } = await stripe.disputes.list();
  const dispute = world.tables.of('', 'dispute').get(data[0]!.id)!;
  const object = { ...dispute.object, balance_transactions: 7 } as never;
  world.tables.of('', 'dispute').put({ ...dispute, object });
  const warnings: Error[] = [];
  // Node's own listener would print it among the results.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', (warning) => void warnings.push(warning));
  clock.tick(8 * DAY * 1000);
  await new Promise((done) => setImmediate(done));
  process.removeAllListeners('warning');
  for (const listener of listeners) process.on('warning', listener);
  expect(warnings).toHaveLength(1);
  expect(typesOf(world)).toContain('charge.expired');
  expect(row.object).toMatchObject({ disputed: true });
  await expect(time.advance(world.clock.now() + 1)).resolves.toBeUndefined();
});
