import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { control } from '../http.ts';
import { fakeClock } from '../delivery/clocks.ts';
import { NOW, sdkFor, start, typesOf } from '../sdk.ts';
import { dump } from '../worlds.ts';

const DAY = 86_400;
type Open = ReturnType<typeof start>;

/** A life with things to come: a hold, a dispute, a subscription, one on a test clock, a delivery to be retried. */
async function life({ stripe, settled, time }: Open) {
  await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: NOW - 400 * DAY });
  for (const test_clock of [undefined, clock.id]) {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
      ...(test_clock && { test_clock }),
    });
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  }
  await time.advance(NOW + DAY);
  await settled();
  return clock.id;
}

const failing = [
  { url: 'http://127.0.0.1:9/', secret: 'whsec_y', send: async () => new Response(null, { status: 500 }) },
];
const advance = ({ stripe, settled }: Open, clock: string, to: number) =>
  stripe.testHelpers.testClocks.advance(clock, { frozen_time: to }).then(settled);

test('a restored world is the one that was kept, down to the last retry', async () => {
  const open = start({ webhooks: failing });
  const clock = await life(open);
  const before = dump(open);
  const kept = await open.snapshots.take('before');
  expect(kept).toMatchObject({ name: 'before', at: NOW + DAY, events: open.world.log.all.length });
  await advance(open, clock, NOW - 350 * DAY);
  await open.time.advance(NOW + 60 * DAY);
  await open.stripe.customers.create({});
  expect(dump(open)).not.toBe(before);
  await open.snapshots.restore('before');
  expect(dump(open)).toBe(before);
  expect(open.world.clock.now()).toBe(NOW + DAY);
  expect(open.world.clock.frozen).toBe(true);
});

test('what was to come comes again, at the same moments, with other ids', async () => {
  const open = start({ webhooks: failing });
  const clock = await life(open);
  await open.snapshots.take('before');
  const from = open.world.log.all.length;
  const future = async () => {
    await advance(open, clock, NOW - 350 * DAY);
    await open.time.advance(NOW + 40 * DAY);
    return open.world.log.all.slice(from).map(({ event }) => event);
  };
  const first = await future();
  expect(first.length).toBeGreaterThan(20);
  await open.snapshots.restore('before');
  const second = await future();
  expect(second.map(({ type, created }) => [type, created])).toEqual(first.map(({ type, created }) => [type, created]));
  const ids = new Set(first.map(({ id }) => id));
  expect(second.filter(({ id }) => ids.has(id))).toEqual([]);
});

test('twice restored, ids differ each time; with a seed the whole repeats', async () => {
  const play = async () => {
    const open = start();
    await open.snapshots.take('empty');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await open.stripe.customers.create({})).id);
      await open.snapshots.restore('empty');
      expect((await open.stripe.customers.list()).data).toEqual([]);
    }
    return ids;
  };
  const first = await play();
  expect(new Set(first).size).toBe(3);
  expect(await play()).toEqual(first);
});

test('a time that flows goes on from the moment of the snapshot', async () => {
  const clock = fakeClock(NOW * 1000);
  const { stripe, snapshots, time, world } = start({ clock, frozenAt: undefined });
  await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
  await snapshots.take('held');
  await time.advance(NOW + 30 * DAY);
  expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.expired']);
  await snapshots.restore('held');
  expect(world.clock.now()).toBe(NOW);
  clock.tick((7 * DAY - 1) * 1000);
  expect(typesOf(world)).toEqual(['charge.succeeded']);
  clock.tick(1000);
  expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.expired']);
});

test('idempotency keys go with the world they belong to', async () => {
  const { stripe, snapshots } = start();
  const first = await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'one' });
  await snapshots.take('before');
  const second = await stripe.customers.create({ name: 'b' }, { idempotencyKey: 'two' });
  await snapshots.restore('before');
  expect((await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'one' })).id).toBe(first.id);
  expect((await stripe.customers.create({ name: 'b' }, { idempotencyKey: 'two' })).id).not.toBe(second.id);
});

test('by the control routes, for one world, within a bound', async () => {
  const { emulator, stripe } = start();
  const call = (route: string, body?: unknown, key?: string) => control(emulator, route, body, key);
  const { id } = await stripe.customers.create({});
  expect((await call('POST /snapshots', { name: 'one' })).body).toEqual({
    name: 'one',
    at: NOW,
    objects: 1,
    events: 1,
  });
  await stripe.customers.del(id);
  await call('POST /snapshots', { name: 'two' });
  expect((await call('GET /snapshots')).body).toMatchObject({ data: [{ name: 'one' }, { name: 'two', objects: 0 }] });
  expect((await call('GET /snapshots', undefined, 'sk_test_other')).body).toEqual({ data: [] });
  expect((await call('POST /snapshots/one/restore')).body).toMatchObject({ name: 'one' });
  expect(await stripe.customers.retrieve(id)).not.toHaveProperty('deleted');
  expect((await call('DELETE /snapshots/one')).body).toEqual({ name: 'one', deleted: true });
  for (const [route, body] of [
    ['POST /snapshots/one/restore'],
    ['DELETE /snapshots/one'],
    ['POST /snapshots', { name: '../escape' }],
    ['POST /snapshots', {}],
    ['POST /snapshots', { name: 'x', file: '/etc/passwd' }],
  ] as const)
    expect((await call(route, body)).status, `${route} ${JSON.stringify(body)}`).toBe(400);
  for (let i = 0; i < 19; i++) expect((await call('POST /snapshots', { name: `s${i}` })).status).toBe(200);
  expect((await call('POST /snapshots', { name: 'one-too-many' })).error['message']).toContain('drop one of two, s0');
  // The same name again is no more than before.
  expect((await call('POST /snapshots', { name: 'two' })).status).toBe(200);
});

test('in a folder, they outlive the process, and are for their owner alone', async () => {
  const snapshotFolder = mkdtempSync(join(tmpdir(), 'paybell-snapshots-'));
  try {
    const first = start({ webhooks: failing, snapshotFolder });
    const clock = await life(first);
    const before = dump(first);
    await first.snapshots.take('kept');
    const ids = new Set<string>();
    ids.add((await first.stripe.customers.create({})).id);
    await first.emulator.close();

    const second = start({ webhooks: failing, snapshotFolder });
    expect(second.snapshots.list()).toMatchObject([{ name: 'kept' }]);
    expect(second.emulator.open('sk_test_other').snapshots.list()).toEqual([]);
    await second.snapshots.restore('kept');
    expect(JSON.parse(dump(second))).toEqual(JSON.parse(before));
    expect(ids).not.toContain((await second.stripe.customers.create({})).id);
    await advance(second, clock, NOW - 350 * DAY);
    const file = join(snapshotFolder, 'world', 'kept.json');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 1 });
    second.snapshots.drop('kept');
    expect(readdirSync(join(snapshotFolder, 'world'))).toEqual([]);

    writeFileSync(file, '{"format":99}');
    expect(() => start({ snapshotFolder })).toThrow(/no snapshot that this version can read/);
    expect((await sdkFor(second.emulator, 'sk_test_b').customers.list()).data).toEqual([]);
  } finally {
    rmSync(snapshotFolder, { recursive: true });
  }
});
