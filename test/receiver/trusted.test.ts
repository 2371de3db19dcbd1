import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, SECRET, testClock } from './events.ts';

function setUp() {
  const store = createSqliteStore({ path: ':memory:' });
  const receiver = createReceiver({ store, endpoints: [], clock: testClock() });
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.id));
  return { store, receiver, seen };
}

const trust = { trust: 'transport' } as const;
const bridge = (detail: unknown) => ({
  version: '0',
  'detail-type': 'charge.succeeded',
  source: 'aws.partner/stripe.com',
  detail,
});
const grid = (data: unknown) => ({ id: 'x', source: 'stripe', specversion: '1.0', data });

test('envelopes of EventBridge and Event Grid go through the same pipeline, proven by their transport', async () => {
  const { store, receiver, seen } = setUp();
  expect(await receiver.ingest(bridge(anEvent({ id: 'evt_1' })), trust)).toEqual(['stored']);
  expect(await receiver.ingest([grid(anEvent({ id: 'evt_2' })), grid(anEvent({ id: 'evt_1' }))], trust)).toEqual([
    'stored',
    'duplicate',
  ]);
  expect(await receiver.ingest(JSON.stringify(grid(anEvent({ id: 'evt_3' }))), trust)).toEqual(['stored']);
  await receiver.drain();
  expect(seen.toSorted()).toEqual(['evt_1', 'evt_2', 'evt_3']);
  expect(await store.getEvent('evt_1')).toMatchObject({
    valid: true,
    proof: 'transport',
    state: 'done',
    deliveries: 2,
  });
  expect((await receiver.status()).counters).toMatchObject({ received: 4, stored: 3, duplicates: 1 });
});

test.each([
  ['no trust', bridge(anEvent()), {}, /trust: 'transport'/],
  ['a bare event', anEvent(), trust, /bare event/],
  ['nothing inside', bridge(undefined), trust, /neither `detail`/],
  ['something else inside', bridge({ object: 'charge' }), trust, /no `object`/],
  ['an event without id', grid({ object: 'event', type: 'x.y' }), trust, /no `id`/],
  ['a question about the subscription', [{ data: { validationCode: 'abc' } }], trust, /validationCode/],
  ['no JSON', 'hello', trust, /not a JSON object/],
])('%s is refused with the name of what is missing, and nothing is stored', async (_, envelope, options, message) => {
  const { store, receiver } = setUp();
  const given = receiver.ingest(envelope, options as typeof trust);
  await expect(given).rejects.toMatchObject({ code: 'bad_envelope', message: expect.stringMatching(message) });
  expect((await store.listEvents()).items).toEqual([]);
});

test('one bad envelope of a list stores none of it', async () => {
  const { store, receiver } = setUp();
  await expect(receiver.ingest([grid(anEvent()), {}], trust)).rejects.toMatchObject({ code: 'bad_envelope' });
  expect((await store.listEvents()).items).toEqual([]);
});

test('a receiver without endpoints has no door', async () => {
  const { receiver } = setUp();
  expect((await receiver.fetch(delivery(anEvent()))).status).toBe(404);
});

test.each([{ endpoints: [] }, { secrets: SECRET }])(
  'what the policy refuses is refused from a queue, too: %j',
  async (way) => {
    const store = createSqliteStore({ path: ':memory:' });
    const receiver = createReceiver({ store, ...way, livemode: false, accounts: ['', 'acct_1'], clock: testClock() });
    const seen: string[] = [];
    receiver.on('*', ({ event }) => void seen.push(event.id));
    const list = [
      grid(anEvent({ id: 'evt_1' })),
      grid({ ...anEvent({ id: 'evt_2' }), livemode: true }),
      grid(anEvent({ id: 'evt_3', account: 'acct_2' })),
      grid(anEvent({ id: 'evt_1' })),
    ];
    expect(await receiver.ingest(list, trust)).toEqual(['stored', 'refused', 'refused', 'duplicate']);
    await receiver.drain();
    expect(seen).toEqual(['evt_1']);
    expect((await store.listRefused()).items.map(({ reason }) => reason)).toEqual(['wrong_account', 'wrong_mode']);
    expect((await receiver.status()).counters).toMatchObject({ received: 4, stored: 1, duplicates: 1, refused: 2 });
  },
);
