import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { NOW, start } from '../sdk.ts';
import { refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;

/** Seven events, a minute apart, oldest first. */
async function history(options = {}) {
  const open = start(options);
  const { stripe, time } = open;
  const calls: (() => Promise<unknown>)[] = [
    () => stripe.customers.create({ name: 'a' }),
    () => stripe.charges.create({ amount: 100, currency: 'usd', source: 'tok_visa' }),
    () => stripe.products.create({ name: 'Tea' }),
    () => stripe.customers.create({ name: 'b' }),
    () => stripe.paymentIntents.create({ amount: 100, currency: 'usd' }),
    () => stripe.customers.create({ name: 'c' }),
    () => stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 }),
  ];
  for (const [i, call] of calls.entries()) {
    await call();
    await time.advance(NOW + (i + 1) * 60);
  }
  const types = async (params: Stripe.EventListParams) =>
    (await stripe.events.list(params)).data.map(({ type }) => type);
  const ids = open.world.log.all.map(({ event }) => event.id);
  return { ...open, types, ids };
}

test('newest first, each as it was told, and by its id', async () => {
  const { stripe, world, types, ids } = await history();
  expect(await types({})).toEqual(world.log.all.map(({ event }) => event.type).toReversed());
  const event = await stripe.events.retrieve(ids[1]!);
  expect(JSON.parse(JSON.stringify(event))).toEqual(world.log.get(ids[1]!)!.event);
  expect(await refusal(stripe.events.retrieve('evt_none'))).toMatchObject({ statusCode: 404 });
});

describe('filters', () => {
  test('by one type, or by a wildcard', async () => {
    const { types } = await history();
    expect(await types({ type: 'charge.succeeded' })).toEqual(['charge.succeeded']);
    expect(await types({ type: 'customer.*' })).toEqual(['customer.created', 'customer.created', 'customer.created']);
    expect(await types({ type: '*.created' })).toEqual([]);
    expect(await types({ type: 'customer' })).toEqual([]);
  });

  test('by several types', async () => {
    const { types, stripe } = await history();
    expect(await types({ types: ['charge.succeeded', 'tax_rate.created'] })).toEqual([
      'tax_rate.created',
      'charge.succeeded',
    ]);
    const both = stripe.events.list({ type: 'charge.*', types: ['charge.succeeded'] });
    expect((await refusal(both)).message).toContain('type, types');
  });

  test('by when they were created', async () => {
    const { types } = await history();
    expect(await types({ created: NOW + 60 })).toEqual(['charge.succeeded']);
    expect(await types({ created: { gte: NOW + 60, lt: NOW + 180 } })).toEqual(['product.created', 'charge.succeeded']);
    expect(await types({ created: { gt: NOW + 60, lte: NOW + 180 } })).toEqual(['customer.created', 'product.created']);
  });

  test('by whether they were delivered', async () => {
    let answers = 500;
    const send = () => Promise.resolve(new Response(null, { status: answers }));
    const webhook = { url: 'http://127.0.0.1:9/', secret: 'whsec_x', send, events: ['customer.created'] };
    const { stripe, time, world, queue, types } = await history({ webhooks: [webhook] });
    await queue.idle();
    expect(await types({ delivery_success: false })).toEqual([
      'customer.created',
      'customer.created',
      'customer.created',
    ]);
    expect(await types({ delivery_success: true })).toHaveLength(4);
    expect((await stripe.events.list({ type: 'customer.created' })).data[0]!.pending_webhooks).toBe(1);
    answers = 200;
    await time.advance(world.clock.now() + 3600);
    expect(await types({ delivery_success: false })).toEqual([]);
    expect((await stripe.events.list({ type: 'customer.created' })).data[0]!.pending_webhooks).toBe(0);
  });
});

describe('cursors', () => {
  test('forwards and backwards, with filters', async () => {
    const { stripe, ids } = await history();
    const page = async (params: Stripe.EventListParams) => {
      const { data, has_more } = await stripe.events.list(params);
      return { at: data.map(({ id }) => ids.indexOf(id)), more: has_more };
    };
    expect(await page({ limit: 3 })).toEqual({ at: [6, 5, 4], more: true });
    expect(await page({ limit: 3, starting_after: ids[4]! })).toEqual({ at: [3, 2, 1], more: true });
    expect(await page({ limit: 3, starting_after: ids[3]! })).toEqual({ at: [2, 1, 0], more: false });
    expect(await page({ limit: 2, ending_before: ids[1]! })).toEqual({ at: [3, 2], more: true });
    expect(await page({ limit: 10, ending_before: ids[4]! })).toEqual({ at: [6, 5], more: false });
    expect(await page({ type: 'customer.*', limit: 1, starting_after: ids[5]! })).toEqual({ at: [3], more: true });
    expect(await page({ type: 'customer.*', limit: 1, ending_before: ids[1]! })).toEqual({ at: [3], more: true });
  });

  test('the SDK walks through all of them', async () => {
    const { stripe, ids } = await history();
    const walked: string[] = [];
    for await (const { id } of stripe.events.list({ limit: 2 })) walked.push(id);
    expect(walked).toEqual(ids.toReversed());
  });

  test('an unknown one, or two at a time, are refused', async () => {
    const { stripe, ids } = await history();
    expect(await refusal(stripe.events.list({ starting_after: 'evt_none' }))).toMatchObject({
      param: 'starting_after',
    });
    const both = stripe.events.list({ starting_after: ids[1]!, ending_before: ids[3]! });
    expect((await refusal(both)).message).toContain('starting_after, ending_before');
  });
});

test('they reach back thirty days', async () => {
  const { stripe, time, types, ids } = await history();
  await time.advance(NOW + 30 * DAY - 1);
  expect(await types({})).toHaveLength(7);
  await time.advance(NOW + 30 * DAY + 60);
  expect(await types({})).toHaveLength(5);
  expect(await refusal(stripe.events.retrieve(ids[0]!))).toMatchObject({ statusCode: 404 });
  await time.advance(NOW + 31 * DAY);
  expect(await types({})).toEqual([]);
});
