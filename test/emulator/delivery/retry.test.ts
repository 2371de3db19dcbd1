import { describe, expect, test } from 'vitest';
import { control } from '../http.ts';
import { NOW, start } from '../sdk.ts';
import { fakeClock } from './clocks.ts';
import { endpoint, type Answering } from './endpoint.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

const failures: [string, Answering][] = [
  ['500', 500],
  ['404', 404],
  ['a redirect', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['300', 300],
  ['a broken connection', (response) => void response.destroy()],
];
const endless: [string, Answering][] = [
  ['no answer in time', () => {}],
  ['an answer that never ends', (response) => void response.writeHead(200).write('x')],
];

test.each([...failures, ...endless])('%s is a failure, and is tried again', async (_, how) => {
  await using target = await endpoint(how);
  const clock = fakeClock(NOW * 1000);
  const { stripe, queue, time } = start({ clock, timeoutMs: 20_000 });
  await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  while (target.received.length === 0) await new Promise((done) => setImmediate(done));
  if (endless.some(([, each]) => each === how)) {
    clock.tick(19_999);
    expect(queue.log[0]!.attempts).toEqual([]);
    clock.tick(1);
  }
  await queue.idle();
  expect(queue.log[0]).toMatchObject({ state: 'pending', nextAt: NOW + 5 * 60, type: 'customer.created' });
  expect(target.received.map(({ path }) => path)).toEqual(['/hook']);
  target.answer(200);
  await time.advance(NOW + 5 * 60);
  expect(queue.log[0]).toMatchObject({ state: 'delivered', nextAt: null });
  expect(target.received).toHaveLength(2);
});

test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
  await using target = await endpoint(status);
  const { stripe, queue } = start();
  await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await queue.idle();
  expect(queue.log[0]).toMatchObject({ state: 'delivered', attempts: [{ status }] });
});

test('a receiver in this process that never answers is given up on as well', async () => {
  const send = () => new Promise<Response>(() => {});
  const clock = fakeClock(NOW * 1000);
  const { stripe, queue } = start({
    clock,
    timeoutMs: 50,
    webhooks: [{ url: 'http://127.0.0.1:9/', secret: 'whsec_x', send }],
  });
  await stripe.customers.create({});
  clock.tick(50);
  await queue.idle();
  expect(queue.log[0]).toMatchObject({
    state: 'pending',
    attempts: [{ status: null, error: 'no answer in time', ms: 50 }],
  });
});

test('for three days, further and further apart, the same event each time', async () => {
  await using target = await endpoint(500);
  const { stripe, queue, time, world } = start();
  await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await time.advance(NOW + 10 * DAY);
  const [delivery] = queue.log;
  expect(delivery).toMatchObject({ state: 'failed', nextAt: null });
  const at = delivery!.attempts.map((attempt) => attempt.at - NOW);
  const gaps = at.slice(1).map((each, i) => each - at[i]!);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  expect(at[0]).toBe(0);
  expect(at.at(-1)).toBe(3 * DAY);
  expect(target.received).toHaveLength(at.length);
  expect(new Set(target.received.map(({ body }) => body)).size).toBe(1);
  expect(world.log.all[0]!.pending).toBe(1);
});

test('each attempt is signed anew, at its own time', async () => {
  await using target = await endpoint(500);
  const clock = fakeClock(NOW * 1000);
  const { stripe, queue, time } = start({ clock });
  const { secret } = await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await queue.idle();
  clock.tick(7000);
  await time.advance(NOW + HOUR);
  const headers = target.received.map((each) => String(each.headers['stripe-signature']));
  expect(headers.slice(0, 2).map((header) => /t=(\d+)/.exec(header)![1])).toEqual([String(NOW), String(NOW + 7)]);
  expect(headers[1]).not.toBe(headers[0]);
  for (const [i, { body }] of target.received.entries())
    expect(stripe.webhooks.constructEvent(body, headers[i]!, secret!, 1e9)).toMatchObject({ type: 'customer.created' });
});

describe('an endpoint that is gone gets no more', () => {
  test.each(['disabled', 'deleted'])('%s', async (how) => {
    await using target = await endpoint(500);
    const { stripe, queue, time } = start();
    const { id } = await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
    await stripe.customers.create({});
    await queue.idle();
    if (how === 'deleted') await stripe.webhookEndpoints.del(id);
    else expect(await stripe.webhookEndpoints.update(id, { disabled: true })).toMatchObject({ status: 'disabled' });
    await stripe.customers.create({});
    await time.advance(NOW + 10 * DAY);
    expect(target.received).toHaveLength(1);
    expect(queue.log).toMatchObject([{ state: 'failed', nextAt: null }]);
  });

  test('but one that is switched on again before the next attempt goes on', async () => {
    await using target = await endpoint(500);
    const { stripe, queue, time } = start();
    const { id } = await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
    await stripe.customers.create({});
    await queue.idle();
    await stripe.webhookEndpoints.update(id, { disabled: true });
    await stripe.webhookEndpoints.update(id, { disabled: false });
    target.answer(200);
    await time.advance(NOW + DAY);
    expect(queue.log).toMatchObject([{ state: 'delivered' }]);
  });
});

test('one that moved meanwhile is tried at its new address', async () => {
  await using before = await endpoint(500);
  await using after = await endpoint();
  const { stripe, queue, time } = start();
  const { id } = await stripe.webhookEndpoints.create({ url: before.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await queue.idle();
  await stripe.webhookEndpoints.update(id, { url: after.url });
  await time.advance(NOW + DAY);
  expect([before.received.length, after.received.length]).toEqual([1, 1]);
  expect(queue.log[0]).toMatchObject({ url: after.url, state: 'delivered' });
});

test.each([
  'https://example.com/hook',
  'http://10.0.0.1/hook',
  'http://127.0.0.1.example.com/hook',
  'http://[::2]/hook',
  'http://user@example.com:80/',
])('%s is not this machine: refused, without any network and without another try', async (url) => {
  const { stripe, queue, time } = start();
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await time.advance(NOW + 10 * DAY);
  expect(queue.log).toMatchObject([{ state: 'failed', attempts: [{ status: null }] }]);
  expect(queue.log[0]!.attempts[0]!.error).toContain('not on this machine');
  // No name was looked up and nothing connected: that takes no time at all.
  expect(queue.log[0]!.attempts[0]!.ms).toBe(0);
});

test('what cannot be a URL is refused at creation', async () => {
  const { stripe } = start();
  for (const url of ['nonsense', 'ftp://127.0.0.1/', 'file:///etc/passwd'])
    await expect(stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })).rejects.toThrow(/url/);
});

test('a reset while deliveries are under way forgets them', async () => {
  const open: ((status: number) => void)[] = [];
  await using target = await endpoint((response) => void open.push((status) => void response.writeHead(status).end()));
  // An endpoint of every world, because it is still there afterwards.
  const { stripe, queue, emulator, world, time } = start({ webhooks: [{ url: target.url, secret: 'whsec_x' }] });
  await Promise.all(Array.from({ length: 20 }, () => stripe.customers.create({})));
  while (open.length < 16) await new Promise((done) => setImmediate(done));
  await control(emulator, 'POST /reset');
  await queue.idle();
  expect(queue.log).toEqual([]);
  for (const answer of open.splice(0)) answer(500);
  await new Promise((done) => setTimeout(done, 50));
  // Neither those that were waiting nor any retry of those that failed comes after the reset.
  await time.advance(NOW + 10 * DAY);
  expect(target.received).toHaveLength(16);
  expect(queue.log).toEqual([]);
  expect(world.log.all).toEqual([]);
});

test('where time flows, a retry comes by itself', async () => {
  await using target = await endpoint(500);
  const clock = fakeClock(NOW * 1000);
  const { stripe, queue } = start({ clock, frozenAt: undefined });
  await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  await queue.idle();
  expect(queue.log[0]).toMatchObject({ nextAt: NOW + 300 });
  target.answer(200);
  clock.tick(299_000);
  await queue.idle();
  expect(target.received).toHaveLength(1);
  clock.tick(1000);
  await queue.idle();
  expect(queue.log[0]).toMatchObject({ state: 'delivered' });
  expect(target.received).toHaveLength(2);
});

test('the control route tells of every attempt', async () => {
  await using target = await endpoint((response) => void response.writeHead(503).end('try later'));
  const { stripe, emulator } = start();
  await stripe.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] });
  await stripe.customers.create({});
  expect((await control(emulator, 'POST /settle')).body).toEqual({ settled: true });
  expect((await control(emulator, 'GET /deliveries')).body).toMatchObject({
    data: [{ type: 'customer.created', url: target.url, attempts: [{ at: NOW, status: 503, answer: 'try later' }] }],
  });
});
