import { expect, test } from 'vitest';
import type { ChaosOptions } from '../../../src/emulator/index.ts';
import { createReceiver } from '../../../src/receiver/index.ts';
import { compareMirror } from '../../../src/scenarios/receive.ts';
import { createSqliteStore } from '../../../src/store/sqlite/index.ts';
import { control } from '../http.ts';
import { SEEDS } from '../property.ts';
import { NOW, start } from '../sdk.ts';

const DAY = 86_400;
const SECRET = 'whsec_chaos000000000000000000000000';
const HOOK = { url: 'http://127.0.0.1:9/payments/webhook/', secret: SECRET };

/** A world with an endpoint that answers 200 and remembers in which order customers were told of. */
function listening(chaos: ChaosOptions | null = null) {
  const heard: string[] = [];
  const send = async (request: Request) => {
    heard.push(((await request.json()) as { data: { object: { name: string } } }).data.object.name);
    return new Response();
  };
  const open = start({ webhooks: [{ ...HOOK, send }] });
  open.chaos(chaos);
  const create = async (count: number) => {
    const names = Array.from({ length: count }, (_, i) => `customer ${i}`);
    await Promise.all(names.map((name) => open.stripe.customers.create({ name })));
    await open.settled();
    return names;
  };
  return { ...open, heard, create };
}

test('without it, everything arrives once, at once and in order', async () => {
  const { heard, create, chaos } = listening();
  expect(chaos()).toBeNull();
  expect(heard).toEqual(await create(50));
});

test('duplicates: each arrives twice, and counts once', async () => {
  const { heard, create, queue, world } = listening({ duplicate: 1 });
  const names = await create(20);
  expect(heard.toSorted()).toEqual([...names, ...names].toSorted());
  expect(queue.log.every(({ state, attempts }) => state === 'delivered' && attempts.length === 2)).toBe(true);
  expect(world.log.all.every(({ pending }) => pending === 0)).toBe(true);
});

test('reordering: all arrive, not in the order in which they were told', async () => {
  const { heard, create } = listening({ reorder: 0.5, seed: 'a' });
  const names = await create(50);
  expect(heard).not.toEqual(names);
  expect(heard.toSorted()).toEqual(names.toSorted());
});

test('delay: they come later, by the world’s clock', async () => {
  const { heard, create, queue, time } = listening({ delay: 1, delaySeconds: 60 });
  const names = await create(20);
  expect(heard).toEqual([]);
  const times = queue.log.map(({ nextAt }) => nextAt! - NOW);
  expect(Math.min(...times)).toBeGreaterThan(0);
  expect(Math.max(...times)).toBeLessThanOrEqual(60);
  await time.advance(NOW + 60);
  expect(heard.toSorted()).toEqual(names.toSorted());
});

test('drops: what is lost, or whose answer is, comes again at its time, and never is lost for good', async () => {
  const { heard, create, queue, time } = listening({ drop: 1, seed: 'a' });
  const names = await create(20);
  const kinds = queue.log.map(({ attempts }) => attempts[0]!.chaos);
  expect(new Set(kinds)).toEqual(new Set(['drop_request', 'drop_answer']));
  expect(heard).toHaveLength(kinds.filter((kind) => kind === 'drop_answer').length);
  await time.advance(NOW + 3 * DAY);
  expect(new Set(heard)).toEqual(new Set(names));
  expect(queue.log.every(({ state }) => state === 'delivered')).toBe(true);
});

test('slowness: requests take longer, in wall time', async () => {
  const waits: number[] = [];
  const after = (ms: number, wake: () => void) => {
    // What is longer is the patience with the endpoint.
    if (ms <= 50) queueMicrotask(() => (waits.push(ms), wake()));
    return () => {};
  };
  const clock = { now: () => NOW * 1000, after };
  const { stripe, settled, chaos, queue } = start({ clock, webhooks: [{ ...HOOK, send: async () => new Response() }] });
  chaos({ slow: 1, slowMs: 50 });
  await Promise.all(Array.from({ length: 20 }, () => stripe.customers.create({})));
  await settled();
  expect(waits).toHaveLength(20);
  expect(Math.min(...waits)).toBeGreaterThan(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(50);
  expect(queue.log.every(({ state }) => state === 'delivered')).toBe(true);
});

test('a seed makes the same chaos again', async () => {
  const fates = async (seed: string) => {
    const { queue, create } = listening({ duplicate: 0.3, reorder: 0.3, drop: 0.3, delay: 0.2, seed });
    await create(30);
    return queue.log.map(({ attempts, nextAt }) => [attempts.map(({ chaos }) => chaos ?? 'none').toSorted(), nextAt]);
  };
  expect(await fates('a')).toEqual(await fates('a'));
  expect(await fates('a')).not.toEqual(await fates('b'));
});

test.each([{ duplicate: 1.5 }, { drop: -1 }, { drop: 'often' }, { loss: 0.5 }, { slowMs: -5 }, { seed: 7 }])(
  '%o is refused, and leaves everything as it was',
  async (options) => {
    const { emulator } = start();
    await control(emulator, 'POST /chaos', { duplicate: 0.5 });
    expect((await control(emulator, 'POST /chaos', options)).status).toBe(400);
    expect((await control(emulator, 'GET /chaos')).body).toEqual({ chaos: { duplicate: 0.5 } });
  },
);

test('by the control route, for one world; an empty body, DELETE and a reset end it', async () => {
  const { emulator } = start();
  const set = async () => (await control(emulator, 'GET /chaos')).body['chaos'];
  const begin = () => control(emulator, 'POST /chaos', { drop: 0.5 });
  for (const end of ['POST /chaos', 'DELETE /chaos', 'POST /reset']) {
    await begin();
    expect(await set()).toEqual({ drop: 0.5 });
    expect((await control(emulator, 'GET /chaos', undefined, 'sk_test_other')).body).toEqual({ chaos: null });
    await control(emulator, end);
    expect(await set()).toBeNull();
  }
});

test.each(SEEDS)('under all of it at once, a receiver ends up with the truth (seed %i)', async (seed) => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const seen = new Map<string, number>();
  receiver.on('*', ({ event }) => void seen.set(event.id, (seen.get(event.id) ?? 0) + 1));
  const { stripe, time, world, chaos } = start({
    webhooks: [{ ...HOOK, send: (request) => receiver.fetch(request) }],
  });
  chaos({
    duplicate: 0.4,
    reorder: 0.4,
    delay: 0.3,
    drop: 0.4,
    slow: 0.2,
    slowMs: 2,
    delaySeconds: 7200,
    seed: `${seed}`,
  });
  for (let i = 0; i < 8; i++) {
    const customer = await stripe.customers.create({ source: 'tok_visa', name: `customer ${i}` });
    const charge = await stripe.charges.create({ amount: 2000, currency: 'usd', customer: customer.id });
    await time.advance(world.clock.now() + 600);
    await stripe.customers.update(customer.id, { name: 'renamed' });
    await stripe.refunds.create({ charge: charge.id, amount: 500 });
    await time.advance(world.clock.now() + 1800);
    await stripe.refunds.create({ charge: charge.id });
    if (i % 2) await stripe.customers.del(customer.id);
  }
  await time.advance(world.clock.now() + 60 * DAY);
  await receiver.drain();
  expect(world.log.all.filter(({ pending }) => pending > 0)).toEqual([]);
  expect(await compareMirror(store, world.log.truth())).toMatchObject({ equal: true, differences: [] });
  expect([...seen.values()].every((times) => times === 1)).toBe(true);
  expect(seen.size).toBe(world.log.all.length);
});
