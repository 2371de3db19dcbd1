import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/index.ts';
import { createReceiver, type BackfilledObject } from '../../src/receiver/index.ts';
import { LISTABLE, USUAL } from '../../src/receiver/catch-up/listable.ts';
import { pace } from '../../src/receiver/catch-up/pace.ts';
import { connect } from '../../src/scenarios/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { schema } from '../../src/stripe/schema.ts';
import { anEvent, delivery, NOW, SECRET, testClock } from './events.ts';

const KEY = 'sk_test_backfill1234567890';

async function setUp() {
  const clock = testClock();
  const store = createSqliteStore({ path: ':memory:' });
  const emulator = createEmulator({ clock });
  onTestFinished(() => emulator.close());
  const requests: string[] = [];
  const broken = { after: Infinity };
  const stripe = await connect((request) => {
    if (request.method === 'GET') requests.push(request.url.replace(/^.*\/v1/, ''));
    if (requests.length > broken.after) return Promise.reject(new TypeError('fetch failed'));
    return emulator.fetch(request);
  }, KEY);
  const receiver = createReceiver({ store, secrets: SECRET, clock, stripe });
  const customers = async (count: number, on = {}) => {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push((await stripe.customers.create({ description: `${i}` }, on)).id);
    return ids;
  };
  const mirrored = async (object: string, account = '') =>
    (await store.listObjects({ object, account, limit: 1_000 })).items.map(({ id }) => id);
  return { clock, store, stripe, receiver, requests, broken, customers, mirrored };
}

const fast = { perSecond: 1e9 };

test('the table names what the API lists without further parameters, at the paths where it does', () => {
  const mirrored = new Set(Object.keys(schema().objects));
  for (const { method, path, params, returns } of schema().operations) {
    if (method !== 'GET' || path.includes('{') || returns.kind !== 'list' || returns.of.kind !== 'ref') continue;
    const required = Object.values(params).some(({ optional }) => !optional);
    const [object] = returns.of.to as [string];
    if (required || !mirrored.has(object)) expect(LISTABLE).not.toHaveProperty([object]);
    else if (LISTABLE[object]) expect(LISTABLE[object].path).toBe(path);
    else expect(NOT_MIRRORED).toContain(object);
  }
  const paths = new Set(
    schema()
      .operations.filter(({ method }) => method === 'GET')
      .map(({ path }) => path),
  );
  expect(Object.values(LISTABLE).filter(({ path }) => !paths.has(path))).toEqual([]);
});

/** Lists of Stripe's own facts, and of what is no state of an account's objects. */
const NOT_MIRRORED = [
  'apps.install',
  'billing.feedback_option',
  'climate.product',
  'climate.supplier',
  'country_spec',
  'event',
  'exchange_rate',
  'product_catalog.trial_offer',
  'reporting.report_type',
  'tax_code',
  'three_d_secure.authentication',
  'webhook_endpoint',
];

test('pages of objects become the mirror; a later event wins, and no handler runs', async () => {
  const { receiver, customers, mirrored, requests, store, clock } = await setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.type));
  const ids = await customers(230);
  const progress: BackfilledObject[] = [];
  const report = await receiver.backfill({ ...fast, objects: ['customer'], onProgress: (one) => progress.push(one) });
  const whole = { object: 'customer', pages: 3, listed: 230, stored: 230, resumed: false, done: true, error: null };
  expect(report).toEqual({ complete: true, objects: [whole] });
  expect(progress.map(({ listed }) => listed)).toEqual([100, 200, 230]);
  expect(requests).toHaveLength(3);
  await receiver.drain();
  expect((await mirrored('customer')).toSorted()).toEqual(ids.toSorted());
  clock.advance(5_000);
  const newer = { id: ids[0]!, object: 'customer', description: 'newer' };
  await receiver.fetch(delivery(anEvent({ type: 'customer.updated', created: NOW + 5, object: newer })));
  await receiver.drain();
  expect(JSON.parse((await store.getObject('customer', ids[0]!))!.json)).toMatchObject({ description: 'newer' });
  expect(seen).toEqual(['customer.updated']);
});

test('interrupted by the network, it goes on behind the last page; the next one after the end is a new one', async () => {
  const { receiver, customers, mirrored, requests, broken } = await setUp();
  await customers(230);
  broken.after = 2;
  const first = await receiver.backfill({ ...fast, objects: ['customer', 'charge'] });
  expect(first).toMatchObject({
    complete: false,
    objects: [{ listed: 200, done: false, error: expect.stringContaining('no answer') }],
  });
  expect(first.objects).toHaveLength(1);
  broken.after = Infinity;
  const second = await receiver.backfill({ ...fast, objects: ['customer'] });
  expect(second).toMatchObject({ complete: true, objects: [{ listed: 30, resumed: true, done: true }] });
  await receiver.drain();
  expect(await mirrored('customer')).toHaveLength(230);
  requests.length = 0;
  expect(await receiver.backfill({ ...fast, objects: ['customer'] })).toMatchObject({
    objects: [{ listed: 230, resumed: false }],
  });
  expect(requests[0]).toBe('/customers?limit=100');
});

test('stopped in between, it goes on there, unless told to begin anew; what it stopped behind may be gone', async () => {
  const { receiver, customers, store } = await setUp();
  await customers(150);
  const stop = async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const report = await receiver.backfill({
      ...fast,
      objects: ['customer'],
      signal,
      onProgress: () => controller.abort(),
    });
    expect(report).toMatchObject({ complete: false, objects: [{ listed: 100, error: 'stopped before the end' }] });
  };
  await stop();
  const anew = await receiver.backfill({ ...fast, objects: ['customer'], restart: true });
  expect(anew.objects[0]).toMatchObject({ listed: 150, resumed: false });
  await stop();
  await store.writeNote('backfill platform customer', 'cus_gone');
  expect((await receiver.backfill({ ...fast, objects: ['customer'] })).objects[0]).toMatchObject({ listed: 150 });
});

test('on behalf of an account, into its own rows, with a place of its own to go on from', async () => {
  const { receiver, customers, mirrored, stripe, store } = await setUp();
  const stripeAccount = (await stripe.accounts.create()).id;
  const own = await customers(1);
  const theirs = await customers(2, { stripeAccount });
  await receiver.backfill({ ...fast, objects: ['customer'], account: stripeAccount, livemode: false });
  await receiver.drain();
  expect((await mirrored('customer', stripeAccount)).toSorted()).toEqual(theirs.toSorted());
  expect(await mirrored('customer')).toEqual([]);
  expect(await store.readNote(`backfill ${stripeAccount} test customer`)).toBe('');
  await receiver.backfill({ ...fast, objects: ['customer'] });
  await receiver.drain();
  expect(await mirrored('customer')).toEqual(own);
});

test('every usual list answers; an unknown one is named', async () => {
  const { receiver, requests } = await setUp();
  const report = await receiver.backfill(fast);
  expect(report.objects.map(({ object, error }) => [object, error])).toEqual(USUAL.map((object) => [object, null]));
  expect(requests).toContain('/subscriptions?status=all&limit=100');
  await expect(receiver.backfill({ objects: ['customers'] })).rejects.toMatchObject({ code: 'bad_option' });
  await expect(receiver.backfill({ perSecond: 0 })).rejects.toMatchObject({ code: 'bad_option' });
});

test('requests are spread over the time; a stop does not wait', async () => {
  const clock = testClock();
  const stopping = new AbortController();
  const turn = pace(4, clock, stopping.signal);
  const through: number[] = [];
  const all = [0, 1, 2, 3].map(async (n) => {
    await turn();
    through.push(n);
  });
  const settled = () => new Promise((done) => setImmediate(done));
  await settled();
  expect(through).toEqual([0]);
  clock.advance(249);
  await settled();
  expect(through).toEqual([0]);
  clock.advance(1);
  await settled();
  expect(through).toEqual([0, 1]);
  stopping.abort();
  await Promise.all(all);
  expect(through).toHaveLength(4);
});

test('a backfill keeps to its pace', async () => {
  const { receiver, customers, clock, requests } = await setUp();
  await customers(120);
  const filled = receiver.backfill({ perSecond: 1, objects: ['customer'] });
  for (const end = Date.now() + 300; Date.now() < end;) await new Promise((turn) => setImmediate(turn));
  expect(requests).toHaveLength(1);
  clock.advance(1_000);
  expect(await filled).toMatchObject({ complete: true });
  expect(requests).toHaveLength(2);
});
