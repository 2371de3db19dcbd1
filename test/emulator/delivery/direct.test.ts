import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createReceiver } from '../../../src/receiver/index.ts';
import { createSqliteStore } from '../../../src/store/sqlite/index.ts';
import { NOW, start } from '../sdk.ts';

const URL = 'http://127.0.0.1:4242/payments/webhook/';
const SECRET = 'whsec_direct0000000000000000000000000';
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Told at three moments: now, seconds later, and nine days later. */
const DISPUTED = { amount: 1000, currency: 'usd', source: 'tok_createDispute' } as const;

type Taken = { type: string; answer: (status?: number) => void };

/** Stands where a receiver would, and answers when it is told to. */
function receiver(onTaken: (taken: Taken) => void) {
  return {
    node: (request: IncomingMessage, response: ServerResponse) =>
      new Promise<void>((done) => {
        const { rawBody } = request as unknown as { rawBody: Buffer };
        const { type } = JSON.parse(rawBody.toString()) as { type: string };
        onTaken({ type, answer: (status = 200) => (response.writeHead(status).end('{}'), done()) });
      }),
  };
}

const turn = () => new Promise((done) => setImmediate(done));

test('a receiver in the same process proves and stores what it is handed', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using real = createReceiver({ store, secrets: SECRET });
  const { stripe, queue, world } = start({ webhooks: [{ url: URL, secret: SECRET, receiver: real }] });
  const { id } = await stripe.customers.create({ name: 'Zoë 日本' });
  await queue.idle();
  const { items } = await store.listEvents({ limit: 10 });
  expect(items).toMatchObject([{ id: world.log.all[0]!.event.id, type: 'customer.created' }]);
  await real.drain();
  const { items: mirrored } = await store.listObjects({ limit: 10 });
  expect(JSON.parse(mirrored[0]!.json)).toMatchObject({ id, name: 'Zoë 日本' });
  const { attempts } = queue.log[0]!;
  expect(attempts).toMatchObject([{ status: 200, error: null, answer: expect.stringContaining('received') }]);
});

test('a secret that is wrong is refused there as anywhere', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using real = createReceiver({ store, secrets: 'whsec_another00000000000000000000000' });
  const { stripe, queue } = start({ webhooks: [{ url: URL, secret: SECRET, receiver: real }] });
  await stripe.customers.create({});
  await queue.idle();
  expect(queue.log[0]).toMatchObject({ state: 'pending', attempts: [{ status: 400 }] });
});

test('all that is told at once arrives at once, in order', async () => {
  const taken: Taken[] = [];
  const { stripe, queue, world } = start({
    webhooks: [{ url: URL, secret: SECRET, receiver: receiver((each) => taken.push(each)) }],
  });
  await Promise.all(Array.from({ length: 40 }, () => stripe.customers.create({})));
  expect(taken).toHaveLength(40);
  taken.forEach(({ answer }) => answer());
  await queue.idle();
  expect(queue.log.map(({ event }) => event)).toEqual(world.log.all.map(({ event }) => event.id));
});

test('one that ends without an answer, or fails, has not got it', async () => {
  const ways = [() => Promise.resolve(), () => Promise.reject(new Error('out of order'))];
  for (const [i, node] of ways.entries()) {
    const { stripe, queue } = start({ webhooks: [{ url: URL, secret: SECRET, receiver: { node } }] });
    await stripe.customers.create({});
    await queue.idle();
    const error = ['the receiver did not answer', 'out of order'][i]!;
    expect(queue.log[0]).toMatchObject({ state: 'pending', nextAt: NOW + 5 * MINUTE, attempts: [{ error }] });
  }
});

test('the clock does not wait for each of its answers', async () => {
  const taken: Taken[] = [];
  const { stripe, queue, time, world } = start({
    webhooks: [{ url: URL, secret: SECRET, receiver: receiver((each) => taken.push(each)) }],
  });
  await stripe.charges.create(DISPUTED);
  taken.splice(0).forEach(({ answer }) => answer());
  await queue.idle();
  const moved = time.advance(NOW + 30 * DAY);
  while (taken.length === 0) await turn();
  // What is due in the same day is sent before anything is answered; what comes later waits for that.
  expect(taken.map(({ type }) => type)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
  expect(world.log.all.map(({ event }) => event.created - NOW)).toEqual([0, 3, 5]);
  for (const ended = moved.then(() => 'moved'); (await Promise.race([ended, turn()])) !== 'moved';)
    taken.splice(0).forEach(({ answer }) => answer());
  expect(queue.log.map(({ attempts }) => attempts[0]!.at - NOW)).toEqual(
    world.log.all.map(({ event }) => event.created - NOW),
  );
});

test('where somebody else listens as well, it waits at each moment', async () => {
  const moments: number[] = [];
  const open = start({
    webhooks: [
      { url: URL, secret: SECRET, receiver: receiver(({ answer }) => answer()) },
      {
        url: 'http://127.0.0.1:9/',
        secret: 'whsec_x',
        async send() {
          await turn();
          moments.push(open.world.clock.now() - NOW);
          return new Response();
        },
      },
    ],
  });
  await open.stripe.charges.create(DISPUTED);
  await open.time.advance(NOW + DAY);
  expect(moments).toEqual([0, 3, 5]);
});

test('an invoice does not go on before invoice.created is answered', async () => {
  const { stripe, time, queue, world } = start({
    webhooks: [{ url: URL, secret: SECRET, receiver: receiver(({ answer }) => void turn().then(() => answer())) }],
  });
  const { id: product } = await stripe.products.create({ name: 'Gold' });
  const price_data = { product, currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' } } as const;
  // The second renewal is a moment soon after the first, at which its answer must not come.
  for (const at of [NOW, NOW + 10 * MINUTE]) {
    await time.advance(at);
    const { id: customer } = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    await stripe.subscriptions.create({ customer, items: [{ price_data }] });
  }
  await queue.idle();
  await time.advance(NOW + 40 * DAY);
  const told = (type: string) => world.log.all.map(({ event }) => event).filter((event) => event.type === type);
  const renewed = told('invoice.created').slice(2);
  expect(renewed).toHaveLength(2);
  for (const [i, { created }] of renewed.entries()) {
    const finalized = told('invoice.finalized')[i + 2]!;
    expect(finalized.created).toBe(created + HOUR);
    expect((finalized['data'] as { object: object }).object).toMatchObject({ webhooks_delivered_at: created });
  }
});

test('after a failure nothing is passed over: each attempt is made when it is due', async () => {
  let failing = true;
  const fails = receiver(({ answer }) => void turn().then(() => answer(failing ? 500 : 200)));
  const events = ['customer.created', 'invoice.finalized'];
  const { stripe, time, queue } = start({ webhooks: [{ url: URL, secret: SECRET, receiver: fails, events }] });
  const { id: customer } = await stripe.customers.create({});
  // Falls between two attempts.
  await stripe.invoices.create({ customer, auto_advance: true, automatically_finalizes_at: NOW + 40 * MINUTE });
  await time.advance(NOW + 3 * HOUR);
  expect(queue.log.map(({ attempts }) => attempts.map(({ at }) => (at - NOW) / MINUTE))).toEqual([
    [0, 5, 30, 120],
    [40, 45, 70, 160],
  ]);
  failing = false;
  await time.advance(NOW + DAY);
  expect(queue.log.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
});
