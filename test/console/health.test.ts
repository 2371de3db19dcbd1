import { expect, test, vi } from 'vitest';
import { createConsole } from '../../src/console/index.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';

const SECRET = 'whsec_console00000000000000000000';

function open() {
  const store = createSqliteStore({ path: ':memory:' });
  const receiver = createReceiver({ store, secrets: SECRET });
  const { fetch } = createConsole({ receiver, store, addresses: {}, webFolder: '/nowhere' });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new Request(`http://127.0.0.1:4242${path}`, { headers }));
    return { status: response.status, text: await response.text() };
  };
  return { store, receiver, get };
}

test('metrics count what came, what was refused and repeated, and what waits', async () => {
  const { receiver, get } = open();
  const body = eventBody();
  for (const each of [body, body, eventBody()]) await receiver.fetch(signedRequest(each, { secret: SECRET }));
  await receiver.fetch(signedRequest(body, { secret: 'whsec_other' }));
  const waiting = (await get('/metrics')).text;
  expect(waiting).toContain('paybell_received_total 4');
  expect(waiting).toContain('paybell_stored_total 2');
  expect(waiting).toContain('paybell_duplicates_total 1');
  expect(waiting).toContain('paybell_refused_total 1');
  expect(waiting).toContain('paybell_events{state="pending"} 2');
  await receiver.drain();
  const done = (await get('/metrics')).text;
  expect(done).toContain('paybell_events{state="done"} 2');
  expect(done).toContain('paybell_lag_seconds 0');
  expect(done).toContain('paybell_objects 2');
});

test('while the store does not answer, the counters of the process are there all the same', async () => {
  const { store, receiver, get } = open();
  await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  expect((await get('/metrics')).text).toContain('paybell_store_up 1');
  await store.close();
  await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  const { status, text } = await get('/metrics');
  expect(status).toBe(200);
  expect(text).toContain('paybell_failed_total 1');
  expect(text).toContain('paybell_received_total 2');
  expect(text).toContain('paybell_store_up 0');
  expect(text).not.toMatch(/paybell_(events|lag_seconds|since_last_event_seconds)/);
});

test('a store that never answers is not waited for', async () => {
  const { store, get } = open();
  vi.spyOn(store, 'counts').mockReturnValue(new Promise(() => {}));
  const { status, text } = await get('/metrics');
  expect({ status, up: text.includes('paybell_store_up 0') }).toEqual({ status: 200, up: true });
});

const silence = (text: string) => Number(/^paybell_since_last_event_seconds (\S+)$/m.exec(text)![1]);

test('what was asked for, or copied from the API, does not hide that nothing comes any more', async () => {
  const { store, receiver, get } = open();
  expect(silence((await get('/metrics')).text)).toBe(-1);
  const old = Date.now() - 3_600_000;
  await store.insert({ events: [], refused: [], keepRefused: 1, proofs: [{ proof: 'signature other', at: old }] });
  const asked = { account: '', id: 'evt_1', type: 'charge.succeeded', created: 1, livemode: false, apiVersion: null };
  const rest = { object: 'charge', objectId: 'ch_1', proof: 'api', payload: Buffer.from('{}'), receivedAt: Date.now() };
  await store.insert({ events: [{ ...asked, ...rest }], refused: [], keepRefused: 1 });
  await receiver.adopt([{ object: 'customer', id: 'cus_1' }], { requestedAt: 1_790_000_000_000 });
  expect(silence((await get('/metrics')).text)).toBeGreaterThan(3_599);
  const detail = { id: 'evt_3', object: 'event', type: 'charge.succeeded', created: 1, data: { object: {} } };
  await receiver.ingest({ detail }, { trust: 'transport' });
  expect(silence((await get('/metrics')).text)).toBeLessThan(60);
  expect((await receiver.status()).secrets.map(({ fingerprint }) => fingerprint)).not.toContain('transport');
});

test.each(['signature', 'api'] as const)('a delivery that is proven by its %s ends the silence', async (verify) => {
  const store = createSqliteStore({ path: ':memory:' });
  const stripe = { events: { retrieve: () => Promise.reject(new Error('later')) } } as never;
  const receiver = createReceiver({ store, secrets: SECRET, stripe, verify });
  const { fetch } = createConsole({ receiver, store, addresses: {}, webFolder: '/nowhere' });
  await receiver.fetch(signedRequest(eventBody(), { secret: SECRET }));
  const text = await (await fetch(new Request('http://127.0.0.1:4242/metrics'))).text();
  expect(silence(text)).toBeGreaterThanOrEqual(0);
  expect(silence(text)).toBeLessThan(60);
});

test('ready means that the store answers; alive does not', async () => {
  const { store, get } = open();
  const counted = vi.spyOn(store, 'counts');
  expect(await get('/readyz')).toMatchObject({ status: 200 });
  // It is asked every few seconds, and takes no longer the more is stored.
  expect(counted).not.toHaveBeenCalled();
  await store.close();
  expect(await get('/readyz')).toMatchObject({ status: 503 });
  expect(await get('/healthz')).toMatchObject({ status: 200 });
});

test('events are shown to this machine alone, as text; nothing can be sent', async () => {
  const { receiver, get } = open();
  const nasty = eventBody()
    .replace('"object": "charge"', '"object": "<script>alert(1)</script>"')
    .replace('charge.succeeded', 'odd.<b>type');
  await receiver.fetch(signedRequest(nasty, { secret: SECRET }));
  const { text } = await get('/');
  expect(text).toContain('odd.&lt;b&gt;type');
  expect(text).not.toContain('<b>type');
  expect(await get('/', { host: 'evil.example' })).toMatchObject({ status: 403 });
  expect(await get('/status.json', { host: 'evil.example' })).toMatchObject({ status: 403 });
});
