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
