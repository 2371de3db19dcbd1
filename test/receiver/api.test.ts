import Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createReceiver, type EventSource, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { aCharge, anEvent, bodyOf, delivery, post, SECRET, testClock, type TestEvent } from './events.ts';

/** The API: knows some events, and may be out of order. */
function api(...events: JsonObject[]) {
  const asked: { id: string; account: string | undefined }[] = [];
  const failures: object[] = [];
  const source: EventSource = {
    events: {
      async retrieve(id, _parameters, options) {
        asked.push({ id, account: options?.stripeAccount });
        const failure = failures.shift();
        if (failure) throw failure;
        const found = events.find(
          (event) => event['id'] === id && (event['account'] ?? undefined) === options?.stripeAccount,
        );
        if (!found) throw Object.assign(new Error('No such event'), { statusCode: 404 });
        // Asked on behalf of an account, Stripe leaves the account out, and by now nobody is still to be served.
        const { account: _, ...copy } = found;
        return { ...copy, pending_webhooks: 0 };
      },
    },
  };
  return { source, asked, failures };
}

function setUp(source: EventSource, options: Partial<ReceiverOptions<unknown>> = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const seen: { id: string; amount: unknown }[] = [];
  const receiver = createReceiver({ store, stripe: source, clock, ...options }).on('*', ({ event, object }) => {
    seen.push({ id: event.id, amount: (object as JsonObject)['amount'] });
  });
  return { store, clock, seen, receiver };
}

const tampered = (event: TestEvent): Buffer =>
  bodyOf({ ...event, data: { object: { ...event.data.object, amount: 1 } } });

test('an unsigned delivery is answered at once, asked about, and then processed', async () => {
  const event = anEvent({ account: 'acct_1' });
  const { source, asked } = api(event);
  const { store, receiver, seen } = setUp(source);
  expect((await receiver.fetch(post(bodyOf(event)))).status).toBe(200);
  expect(asked).toEqual([]);
  expect(await store.getEvent(event.id)).toMatchObject({ valid: null, state: 'pending' });
  await receiver.drain();
  expect(asked).toEqual([{ id: event.id, account: 'acct_1' }]);
  expect(await store.getEvent(event.id)).toMatchObject({ valid: true, state: 'done', proof: 'api', account: 'acct_1' });
  expect(seen).toEqual([{ id: event.id, amount: 2000 }]);
});

test('a tampered copy of a real event is stored with valid false and not processed, before the real one or after it', async () => {
  const event = anEvent();
  const { source } = api(event);
  const { store, receiver, seen } = setUp(source);
  await receiver.fetch(post(tampered(event)));
  await receiver.drain();
  await receiver.fetch(post(bodyOf(event)));
  await receiver.drain();
  await receiver.fetch(post(Buffer.concat([tampered(event), Buffer.from(' ')])));
  await receiver.drain();
  expect(seen).toEqual([{ id: event.id, amount: 2000 }]);
  const { items } = await store.listEvents();
  expect(items.map(({ valid, state, reason }) => ({ valid, state, reason }))).toEqual([
    { valid: false, state: 'refused', reason: 'differs from the API: content' },
    { valid: true, state: 'done', reason: null },
    { valid: false, state: 'refused', reason: 'differs from the API: content' },
  ]);
});

test('a forged body in the same turn as the real one swallows nothing', async () => {
  const event = anEvent();
  const { source } = api(event);
  const { store, receiver, seen } = setUp(source);
  await Promise.all([receiver.fetch(post(tampered(event))), receiver.fetch(post(bodyOf(event)))]);
  await receiver.drain();
  expect(seen).toEqual([{ id: event.id, amount: 2000 }]);
  expect((await store.listEvents({ valid: true })).items).toHaveLength(1);
  expect((await store.listEvents({ valid: false })).items).toHaveLength(1);
});

test('a body made to look like another event to a quick reader is stored as what it says to a parser', async () => {
  const event = anEvent({ id: 'evt_real' });
  const { source } = api(event);
  const { store, receiver, seen } = setUp(source);
  const text = JSON.stringify(event);
  const at = text.indexOf('"livemode"');
  await receiver.fetch(post(Buffer.from(`${text.slice(0, at)}"id":"evt_other",${text.slice(at)}`)));
  expect((await store.listEvents()).items.map(({ id }) => id)).toEqual(['evt_other']);
  await receiver.drain();
  expect(seen).toEqual([]);
});

test('an event id that was invented is valid false', async () => {
  const { source } = api();
  const { store, receiver, seen } = setUp(source);
  await receiver.fetch(post(bodyOf(anEvent({ id: 'evt_invented' }))));
  await receiver.drain();
  expect(seen).toEqual([]);
  expect(await store.getEvent('evt_invented')).toMatchObject({
    valid: false,
    state: 'refused',
    reason: 'unknown to the API',
  });
});

test.each<[string, (event: TestEvent) => JsonObject]>([
  ['type', (event) => ({ ...event, type: 'charge.failed' })],
  ['livemode', (event) => ({ ...event, livemode: true })],
  ['created', (event) => ({ ...event, created: event.created + 1 })],
  ['objectId', (event) => ({ ...event, data: { object: { ...event.data.object, id: 'ch_other' } } })],
  ['object', (event) => ({ ...event, data: { object: { ...event.data.object, object: 'refund' } } })],
])('%s must be the API’s, whatever the API version', async (field, change) => {
  const event = anEvent();
  const { source } = api(event);
  const { store, receiver } = setUp(source);
  await receiver.fetch(post(bodyOf({ ...change(event), api_version: '2024-06-20' })));
  await receiver.drain();
  expect(await store.getEvent(event.id)).toMatchObject({ valid: false, reason: `differs from the API: ${field}` });
});

test('in another API version the content may differ, and the API’s is what is processed', async () => {
  const event = anEvent();
  const { source } = api(event);
  const { store, receiver, seen } = setUp(source);
  const older = {
    ...event,
    api_version: '2024-06-20',
    data: { object: aCharge({ id: event.data.object['id']!, amount: 1 }) },
  };
  await receiver.fetch(post(bodyOf(older)));
  await receiver.drain();
  expect(seen).toEqual([{ id: event.id, amount: 2000 }]);
  const detail = (await store.getEvent(event.id))!;
  expect(Buffer.from(detail.payload)).toEqual(bodyOf(older));
  expect((JSON.parse(Buffer.from(detail.verified!).toString()) as TestEvent).api_version).toBe(event.api_version);
});

test('key order and pending_webhooks are no difference', async () => {
  const event = anEvent();
  const { source } = api(event);
  const { store, receiver } = setUp(source);
  const turned = Object.fromEntries(Object.entries({ ...event, pending_webhooks: 7 }).toReversed());
  await receiver.fetch(post(bodyOf(turned)));
  await receiver.drain();
  expect(await store.getEvent(event.id)).toMatchObject({ valid: true, state: 'done' });
});

test.each([
  ['401', { statusCode: 401, message: 'Invalid API Key' }],
  ['403', { statusCode: 403, message: 'No access' }],
  ['429', { statusCode: 429, message: 'Too many' }],
  ['500', { statusCode: 500, message: 'Oops' }],
  ['no answer', new Error('ECONNREFUSED')],
])('%s says nothing yet: asked again later', async (name, failure) => {
  const event = anEvent({ account: 'acct_1' });
  const { source, asked, failures } = api(event);
  failures.push(failure, failure);
  const { store, receiver, clock, seen } = setUp(source);
  await receiver.fetch(post(bodyOf(event)));
  await receiver.drain();
  const waiting = (await store.getEvent(event.id))!;
  expect(waiting).toMatchObject({ valid: null, state: 'pending' });
  expect(waiting.reason).toContain(name);
  await receiver.drain();
  expect(asked).toHaveLength(1);
  clock.advance(2_000);
  await receiver.drain();
  clock.advance(4_000);
  await receiver.drain();
  expect(asked).toHaveLength(3);
  expect(seen).toHaveLength(1);
  expect(await store.getEvent(event.id)).toMatchObject({ valid: true, state: 'done', reason: null });
});

test('an API that never answers is given up on after three days', async () => {
  const event = anEvent();
  const { source } = api();
  source.events.retrieve = () => Promise.reject(new Error('down'));
  const { store, receiver, clock } = setUp(source);
  await receiver.fetch(post(bodyOf(event)));
  for (let hour = 0; hour < 80; hour += 1) {
    await receiver.drain();
    clock.advance(3_600_000);
  }
  expect(await store.getEvent(event.id)).toMatchObject({ valid: null, state: 'dead' });
});

test('an account that withdrew its access cannot be asked, and that proves that it did', async () => {
  const gone = (id: string, type = 'account.application.deauthorized') =>
    anEvent({ id, type, account: 'acct_1', object: { id: 'ca_1', object: 'application', name: 'x' } });
  const { source, failures } = api();
  const { store, receiver } = setUp(source);
  failures.push({ statusCode: 403, message: 'Application access may have been revoked.' });
  await receiver.fetch(post(bodyOf(gone('evt_gone'))));
  await receiver.drain();
  expect(await store.getEvent('evt_gone')).toMatchObject({
    valid: true,
    state: 'done',
    proof: 'api: access withdrawn',
  });

  // The account can be asked and does not know it: someone made it up. And a wrong key of ours proves nothing.
  await receiver.fetch(post(bodyOf(gone('evt_forged'))));
  await receiver.drain();
  expect(await store.getEvent('evt_forged')).toMatchObject({ valid: false });
  failures.push({ statusCode: 401, message: 'Invalid API Key' });
  await receiver.fetch(post(bodyOf(gone('evt_later'))));
  await receiver.drain();
  expect(await store.getEvent('evt_later')).toMatchObject({ valid: null });
  failures.push({ statusCode: 403, message: 'no access' });
  await receiver.fetch(post(bodyOf(gone('evt_other', 'account.updated'))));
  await receiver.drain();
  expect(await store.getEvent('evt_other')).toMatchObject({ valid: null });
});

test('with both policies a signature is asked for first, and the API has the last word', async () => {
  const event = anEvent();
  const { source, asked } = api(event);
  const { store, receiver, seen } = setUp(source, { secrets: SECRET, verify: 'both' });
  expect((await receiver.fetch(post(bodyOf(event)))).status).toBe(400);
  expect((await receiver.fetch(delivery(tampered(event)))).status).toBe(200);
  expect((await receiver.fetch(delivery(event))).status).toBe(200);
  await receiver.drain();
  expect(asked.length).toBeGreaterThan(0);
  expect(seen).toEqual([{ id: event.id, amount: 2000 }]);
  expect((await store.listEvents()).items.map(({ valid }) => valid)).toEqual([true, false]);
});

test('one event redelivered and verified is one event, counted', async () => {
  const event = anEvent();
  const { source, asked } = api(event);
  const { store, receiver, seen } = setUp(source);
  await receiver.fetch(post(bodyOf(event)));
  await receiver.fetch(post(bodyOf({ ...event, pending_webhooks: 3 })));
  await receiver.drain();
  await receiver.fetch(post(bodyOf({ ...event, pending_webhooks: 4 })));
  await receiver.drain();
  expect(seen).toHaveLength(1);
  expect((await store.listEvents()).items.map(({ deliveries }) => deliveries)).toEqual([3]);
  expect(asked.length).toBeLessThan(3);
});

test('events proven false are bounded in number and size', async () => {
  const { source } = api();
  const { store, receiver } = setUp(source);
  const forged = (i: number) =>
    anEvent({ id: `evt_forged${i}`, object: aCharge({ description: 'x'.repeat(i === 1020 ? 40_000 : 1) }) });
  for (let i = 0; i <= 1020; i += 1) await receiver.fetch(post(bodyOf(forged(i))));
  await receiver.drain();
  expect((await store.counts()).events.refused).toBe(1000);
  expect((await store.getEvent('evt_forged1020'))!.payload.length).toBe(16_384);
  expect(await store.getEvent('evt_forged3')).toBeUndefined();
});

test('an official SDK instance fits', () => {
  const stripe: EventSource = new Stripe('sk_test_offline');
  expect(typeof stripe.events.retrieve).toBe('function');
});
