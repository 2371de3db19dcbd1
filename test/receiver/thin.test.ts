import Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createReceiver, type EventSource, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, NOW, SECRET, testClock } from './events.ts';

/** An API that knows one customer, and may be out of order. */
function api(object: JsonObject = { id: 'cus_1', object: 'customer', name: 'fetched' }) {
  const asked: unknown[] = [];
  const failures: object[] = [];
  const source: EventSource = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    async rawRequest(method, path, _parameters, options) {
      asked.push([method, path, options]);
      const failure = failures.shift();
      if (failure) throw failure;
      return { ...object };
    },
  };
  return { source, asked, failures, object };
}

function setUp(options: Partial<ReceiverOptions<unknown>> = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const receiver = createReceiver({ secrets: SECRET, clock, store, ...options });
  const deliver = async (event: JsonObject) =>
    (await receiver.fetch(delivery(event, { at: Math.floor(clock.now() / 1000) }))).status;
  return { store, clock, receiver, deliver };
}

const notification = (id: string, parts: JsonObject = {}): JsonObject => ({
  id,
  object: 'v2.core.event',
  type: 'v1.customer.updated',
  created: new Date(NOW * 1000).toISOString(),
  livemode: false,
  related_object: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
  ...parts,
});

test('what a notification links to is fetched once, stored, mirrored and handed to the handler', async () => {
  const { source, asked } = api();
  const { store, receiver, deliver } = setUp({ stripe: source });
  const seen: unknown[] = [];
  receiver.on(
    'v1.customer.updated',
    ({ event, object, current }) => void seen.push([event.id, object?.['name'], current?.['name']]),
  );
  expect(await deliver(notification('evt_1'))).toBe(200);
  expect(await deliver(notification('evt_1'))).toBe(200);
  await receiver.drain();
  expect(seen).toEqual([['evt_1', 'fetched', 'fetched']]);
  expect(asked).toEqual([['GET', '/v1/customers/cus_1', {}]]);
  expect(await store.getObject('customer', 'cus_1')).toMatchObject({ created: NOW, deleted: false, ambiguous: false });
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
});

test('a retry and a replay do not fetch again', async () => {
  const { source, asked, object } = api();
  const { clock, receiver, deliver } = setUp({ stripe: source });
  const seen: unknown[] = [];
  receiver.on('*', ({ object: shown, attempt }) => {
    seen.push((shown as JsonObject)['name']);
    if (attempt === 1 && seen.length === 1) throw new Error('again');
  });
  await deliver(notification('evt_1'));
  await receiver.drain();
  object['name'] = 'changed since';
  clock.advance(60_000);
  await receiver.drain();
  await receiver.replay({ id: 'evt_1' });
  await receiver.drain();
  expect(seen).toEqual(['fetched', 'fetched', 'fetched']);
  expect(asked).toHaveLength(1);
});

test('notifications of one object that wait together cost one request', async () => {
  const { source, asked } = api();
  const { receiver, deliver } = setUp({ stripe: source });
  const seen: string[] = [];
  receiver.on('*', ({ event, object }) => void seen.push(`${event.id} ${(object as JsonObject)['name']}`));
  for (const id of ['evt_1', 'evt_2', 'evt_3']) await deliver(notification(id));
  await receiver.drain();
  expect(seen.toSorted()).toEqual(['evt_1 fetched', 'evt_2 fetched', 'evt_3 fetched']);
  expect(asked).toHaveLength(1);
});

test('a notification that comes after the last request is worth another', async () => {
  const { source, asked } = api();
  const { receiver, deliver, clock } = setUp({ stripe: source });
  await deliver(notification('evt_1'));
  await receiver.drain();
  clock.advance(5_000);
  await deliver(notification('evt_2'));
  await receiver.drain();
  expect(asked).toHaveLength(2);
});

test.each([
  ['429', { statusCode: 429, message: 'Too many' }],
  ['500', { statusCode: 500, message: 'Oops' }],
  ['no answer', new Error('ECONNRESET')],
])('after %s it is fetched again later, and later events of its handlers wait', async (name, failure) => {
  const { source, asked, failures } = api();
  failures.push(failure);
  const { store, receiver, deliver, clock } = setUp({ stripe: source });
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.id));
  await deliver(notification('evt_1'));
  await deliver(
    anEvent({
      id: 'evt_2',
      type: 'customer.updated',
      created: NOW + 1,
      object: { id: 'cus_1', object: 'customer', name: 'x' },
    }),
  );
  await receiver.drain();
  expect(seen).toEqual([]);
  const waiting = (await store.getEvent('evt_1'))!;
  expect(waiting.state).toBe('retrying');
  expect(waiting.handlers[0]).toMatchObject({ state: 'retrying', attempts: 0, failures: 0 });
  expect(waiting.handlers[0]!.error).toContain(name);
  clock.advance(2_000);
  await receiver.drain();
  expect(seen).toEqual(['evt_1', 'evt_2']);
  expect(asked).toHaveLength(2);
});

test('what is not there any more, or no way to ask, is handled without an object', async () => {
  const { source, failures } = api();
  failures.push({ statusCode: 404, message: 'No such customer' });
  const { receiver, deliver } = setUp({ stripe: source });
  const without = setUp();
  const seen: unknown[] = [];
  for (const one of [receiver, without.receiver]) one.on('v1.customer.updated', ({ object }) => void seen.push(object));
  await deliver(notification('evt_1'));
  await receiver.drain();
  await without.deliver(notification('evt_1'));
  await without.receiver.drain();
  expect(seen).toEqual([undefined, undefined]);
});

test('a notification without a related object, or with a link that leads elsewhere, is never asked about', async () => {
  const { source, asked } = api();
  const { store, receiver, deliver } = setUp({ stripe: source });
  const seen: unknown[] = [];
  receiver.on('*', ({ event, object }) => void seen.push([event.id, object]));
  await deliver(notification('evt_ping', { type: 'v2.core.event_destination.ping', related_object: null }));
  await deliver(notification('evt_evil', { related_object: { id: 'x', type: 'y', url: 'https://evil.example/v1/x' } }));
  await deliver(notification('evt_dots', { related_object: { id: 'z', type: 'y', url: '/v1/../x' } }));
  await receiver.drain();
  expect(seen).toHaveLength(3);
  expect(asked).toEqual([]);
  expect((await store.listObjects()).items).toEqual([]);
});

test('a notification of a connected account is scoped to it and asked about in its context', async () => {
  const { source, asked } = api();
  const { store, receiver, deliver } = setUp({ stripe: source });
  await deliver(notification('evt_1', { context: 'org_1/acct_7' }));
  await receiver.drain();
  expect(asked).toEqual([['GET', '/v1/customers/cus_1', { stripeContext: 'org_1/acct_7' }]]);
  expect(await store.getObject('customer', 'cus_1', 'acct_7')).toMatchObject({ account: 'acct_7' });
});

test('a fetched object is as of the time its request began: a later event wins, an earlier one loses', async () => {
  const { source } = api();
  const { store, receiver, deliver, clock } = setUp({ stripe: source });
  const snapshot = (id: string, created: number) =>
    anEvent({ id, type: 'customer.updated', created, object: { id: 'cus_1', object: 'customer', name: id } });
  clock.advance(10_000);
  await deliver(notification('evt_1'));
  await receiver.drain();
  const name = async () => (JSON.parse((await store.getObject('customer', 'cus_1'))!.json) as JsonObject)['name'];
  await deliver(snapshot('evt_before', NOW + 9));
  await receiver.drain();
  expect(await name()).toBe('fetched');
  await deliver(snapshot('evt_after', NOW + 11));
  await receiver.drain();
  expect(await name()).toBe('evt_after');
});

test('where the API is to confirm, a notification is asked for where notifications are', async () => {
  const real = notification('evt_1');
  const asked: string[] = [];
  const stripe: EventSource = {
    events: { retrieve: () => Promise.reject(Object.assign(new Error('no such event'), { statusCode: 404 })) },
    async rawRequest(_method, path) {
      asked.push(path);
      if (path === '/v2/core/events/evt_1') return { ...real, reason: null, data: { more: true } };
      if (path.startsWith('/v2/core/events/')) throw Object.assign(new Error('not found'), { statusCode: 404 });
      return { id: 'cus_1', object: 'customer', name: 'fetched' };
    },
  };
  const { store, receiver, deliver } = setUp({ stripe, verify: 'both' });
  const seen: unknown[] = [];
  receiver.on('*', ({ event, object }) => void seen.push([event.id, (object as JsonObject)['name']]));
  await deliver(notification('evt_1', { type: 'v1.customer.deleted' }));
  await deliver(real);
  await deliver(notification('evt_made_up'));
  await receiver.drain();
  expect(seen).toEqual([['evt_1', 'fetched']]);
  expect(
    (await store.listEvents({ valid: false })).items.map(({ id, reason }) => `${id}: ${reason}`).toSorted(),
  ).toEqual(['evt_1: differs from the API: type', 'evt_made_up: unknown to the API']);
  expect(await store.getEvent('evt_1')).toMatchObject({ valid: true, proof: 'api', state: 'done' });
});

test('an official SDK instance can be asked for related objects', () => {
  const stripe: EventSource = new Stripe('sk_test_offline');
  expect(typeof stripe.rawRequest).toBe('function');
});
