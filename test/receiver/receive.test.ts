import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';
import { anEvent, bodyOf, delivery, NOW, post, SECRET, testClock } from './events.ts';

const OLD_SECRET = 'whsec_test_vector_old_secret';

function setUp(options: Partial<Parameters<typeof createReceiver>[0]> = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const problems: string[] = [];
  const handled: string[] = [];
  const receiver = createReceiver({
    store,
    secrets: SECRET,
    clock: testClock(),
    onProblem: (what) => problems.push(what),
    ...options,
  }).on('*', ({ event }) => void handled.push(event.id));
  return { store, receiver, problems, handled };
}

test('a signed delivery is stored before the answer, and nothing of the user’s runs before it', async () => {
  const { store, receiver, handled } = setUp();
  const event = anEvent();
  const response = await receiver.fetch(delivery(event));
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: { received: true } });
  expect(handled).toEqual([]);
  const stored = (await store.getEvent(event.id))!;
  expect(stored).toMatchObject({
    valid: true,
    state: 'pending',
    type: 'charge.succeeded',
    apiVersion: '2026-10-28.endive',
  });
  expect(Buffer.from(stored.payload)).toEqual(bodyOf(event));
  await receiver.drain();
  expect(handled).toEqual([event.id]);
  expect((await store.getEvent(event.id))!.state).toBe('done');
});

test('the same delivery twice is one event and one run', async () => {
  const { store, receiver, handled } = setUp();
  const event = anEvent();
  const responses = await Promise.all([receiver.fetch(delivery(event)), receiver.fetch(delivery(event))]);
  await receiver.drain();
  responses.push(await receiver.fetch(delivery(event)));
  await receiver.drain();
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(handled).toEqual([event.id]);
  expect((await store.getEvent(event.id))!.deliveries).toBe(3);
  expect((await receiver.status()).counters).toMatchObject({ received: 3, stored: 1, duplicates: 2 });
});

const good = bodyOf(anEvent());
const header = (at = NOW, secret = SECRET) => ({ 'stripe-signature': signatureHeader(good, [secret], at) });
const changed = Buffer.from(good);
changed[30] = changed[30]! ^ 1;

test.each([
  ['a changed byte', post(changed, header()), 'no_match'],
  ['an old timestamp', post(good, header(NOW - 301)), 'timestamp_too_old'],
  ['a future timestamp', post(good, header(NOW + 301)), 'timestamp_in_future'],
  ['a wrong secret', post(good, header(NOW, OLD_SECRET)), 'no_match'],
  ['no header', post(good), 'header_missing'],
  ['a signed text that is no event', delivery(Buffer.from('{"hello":1}')), 'not_an_event'],
  ['a signed text that is no JSON', delivery(Buffer.from('hello')), 'not_an_event'],
])('%s: 400, recorded with the reason, never processed', async (_, request, reason) => {
  const { store, receiver, handled } = setUp();
  const response = await receiver.fetch(request);
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 400,
    body: { error: 'refused', reason },
  });
  await receiver.drain();
  expect(handled).toEqual([]);
  expect((await store.listEvents()).items).toEqual([]);
  const [record] = (await store.listRefused()).items;
  expect(record).toMatchObject({ reason, receivedAt: NOW * 1000 });
  expect(record!.detail.length).toBeGreaterThan(20);
});

test('refused deliveries are bounded in number and in size', async () => {
  const { store, receiver } = setUp({ keepRefused: 3 });
  for (let i = 0; i < 5; i += 1) await receiver.fetch(post(Buffer.alloc(100_000, 0x30 + i)));
  const { items } = await store.listRefused();
  expect(items.map(({ size, body }) => ({ size, kept: body.length, first: body[0] }))).toEqual(
    [0x34, 0x33, 0x32].map((first) => ({ size: 100_000, kept: 16_384, first })),
  );
});

test('a body over the limit is not read to its end', async () => {
  const { store, receiver } = setUp({ maxBody: 1000 });
  const announced = await receiver.fetch(post(Buffer.alloc(1001)));
  expect({ status: announced.status, body: await announced.json() }).toEqual({
    status: 413,
    body: { error: 'refused', reason: 'body_too_large' },
  });
  let chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      chunks += 1;
      controller.enqueue(new Uint8Array(400));
    },
  });
  const request = new Request('http://127.0.0.1/payments/webhook', { method: 'POST', body: endless, duplex: 'half' });
  expect((await receiver.fetch(request)).status).toBe(413);
  expect(chunks).toBeLessThan(10);
  expect((await store.listRefused()).items.map(({ reason }) => reason)).toEqual(['body_too_large', 'body_too_large']);
});

test('a body that someone has read already is named as such', async () => {
  const { store, receiver } = setUp();
  const request = delivery(anEvent());
  await request.json();
  expect((await receiver.fetch(request)).status).toBe(400);
  expect((await store.listRefused()).items).toMatchObject([{ reason: 'body_parsed' }]);
});

test('a body that somebody holds is named as such', async () => {
  const { store, receiver } = setUp();
  const request = delivery(anEvent());
  request.body!.getReader();
  expect(await (await receiver.fetch(request)).json()).toEqual({ error: 'refused', reason: 'body_parsed' });
  expect((await store.listRefused()).items).toMatchObject([{ reason: 'body_parsed' }]);
});

test('only POST to the webhook path is a delivery, with or without its last slash', async () => {
  const { receiver } = setUp({ path: '/hooks/stripe' });
  const status = async (url: string, method = 'POST') => {
    const signed = delivery(anEvent(), { url });
    return (await receiver.fetch(method === 'POST' ? signed : new Request(url, { method }))).status;
  };
  expect(await status('http://localhost/hooks/stripe')).toBe(200);
  expect(await status('http://localhost/hooks/stripe/?x=1')).toBe(200);
  expect(await status('http://localhost/payments/webhook/')).toBe(404);
  expect(await status('http://localhost/')).toBe(404);
  expect(await status('http://localhost/hooks/stripe', 'GET')).toBe(405);
  expect((await receiver.status()).counters.received).toBe(2);
});

test.each(['fetch', 'node'])(
  'a signed delivery to a path without an endpoint is told of, once for each: %s',
  async (door) => {
    const told: string[] = [];
    const { receiver } = setUp({
      path: ['/hooks/stripe', '/connect'],
      onProblem: (what: string, error: unknown) => void told.push(`${what}: ${(error as Error).message}`),
    });
    const send = async (path: string, signature = 't=1,v1=0') => {
      const headers = signature ? { 'stripe-signature': signature } : {};
      if (door === 'fetch')
        return receiver.fetch(new Request(`http://localhost${path}`, { method: 'POST', body: '{}', headers }));
      const response = { writeHead: () => response, end: () => response, headersSent: false };
      return receiver.node({ url: path, method: 'POST', headers } as never, response as never);
    };
    // Whoever looks for holes sends no signature.
    await send('/.env', '');
    for (const path of ['/api/stripe', '/api/stripe/', '/a"b', `/${'x'.repeat(300)}`]) await send(path);
    expect(told).toEqual([
      expect.stringMatching(
        /answered 404: .*came to "\/api\/stripe"; this receiver's path is \/hooks\/stripe\/, \/connect\/\./,
      ),
      expect.stringContaining(door === 'fetch' ? '/a%22b' : '/a\\"b'),
    ]);
    for (let i = 0; i < 9; i += 1) await send(`/${i}`);
    expect(told).toHaveLength(5);
  },
);

test('a failing commit is a 5xx for every delivery of that group, and for no other', async () => {
  const { store, receiver, problems } = setUp();
  const { page_count: pages } = store.database.prepare('PRAGMA page_count').get() as { page_count: number };
  store.database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const large = anEvent({ object: { id: 'ch_large', object: 'charge', description: 'x'.repeat(200_000) } });
  const group = [anEvent(), large, anEvent()];
  const failed = await Promise.all(group.map((event) => receiver.fetch(delivery(event))));
  expect(failed.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect((await store.listEvents()).items).toEqual([]);
  // Told of once: it is one cause.
  expect(problems).toEqual(['3 deliveries could not be stored']);

  store.database.exec('PRAGMA max_page_count = 1000000');
  const again = await Promise.all(group.map((event) => receiver.fetch(delivery(event))));
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await receiver.status()).counters).toMatchObject({ failed: 3, stored: 3 });
});

test('deliveries of one turn share one commit', async () => {
  const { store, receiver } = setUp();
  let commits = 0;
  const insert = store.insert;
  store.insert = (incoming) => {
    commits += 1;
    return insert(incoming);
  };
  const counting = createReceiver({ store, secrets: SECRET, clock: testClock() });
  const responses = Array.from({ length: 50 }, () => counting.fetch(delivery(anEvent())));
  await Promise.all(responses);
  // Reading a body takes a turn or two, so a few commits, not fifty.
  expect(commits).toBeLessThan(10);
  expect((await store.listEvents({ limit: 100 })).items).toHaveLength(50);
  await receiver.close();
});

test('secrets are chosen by a function, several at once, and which matched is kept', async () => {
  const hints: object[] = [];
  const { store, receiver } = setUp({
    secrets: (hint) => {
      hints.push(hint);
      return hint.account === 'acct_1' ? OLD_SECRET : [SECRET];
    },
  });
  const connect = anEvent({ account: 'acct_1' });
  const platform = anEvent();
  expect((await receiver.fetch(delivery(connect, { secrets: [OLD_SECRET] }))).status).toBe(200);
  expect((await receiver.fetch(delivery(connect, { secrets: [SECRET] }))).status).toBe(400);
  expect((await receiver.fetch(delivery(platform))).status).toBe(200);
  expect(hints[0]).toEqual({ path: '/payments/webhook', account: 'acct_1' });
  const proofs = [(await store.getEvent(connect.id))!.proof, (await store.getEvent(platform.id))!.proof];
  expect(new Set(proofs).size).toBe(2);
  expect(proofs.join()).not.toContain('whsec');
});

test('a secrets function that throws is a 5xx, so that Stripe sends the event again', async () => {
  const { receiver, problems } = setUp({ secrets: () => Promise.reject(new Error('no database')) });
  expect((await receiver.fetch(delivery(anEvent()))).status).toBe(503);
  expect(problems).toHaveLength(1);
});

test.each([
  ['no secret and no API', {}, 'no_verification'],
  ['an empty list', { secrets: [] }, 'no_verification'],
  ['the API without `stripe`', { secrets: SECRET, verify: 'api' as const }, 'no_verification'],
  [
    'both without a secret',
    { verify: 'both' as const, stripe: { events: { retrieve: async () => ({}) } } },
    'no_verification',
  ],
  ['an empty secret', { secrets: '' }, 'bad_secret'],
  ['an API key', { secrets: 'sk_test_123' }, 'bad_secret'],
  ['a publishable key', { secrets: [SECRET, 'pk_live_123'] }, 'bad_secret'],
  ['a placeholder', { secrets: 'whsec_...' }, 'bad_secret'],
  ['something else', { secrets: 'hunter2' }, 'bad_secret'],
  ['a limit of nothing', { secrets: SECRET, maxBody: 0 }, 'bad_option'],
  ['a path without a slash', { secrets: SECRET, path: 'hooks' }, 'bad_option'],
])('%s is refused at start', (_, options, code) => {
  const store = createSqliteStore({ path: ':memory:' });
  expect(() => createReceiver({ store, ...options })).toThrow(expect.objectContaining({ code }));
});

test('a handler for a type that does not exist is refused with the nearest one', () => {
  const { receiver } = setUp();
  expect(() => receiver.on('invoice.payd' as 'invoice.paid', () => {})).toThrow(/did you mean invoice\.paid/);
  expect(() => receiver.on('invoice.payd' as 'invoice.paid', () => {})).toThrow(
    expect.objectContaining({ code: 'bad_pattern' }),
  );
});

test('a closed receiver answers 503 and takes nothing on', async () => {
  const { receiver } = setUp();
  await receiver.close();
  expect((await receiver.fetch(delivery(anEvent()))).status).toBe(503);
  await expect(receiver.start()).rejects.toMatchObject({ code: 'receiver_closed' });
});

test('an object that no row could be found by loses no event; an event without such an id is none', async () => {
  const { store, receiver, handled } = setUp();
  for (const id of ['ch_\u0000', 'ch_\ud800', `ch_${'x'.repeat(600)}`, 'SOMMER-Ü']) {
    const event = anEvent();
    (event.data as { object: { id: string } }).object.id = id;
    expect((await receiver.fetch(delivery(event))).status).toBe(200);
  }
  await receiver.drain();
  expect(handled).toHaveLength(4);
  expect((await store.listEvents()).items.map(({ objectId }) => objectId)).toEqual(['SOMMER-Ü', '', '', '']);
  expect((await receiver.fetch(delivery({ ...anEvent(), id: 'evt_\u0000' }))).status).toBe(400);
  // PostgreSQL would fail the commit of everyone for it.
  await receiver.fetch(delivery({ ...anEvent({ id: 'evt_odd' }), api_version: '2026\u0000' }));
  expect((await store.getEvent('evt_odd'))!.apiVersion).toBeNull();
});
