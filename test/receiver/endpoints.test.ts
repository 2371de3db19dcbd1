import { expect, test } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';
import { anEvent, bodyOf, delivery, NOW, post, SECRET, testClock } from './events.ts';

const OTHER = 'whsec_test_vector_old_secret';
const URL = 'http://127.0.0.1';

function setUp(options: Partial<ReceiverOptions<unknown>>) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const receiver = createReceiver({ store, clock, ...options });
  return { store, clock, receiver };
}

test('each endpoint has its own secret and policy', async () => {
  const asked: string[] = [];
  const stripe = {
    events: {
      async retrieve(id: string) {
        asked.push(id);
        return {};
      },
    },
  };
  const { receiver, store } = setUp({
    stripe,
    endpoints: [
      // As it is read from a file.
      { path: '/platform/', secrets: `${SECRET}\n` },
      { path: '/connect', secrets: OTHER, accounts: (account) => account !== '' },
      { path: '/asked', verify: 'api' },
    ],
  });
  const send = async (path: string, secret: string, account?: string) => {
    const event = anEvent(account === undefined ? {} : { account });
    const response = await receiver.fetch(delivery(event, { url: URL + path, secrets: [secret] }));
    return [response.status, (await store.getEvent(event.id))?.valid];
  };
  expect(await send('/platform', SECRET)).toEqual([200, true]);
  expect(await send('/platform/', OTHER)).toEqual([400, undefined]);
  expect(await send('/connect/', OTHER, 'acct_1')).toEqual([200, true]);
  expect(await send('/connect/', SECRET, 'acct_1')).toEqual([400, undefined]);
  expect(await send('/connect', OTHER)).toEqual([400, undefined]);
  expect(await send('/asked', 'whsec_whatever')).toEqual([200, null]);
  expect(await send('/payments/webhook', SECRET)).toEqual([404, undefined]);
  expect((await store.listRefused()).items.map(({ reason }) => reason)).toEqual([
    'wrong_account',
    'no_match',
    'no_match',
  ]);
  expect((await receiver.status()).endpoints).toEqual([
    { path: '/platform/', verify: 'signature' },
    { path: '/connect/', verify: 'signature' },
    { path: '/asked/', verify: 'api' },
  ]);
});

test('several paths may share one policy', async () => {
  const { receiver } = setUp({ secrets: SECRET, path: ['/a', '/b/'] });
  for (const path of ['/a/', '/b'])
    expect((await receiver.fetch(delivery(anEvent(), { url: URL + path }))).status).toBe(200);
});

test('an endpoint that declares its mode and accounts refuses the other kind, and says why in the record', async () => {
  const { receiver, store } = setUp({ secrets: SECRET, livemode: true, accounts: ['', 'acct_1'] });
  const send = async (livemode: boolean, account?: string) => {
    const event = { ...anEvent(account === undefined ? {} : { account }), livemode };
    return (await receiver.fetch(delivery(event))).status;
  };
  expect(await send(true)).toBe(200);
  expect(await send(true, 'acct_1')).toBe(200);
  expect(await send(false)).toBe(400);
  expect(await send(true, 'acct_2')).toBe(400);
  expect((await store.listRefused()).items.map(({ reason }) => reason)).toEqual(['wrong_account', 'wrong_mode']);
  expect((await store.listEvents()).items).toHaveLength(2);
});

test.each([
  ['a path twice', { secrets: SECRET, path: ['/a', '/a/'] }],
  ['both forms', { secrets: SECRET, path: '/a', endpoints: [{ path: '/b' }] }],
])('%s is refused at start', (_, options) => {
  expect(() => setUp(options)).toThrow(expect.objectContaining({ code: 'bad_option' }));
});

test('an endpoint without a secret is refused at start', () => {
  expect(() => setUp({ endpoints: [{ path: '/a', secrets: SECRET }, { path: '/b' }] })).toThrow(
    expect.objectContaining({ code: 'no_verification' }),
  );
});

const event = anEvent({ object: { id: 'ch_1', object: 'charge', description: 'Grüße ☃' } });
const sent = bodyOf(event);
const signed = (body: Buffer, at = NOW, secret = SECRET) =>
  post(body, { 'stripe-signature': signatureHeader(sent, [secret], at) });

test.each([
  ['parsed and printed compactly', Buffer.from(JSON.stringify(event)), 'body_reserialised'],
  ['parsed and printed with four spaces', Buffer.from(JSON.stringify(event, null, 4)), 'body_reserialised'],
  ['given other line ends', Buffer.from(sent.toString().replaceAll('\n', '\r\n')), 'body_newlines'],
  ['given a line end', Buffer.concat([sent, Buffer.from('\n')]), 'body_newlines'],
  ['given a byte order mark', Buffer.concat([Buffer.from('\ufeff'), sent]), 'body_bom'],
  ['printed as a JSON text', Buffer.from(JSON.stringify(sent.toString())), 'body_reserialised'],
  ['left in base64', Buffer.from(sent.toString('base64')), 'body_base64'],
  ['read as Latin-1', Buffer.from(sent.toString('latin1')), 'body_charset'],
  ['read as what is called latin1', Buffer.from(new TextDecoder('latin1').decode(sent)), 'body_charset'],
  [
    'given a byte order mark and other line ends',
    Buffer.from(`\ufeff${sent.toString().replaceAll('\n', '\r\n')}`),
    'body_bom',
  ],
  ['dropped', Buffer.alloc(0), 'body_parsed'],
  ['printed as an object', Buffer.from('[object Object]'), 'body_parsed'],
  ['printed as a buffer', Buffer.from(JSON.stringify(sent)), 'body_parsed'],
  ['changed', Buffer.from(sent.toString().replace('ch_1', 'ch_2')), 'no_match'],
  ['cut off', sent.subarray(0, -3), 'no_match'],
])('a body that was %s is named so', async (_, body, reason) => {
  const { receiver, store } = setUp({ secrets: [OTHER, SECRET] });
  const response = await receiver.fetch(signed(body));
  expect([response.status, await response.json()]).toEqual([400, { error: 'refused', reason }]);
  expect((await store.listRefused()).items).toMatchObject([{ reason }]);
});

test('looking for the cause is limited in number and size, so that failing costs little', async () => {
  const { receiver, store, clock } = setUp({ secrets: SECRET });
  const compact = Buffer.from(JSON.stringify(event));
  for (let i = 0; i < 8; i += 1) await receiver.fetch(signed(compact));
  const reasons = (await store.listRefused()).items.map(({ reason }) => reason);
  expect(reasons.filter((reason) => reason === 'body_reserialised')).toHaveLength(5);
  expect(reasons.filter((reason) => reason === 'no_match')).toHaveLength(3);
  clock.advance(1000);
  await receiver.fetch(signed(compact));
  expect((await store.listRefused()).items[0]!.reason).toBe('body_reserialised');
  const large = anEvent({ object: { id: 'ch_1', object: 'charge', description: 'x'.repeat(300_000) } });
  await receiver.fetch(
    post(JSON.stringify(large), { 'stripe-signature': signatureHeader(bodyOf(large), [SECRET], NOW) }),
  );
  expect((await store.listRefused()).items[0]!.reason).toBe('no_match');
});

test('how far the clocks are apart is in the record, not in the answer', async () => {
  const { receiver, store } = setUp({ secrets: SECRET });
  const response = await receiver.fetch(signed(sent, NOW - 640));
  expect(await response.json()).toEqual({ error: 'refused', reason: 'timestamp_too_old' });
  await receiver.fetch(signed(sent, NOW + 400));
  expect((await store.listRefused()).items.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('400 s ahead'),
    expect.stringContaining('640 s old'),
  ]);
});

test('it is told when each secret last matched, so that an old one can go', async () => {
  const { receiver, clock } = setUp({ secrets: [SECRET, OTHER] });
  const send = (secrets: string[]) =>
    receiver.fetch(delivery(anEvent(), { secrets, at: Math.floor(clock.now() / 1000) }));
  expect((await receiver.status()).secrets.map(({ lastMatchedAt }) => lastMatchedAt)).toEqual([null, null]);
  await send([OTHER]);
  clock.advance(3_600_000);
  // Both sign while the secret is rolled; the first that is configured counts.
  await send([OTHER, SECRET]);
  const { secrets } = await receiver.status();
  expect(secrets.map(({ paths, lastMatchedAt }) => ({ paths, lastMatchedAt }))).toEqual([
    { paths: ['/payments/webhook/'], lastMatchedAt: clock.now() },
    { paths: ['/payments/webhook/'], lastMatchedAt: clock.now() - 3_600_000 },
  ]);
  expect(JSON.stringify(secrets)).not.toContain('whsec');
});

test('an account that withdrew its access is marked, not asked about any more, and unmarked when it comes back', async () => {
  const asked: string[] = [];
  const stripe = {
    events: {
      retrieve(id: string) {
        asked.push(id);
        return Promise.reject(Object.assign(new Error('no'), { statusCode: 500 }));
      },
    },
  };
  const { receiver, store } = setUp({
    stripe,
    endpoints: [
      { path: '/signed', secrets: SECRET },
      { path: '/asked', verify: 'api' },
    ],
  });
  const access = (id: string, what: string, created: number) =>
    delivery(
      anEvent({
        id,
        type: `account.application.${what}`,
        account: 'acct_1',
        created,
        object: { id: 'ca_1', object: 'application' },
      }),
      { url: `${URL}/signed` },
    );
  const claims = async (id: string, parts = {}) => {
    await receiver.fetch(post(bodyOf(anEvent({ id, account: 'acct_1', ...parts })), {}, `${URL}/asked`));
    await receiver.drain();
  };
  await receiver.fetch(access('evt_gone', 'deauthorized', NOW));
  await receiver.drain();
  expect(await store.accounts()).toEqual([{ account: 'acct_1', deauthorized: true, since: NOW, eventId: 'evt_gone' }]);
  await claims('evt_1');
  expect(asked).toEqual([]);
  expect(await store.getEvent('evt_1')).toMatchObject({ valid: null, reason: expect.stringContaining('withdrew') });
  await claims('evt_2', { type: 'account.application.authorized', object: { id: 'ca_1', object: 'application' } });
  expect(asked).toEqual(['evt_2']);
  await receiver.fetch(access('evt_back', 'authorized', NOW + 1));
  await receiver.drain();
  expect(await store.accounts('acct_1')).toMatchObject([{ deauthorized: false, eventId: 'evt_back' }]);
  await claims('evt_3');
  expect(asked).toEqual(['evt_2', 'evt_3']);
});
