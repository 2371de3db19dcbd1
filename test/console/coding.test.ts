import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { event, openConsole } from './open.ts';

const asked = (accept: string) => ({ headers: { 'accept-encoding': accept } });

test('what is large is compressed as the client takes it, what is small is not', async () => {
  await using opened = openConsole();
  const plain = await (await opened.ask('/api/catalog')).text();
  for (const [accept, coding, unpack] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
  ] as const) {
    const answer = await opened.ask('/api/catalog', asked(accept));
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.length * 3).toBeLessThan(plain.length);
    expect(unpack(body).toString()).toBe(plain);
  }
  const bare = await opened.ask('/api/catalog', asked('identity'));
  expect([bare.headers.get('content-encoding'), await bare.text()]).toEqual([null, plain]);
  const small = await opened.ask('/api/events', asked('br'));
  expect([small.headers.get('content-encoding'), await small.json()]).toEqual([null, { items: [], next: null }]);
});

test('refusals keep their status, HEAD has no body, and a stream of messages goes out as it comes', async () => {
  await using opened = openConsole();
  const refused = await opened.ask(`/api/events?type=${'-'.repeat(2_000)}`, asked('br'));
  expect([refused.status, refused.headers.get('content-encoding')]).toEqual([400, 'br']);
  const head = await opened.ask('/api/catalog', { method: 'HEAD', ...asked('br') });
  expect([head.status, await head.text()]).toEqual([200, '']);
  await opened.deliver(event('evt_1', 'charge.succeeded', { id: 'ch_1', object: 'charge' }));
  const live = await opened.ask('/api/live', asked('br'));
  expect(live.headers.get('content-encoding')).toBe(null);
  const { value } = await live.body!.getReader().read();
  expect(Buffer.from(value!).toString()).toMatch(/^data: \{"kind":"changed"/);
});
