import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { EventSource } from '../../src/receiver/index.ts';
import { anEvent, delivery, NOW } from './events.ts';
import { setUp, ticking } from './set-up.ts';

/** An API that answers with a checkout session. */
function api(session: JsonObject) {
  const asked: string[] = [];
  const source: EventSource = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    async rawRequest(_method, path, _parameters, options) {
      asked.push(`${path}${options?.stripeAccount ?? ''}`);
      await new Promise((resolve) => setImmediate(resolve));
      return session;
    },
  };
  return { source, asked };
}
const session = { id: 'cs_1', object: 'checkout.session', status: 'complete', payment_status: 'paid' };

test('ensure fetches, mirrors, and waits for the handlers of what is stored', async () => {
  const { source, asked } = api(session);
  const { receiver, store, clock } = setUp({ stripe: source });
  const seen: string[] = [];
  receiver.on('checkout.session.completed', async ({ event }) => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(event.id);
  });
  const event = anEvent({ id: 'evt_1', type: 'checkout.session.completed', created: NOW - 1, object: session });
  await receiver.fetch(delivery(event));
  const both = [receiver.ensure('checkout.session', 'cs_1'), receiver.ensure('checkout.session', 'cs_1')];
  const [ensured] = await ticking(clock, Promise.all(both));
  expect(ensured).toEqual({ object: session, deleted: false, finished: true, dead: false, problem: null });
  expect(seen).toEqual(['evt_1']);
  expect(asked).toEqual(['/v1/checkout/sessions/cs_1']);
  expect(await store.getObject('checkout.session', 'cs_1')).toMatchObject({ created: NOW });
});

test('ensure gives what it has when the time is over, and says so', async () => {
  const { source, asked } = api(session);
  const { receiver, clock } = setUp({ stripe: source });
  receiver.on('*', () => {
    throw new Error('not today');
  });
  const event = anEvent({ type: 'checkout.session.completed', account: 'acct_1', created: NOW - 1, object: session });
  await receiver.fetch(delivery(event));
  const options = { account: 'acct_1', timeout: 300 };
  const ensured = await ticking(clock, receiver.ensure('checkout.session', 'cs_1', options));
  expect(ensured).toMatchObject({ object: session, finished: false });
  expect(asked).toEqual(['/v1/checkout/sessions/cs_1acct_1']);
});

test('ensure in a process without handlers leaves the work to those that have them', async () => {
  const { source } = api(session);
  const { receiver, store, clock } = setUp({ stripe: source });
  const ensured = await ticking(clock, receiver.ensure('checkout.session', 'cs_1', { timeout: 100 }));
  expect(ensured).toMatchObject({ object: session, finished: false });
  expect((await store.counts()).events.pending).toBe(1);
});

test('ensure says why it could not ask, and refuses what has no path', async () => {
  const source: EventSource = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    rawRequest: () => Promise.reject(Object.assign(new Error('No such session'), { statusCode: 404 })),
  };
  const { receiver, clock } = setUp({ stripe: source });
  const ensured = await ticking(clock, receiver.ensure('checkout.session', 'cs_none', { timeout: 50 }));
  expect(ensured).toMatchObject({ object: undefined, finished: false, problem: expect.stringContaining('404') });
  await expect(receiver.ensure('unicorn', 'uni_1')).rejects.toMatchObject({ code: 'bad_option' });
});

const completed = (id = 'evt_1') =>
  anEvent({ id, type: 'checkout.session.completed', created: NOW - 1, object: session });

test('ensure waits for the webhook, though the API told the object before it came', async () => {
  const { source } = api(session);
  const { receiver, clock } = setUp({ stripe: source });
  const seen: string[] = [];
  receiver.on('checkout.session.completed', ({ event }) => void seen.push(event.id));
  const ensuring = receiver.ensure('checkout.session', 'cs_1', { timeout: 10_000 });
  for (let i = 0; i < 50; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5);
  }
  expect(seen).toEqual([]);
  await receiver.fetch(delivery(completed()));
  expect(await ticking(clock, ensuring)).toMatchObject({ finished: true, dead: false });
  expect(seen).toEqual(['evt_1']);
  // Without one, the time is over first.
  const { receiver: other, clock: its } = setUp({ stripe: source });
  other.on('*', () => {});
  const alone = await ticking(its, other.ensure('checkout.session', 'cs_1', { timeout: 300 }));
  expect(alone).toMatchObject({ object: session, finished: false, problem: null });
});

test('ensure says that a handler has given up', async () => {
  const { receiver, clock } = setUp({ stripe: api(session).source, retry: { attempts: 1 } });
  receiver.on('*', () => {
    throw new Error('not today');
  });
  await receiver.fetch(delivery(completed()));
  const ensured = await ticking(clock, receiver.ensure('checkout.session', 'cs_1'));
  expect(ensured).toMatchObject({ finished: true, dead: true });
});

test('ensure does not wait for an API that hangs, and the next one asks anew', async () => {
  let hangs = true;
  const { source, asked } = api(session);
  const flaky: EventSource = {
    ...source,
    rawRequest: (...given) => (hangs ? new Promise(() => {}) : source.rawRequest!(...given)),
  };
  const { receiver, clock } = setUp({ stripe: flaky });
  await receiver.fetch(delivery(completed()));
  await receiver.drain();
  const late = await ticking(clock, receiver.ensure('checkout.session', 'cs_1', { timeout: 200 }));
  expect(late).toMatchObject({
    object: session,
    finished: true,
    problem: expect.stringContaining('longer than 200 ms') as string,
  });
  hangs = false;
  expect(await ticking(clock, receiver.ensure('checkout.session', 'cs_1'))).toMatchObject({ problem: null });
  expect(asked).toHaveLength(1);
});

test('ensure does not wait for what the API does not know and nothing told of', async () => {
  const source: EventSource = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    rawRequest: () => Promise.reject(Object.assign(new Error('No such session'), { statusCode: 404 })),
  };
  const { receiver, clock } = setUp({ stripe: source });
  const before = clock.now();
  await ticking(clock, receiver.ensure('checkout.session', 'cs_none', { timeout: 60_000 }));
  expect(clock.now() - before).toBeLessThan(5_000);
});
