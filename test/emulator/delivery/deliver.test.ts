import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { NOW, start } from '../sdk.ts';
import { endpoint } from './endpoint.ts';

const only = <Type extends string>(url: string, ...types: Type[]) => ({ url, enabled_events: types }) as never;

test('what arrives is what Stripe sends, and the SDK proves it', async () => {
  await using target = await endpoint();
  const { stripe, queue, world } = start();
  const { secret } = await stripe.webhookEndpoints.create(only(target.url, '*'));
  expect(secret).toMatch(/^whsec_\w{32}$/);
  const customer = await stripe.customers.create({ name: 'Zoë 日本' });
  await queue.idle();

  const [{ body, headers }] = target.received as [(typeof target.received)[0]];
  const event = stripe.webhooks.constructEvent(body, headers['stripe-signature']!, secret!);
  expect(event).toEqual({ ...world.log.all.at(-1)!.event, pending_webhooks: 1 });
  expect(event).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id, name: 'Zoë 日本' } } });
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    accept: '*/*',
    'cache-control': 'no-cache',
  });
  expect(body).toBe(JSON.stringify(event, null, 2));
  const proof = (changed: string, header = headers['stripe-signature']!, key = secret!) =>
    stripe.webhooks.constructEvent(changed, header, key);
  expect(() => proof(body.replace('Zoë', 'Zoe'))).toThrow(/signature/);
  expect(() => proof(body, undefined, 'whsec_other')).toThrow(/signature/);
});

test('the signature’s time is wall time, however the world’s clock stands', async () => {
  await using target = await endpoint();
  const { stripe, queue } = start({ frozenAt: NOW - 86400 * 900 });
  await stripe.webhookEndpoints.create(only(target.url, '*'));
  const earliest = Math.floor(systemClock.now() / 1000);
  await stripe.customers.create({});
  await queue.idle();
  const signed = Number(/t=(\d+)/.exec(String(target.received[0]!.headers['stripe-signature']))![1]);
  expect(signed).toBeGreaterThanOrEqual(earliest);
  expect(signed).toBeLessThanOrEqual(earliest + 10);
  expect(target.received[0]!.event.created).toBe(NOW - 86400 * 900);
});

test('each endpoint gets what it asked for, with a secret of its own', async () => {
  await using some = await endpoint();
  await using all = await endpoint();
  await using none = await endpoint();
  const { stripe, queue, world } = start();
  const first = await stripe.webhookEndpoints.create(only(some.url, 'charge.succeeded', 'charge.refunded'));
  const second = await stripe.webhookEndpoints.create(only(all.url, '*'));
  await stripe.webhookEndpoints.create(only(none.url, 'payout.paid'));
  expect(second.secret).not.toBe(first.secret);
  const { id } = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa' });
  await stripe.refunds.create({ charge: id });
  await queue.idle();
  expect(some.types().toSorted()).toEqual(['charge.refunded', 'charge.succeeded']);
  expect(all.types().toSorted()).toEqual(['charge.refunded', 'charge.succeeded', 'refund.created']);
  expect(none.received).toEqual([]);
  for (const { body, headers } of all.received)
    expect(() => stripe.webhooks.constructEvent(body, headers['stripe-signature']!, first.secret!)).toThrow(
      /signature/,
    );
  const refund = all.received.find(({ event }) => event.type === 'charge.refunded')!;
  expect(refund.event.pending_webhooks).toBe(2);
  expect(world.log.all.map(({ pending }) => pending)).toEqual([0, 0, 0]);
});

test('the secret is told at creation and never again', async () => {
  await using target = await endpoint();
  const { stripe, world } = start();
  const { id, secret } = await stripe.webhookEndpoints.create(only(target.url, '*'));
  const shown = [
    await stripe.webhookEndpoints.retrieve(id),
    await stripe.webhookEndpoints.update(id, { description: 'x' }),
    ...(await stripe.webhookEndpoints.list()).data,
  ];
  for (const each of shown) expect(each).not.toHaveProperty('secret');
  expect(JSON.stringify(world.log.all)).not.toContain(secret);
});

test('connect endpoints hear of connected accounts, others of their own', async () => {
  await using own = await endpoint();
  await using connect = await endpoint();
  await using theirs = await endpoint();
  const { stripe, queue } = start();
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'standard' });
  await stripe.webhookEndpoints.create(only(own.url, '*'));
  await stripe.webhookEndpoints.create({ ...(only(connect.url, '*') as object), connect: true } as never);
  await stripe.webhookEndpoints.create({ ...(only(theirs.url, '*') as object), connect: true } as never, {
    stripeAccount,
  });
  await stripe.customers.create({ name: 'ours' });
  await stripe.customers.create({ name: 'theirs' }, { stripeAccount });
  await queue.idle();
  const names = (target: typeof own) =>
    target.received.map(({ event }) => [event.account, (event.data.object as { name: string }).name]);
  expect(names(own)).toEqual([[undefined, 'ours']]);
  expect(names(connect)).toEqual([[stripeAccount, 'theirs']]);
  expect(names(theirs)).toEqual([]);
});

test('an endpoint pinned to an older version gets older shapes, and its version’s name', async () => {
  await using old = await endpoint();
  await using current = await endpoint();
  const { stripe, queue } = start();
  const pinned = { ...(only(old.url, '*') as object), api_version: '2024-06-20' };
  expect(await stripe.webhookEndpoints.create(pinned as never)).toMatchObject({ api_version: '2024-06-20' });
  await stripe.webhookEndpoints.create(only(current.url, '*'));
  const { id } = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa' });
  await stripe.refunds.create({ charge: id });
  await queue.idle();
  expect(old.received[0]!.event).toMatchObject({ api_version: '2024-06-20', type: 'charge.succeeded' });
  expect(old.received[0]!.event.data.object).toHaveProperty('invoice', null);
  expect(current.received[0]!.event.data.object).not.toHaveProperty('invoice');
  // Refunds of charges have been announced on their own only since 2024-10-28.
  expect(old.types()).toEqual(['charge.succeeded', 'charge.refunded']);
  expect(current.types().toSorted()).toEqual(['charge.refunded', 'charge.succeeded', 'refund.created']);
});

test('an endpoint of every world, in this process: no network at all', async () => {
  const seen: string[] = [];
  const send = async (request: Request) => {
    const event = (await request.json()) as { type: string };
    seen.push(event.type);
    return new Response(null, { status: 204 });
  };
  const { emulator, stripe, queue } = start({
    webhooks: [{ url: 'https://receiver.example.com/hook', secret: 'whsec_x', send, events: ['customer.created'] }],
  });
  await stripe.customers.create({});
  await stripe.products.create({ name: 'Tea' });
  await queue.idle();
  expect(seen).toEqual(['customer.created']);
  expect(emulator.open('sk_test_other').queue.log).toEqual([]);
});

test('a secret that is none is refused at once', () => {
  expect(() => start({ webhooks: [{ url: 'http://127.0.0.1:1/', secret: 'secret' }] })).toThrow(/whsec_/);
});

test('events of one endpoint are sent in their order, several at a time', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const send = async (request: Request) => {
    most = Math.max(most, ++running);
    order.push(((await request.json()) as { data: { object: { name: string } } }).data.object.name);
    await new Promise((done) => setImmediate(done));
    running--;
    return new Response();
  };
  const { stripe, queue } = start({ webhooks: [{ url: 'http://127.0.0.1:9/', secret: 'whsec_x', send }] });
  const names = Array.from({ length: 40 }, (_, i) => `customer ${i}`);
  await Promise.all(names.map((name) => stripe.customers.create({ name })));
  await queue.idle();
  expect(order).toEqual(names);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});
