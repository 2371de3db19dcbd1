import { describe, expect, test } from 'vitest';
import { control, send } from '../http.ts';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump } from '../worlds.ts';

const DAY = 24 * 60 * 60;

test('the clock is read and moved: by a span, to a moment, to what is next', async () => {
  const { emulator, stripe, world } = start();
  const clock = async (body?: object) => (await control(emulator, body ? 'POST /clock' : 'GET /clock', body)).body;
  expect(await clock()).toEqual({ now: NOW, frozen: true, next_due: null, due: [], test_clocks: [] });
  const { id } = await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
  expect(await clock()).toEqual({
    now: NOW,
    frozen: true,
    next_due: NOW + 7 * DAY,
    due: [{ at: NOW + 7 * DAY, object: 'charge', id, timer: 'expire' }],
    test_clocks: [],
  });
  expect(await clock({ advance: '1h' })).toMatchObject({ now: NOW + 3600 });
  expect(await clock({ to: NOW + DAY })).toMatchObject({ now: NOW + DAY });
  expect(await clock({ advance: 'next' })).toEqual({
    now: NOW + 7 * DAY,
    frozen: true,
    next_due: null,
    events: { 'charge.expired': 1 },
  });
  expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.expired']);
});

test.each([
  { advance: 'soon' },
  { advance: '' },
  { advance: 5 },
  { to: 'tomorrow' },
  { to: 1.5 },
  { to: NOW - 1 },
  { to: NOW + 5, advance: '1d' },
  { freeze: 'yes' },
  { unknown: 1 },
])('%o is refused, and moves nothing', async (body) => {
  const { emulator, stripe: _, ...open } = start();
  const before = dump(open);
  const { status, error } = await control(emulator, 'POST /clock', body);
  expect(status).toBe(400);
  expect(error['message']).toEqual(expect.any(String));
  expect(open.world.clock.now()).toBe(NOW);
  expect(dump(open)).toBe(before);
});

test('the world is that of the key, in the header or in the address', async () => {
  const { emulator } = start();
  await send(emulator, 'POST', '/_paybell/clock?key=sk_test_a', { key: null, body: '{"advance":"1d"}' });
  expect((await control(emulator, 'GET /clock', undefined, 'sk_test_a')).body['now']).toBe(NOW + DAY);
  expect((await control(emulator, 'GET /clock', undefined, 'sk_test_b')).body['now']).toBe(NOW);
  expect((await send(emulator, 'GET', '/_paybell/clock', { key: null })).status).toBe(400);
  const live = await control(emulator, 'GET /clock', undefined, 'sk_live_51AbCdEf');
  expect(live.status).toBe(400);
  expect(JSON.stringify(live.body)).not.toContain('51AbCdEf');
});

test('the log and the truth are told as they are', async () => {
  const { emulator, stripe, world } = start();
  const { id } = await stripe.customers.create({ name: 'a' });
  await stripe.customers.update(id, { name: 'b' });
  await stripe.products.create({ name: 'Tea' });
  await stripe.customers.del(id);
  const log = (await control(emulator, 'GET /log')).body['data'] as { sequence: number; deleted: boolean }[];
  expect(log.map(({ sequence, deleted }) => [sequence, deleted])).toEqual([
    [0, false],
    [1, false],
    [2, false],
    [3, true],
  ]);
  expect(log[3]).toMatchObject({ event: { id: world.log.all[3]!.event.id } });
  expect((await control(emulator, 'GET /truth')).body).toMatchObject({
    data: [
      { object: 'customer', id, deleted: true, json: { name: 'b' } },
      { object: 'product', deleted: false },
    ],
  });
});

describe('a web page cannot steer it', () => {
  const at = (url: string, headers: Record<string, string>) => {
    const { emulator } = start();
    return emulator.fetch(new Request(url, { headers: { authorization: 'Bearer sk_test_world', ...headers } }));
  };
  const local = 'http://127.0.0.1:12111/_paybell/clock';

  test.each([
    [{ origin: 'https://evil.example.com' }],
    [{ origin: 'http://127.0.0.1.evil.example.com' }],
    [{ origin: 'http://localhost.evil.example.com:80' }],
    [{ origin: 'null' }],
    [{ host: 'evil.example.com' }],
    [{ host: 'evil.example.com:12111' }],
    [{ host: '127.0.0.1.evil.example.com' }],
  ])('%o', async (headers) => {
    expect((await at(local, headers)).status).toBe(403);
  });

  test.each([
    [{}],
    [{ origin: 'http://127.0.0.1:4242' }],
    [{ origin: 'http://localhost:5173' }],
    [{ origin: 'http://[::1]:4242' }],
    [{ host: 'localhost:12111' }],
    [{ host: '[::1]:12111' }],
  ])('%o is this machine', async (headers: Record<string, string>) => {
    expect((await at(local, headers)).status).toBe(200);
  });

  test('nor by the name that a request goes to', async () => {
    expect((await at('http://evil.example.com/_paybell/clock', {})).status).toBe(403);
    expect((await at('http://evil.example.com/', {})).status).toBe(403);
  });
});

test('unknown routes, unreadable and oversized bodies', async () => {
  const { emulator } = start();
  expect((await control(emulator, 'GET /nothing')).status).toBe(404);
  expect((await control(emulator, 'GET /reset')).status).toBe(404);
  expect((await send(emulator, 'POST', '/_paybell/clock', { body: '{' })).status).toBe(400);
  expect((await send(emulator, 'POST', '/_paybell/clock', { body: '[]' })).status).toBe(400);
  const large = await send(emulator, 'POST', '/_paybell/clock', { body: `{"advance":"${' '.repeat(100_000)}1d"}` });
  expect(large.status).toBe(400);
  expect(large.error['message']).toContain('larger');
});
