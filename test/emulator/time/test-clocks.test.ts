import { describe, expect, test } from 'vitest';
import { control } from '../http.ts';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Far from the world's own time, so that the two are never taken for each other. */
const THEN = Date.UTC(2024, 0, 31, 12) / 1000;
const at = (text: string) => Date.parse(text) / 1000;

/** A clock with a customer that pays 20.00 a month. */
async function subscribed(open: ReturnType<typeof start>, frozen = THEN) {
  const { stripe, settled } = open;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen, name: 'renewals' });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const advance = async (to: number) => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to });
    await settled();
  };
  return { ...open, clock, customer, price, subscription, advance };
}

test('a clock is made, advances and ends, and says so', async () => {
  const { stripe, world, settled } = start();
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: THEN, name: 'mine' });
  expect(clock).toMatchObject({
    id: expect.stringMatching(/^clock_/),
    object: 'test_helpers.test_clock',
    created: NOW,
    deletes_after: NOW + 7 * DAY,
    frozen_time: THEN,
    status: 'ready',
    name: 'mine',
  });
  const advancing = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: THEN + DAY });
  expect(advancing).toMatchObject({
    status: 'advancing',
    frozen_time: THEN,
    status_details: { advancing: { target_frozen_time: THEN + DAY } },
  });
  await settled();
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
    status: 'ready',
    frozen_time: THEN + DAY,
    status_details: {},
  });
  expect(await stripe.testHelpers.testClocks.del(clock.id)).toEqual({
    id: clock.id,
    object: 'test_helpers.test_clock',
    deleted: true,
  });
  expect((await stripe.testHelpers.testClocks.list()).data).toEqual([]);
  expect(await refusal(stripe.testHelpers.testClocks.retrieve(clock.id))).toMatchObject({ statusCode: 404 });
  expect(typesOf(world)).toEqual(
    ['created', 'advancing', 'ready', 'deleted'].map((type) => `test_helpers.test_clock.${type}`),
  );
  const [, began, ended] = world.log.all.map(({ event }) => event['request'] as { id: string });
  expect(began!.id).toMatch(/^req_/);
  expect(ended).toEqual(began);
});

test('what a customer on a clock has lives at its time; events stay in real time', async () => {
  const { customer, price, subscription, world } = await subscribed(start());
  expect(customer).toMatchObject({ created: THEN });
  expect(subscription).toMatchObject({ created: THEN, start_date: THEN, billing_cycle_anchor: THEN, status: 'active' });
  expect(subscription.items.data[0]).toMatchObject({
    current_period_start: THEN,
    current_period_end: at('2024-02-29T12:00:00Z'),
  });
  // A price is nobody's.
  expect(price.created).toBe(NOW);
  expect(new Set(world.log.all.map(({ event }) => event.created))).toEqual(new Set([NOW]));
});

test('advancing bills every period at its own moment, the hour for webhooks included', async () => {
  const open = start({
    webhooks: [{ url: 'http://127.0.0.1:9/', secret: 'whsec_x', send: async () => new Response() }],
  });
  const { stripe, customer, subscription, advance } = await subscribed(open);
  await advance(at('2024-03-31T12:00:00Z'));
  await advance(at('2024-03-31T12:00:00Z') + 2 * HOUR);
  const { data } = await stripe.invoices.list({ customer: customer.id });
  const times = data.map(({ created, status, status_transitions }) => [created, status, status_transitions.paid_at]);
  expect(times).toEqual([
    [at('2024-03-31T12:00:00Z'), 'paid', at('2024-03-31T13:00:00Z')],
    [at('2024-02-29T12:00:00Z'), 'paid', at('2024-02-29T13:00:00Z')],
    [THEN, 'paid', THEN],
  ]);
  expect((await stripe.charges.list({ customer: customer.id })).data.map(({ created }) => created)).toEqual([
    at('2024-03-31T13:00:00Z'),
    at('2024-02-29T13:00:00Z'),
    THEN,
  ]);
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]).toMatchObject({
    current_period_end: at('2024-04-30T12:00:00Z'),
  });
});

test('clocks and the world pass without one another', async () => {
  const open = await subscribed(start());
  const { stripe, time, world, customer, advance } = open;
  const invoices = async () => (await stripe.invoices.list({ customer: customer.id })).data.length;
  const hold = await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
  await time.advance(NOW + 5 * DAY);
  expect(await invoices()).toBe(1);
  await advance(THEN + 45 * DAY);
  expect(await invoices()).toBe(2);
  expect(world.clock.now()).toBe(NOW + 5 * DAY);
  expect((await stripe.charges.retrieve(hold.id)).refunded).toBe(false);
  expect((await control(open.emulator, 'GET /clock')).body['test_clocks']).toMatchObject([
    { id: open.clock.id, now: THEN + 45 * DAY, status: 'ready' },
  ]);
});

describe('a clock goes', () => {
  test.each([
    ['backwards', THEN - 1],
    ['nowhere', THEN],
    ['more than two intervals of its shortest subscription', at('2024-03-31T12:00:01Z')],
  ])('not %s', async (_, to) => {
    const { stripe, clock, ...open } = await subscribed(start());
    const before = dump(open);
    expect(await refusal(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to }))).toMatchObject({
      statusCode: 400,
      param: 'frozen_time',
    });
    expect(dump(open)).toBe(before);
  });

  test('two years at most without a subscription', async () => {
    const { stripe, settled } = start();
    const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: THEN });
    const limit = at('2026-01-31T12:00:00Z');
    expect(await refusal(stripe.testHelpers.testClocks.advance(id, { frozen_time: limit + 1 }))).toMatchObject({
      statusCode: 400,
    });
    await stripe.testHelpers.testClocks.advance(id, { frozen_time: limit });
    await settled();
    expect(await stripe.testHelpers.testClocks.retrieve(id)).toMatchObject({ frozen_time: limit });
  });
});

test('while it advances, what lives on it can be read but not changed', async () => {
  const { stripe, clock, customer, settled } = await subscribed(start());
  const all = await Promise.allSettled([
    stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: THEN + DAY }),
    stripe.customers.update(customer.id, { name: 'Jenny' }),
    stripe.customers.retrieve(customer.id),
    stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: THEN + 2 * DAY }),
    stripe.customers.create({ name: 'somebody else' }),
  ]);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect((all[1] as PromiseRejectedResult).reason).toMatchObject({ statusCode: 429 });
  await settled();
  expect((await stripe.customers.update(customer.id, { name: 'Jenny' })).name).toBe('Jenny');
});

describe('the end of a clock', () => {
  const ends = async (how: 'delete' | 'time') => {
    const open = await subscribed(start());
    const { stripe, clock, time, world } = open;
    const other = await stripe.customers.create({ name: 'somebody else' });
    const from = world.log.all.length;
    if (how === 'delete') await stripe.testHelpers.testClocks.del(clock.id);
    else await time.advance(NOW + 7 * DAY);
    const told = typesOf(world).slice(from);
    return { ...open, other, told };
  };

  test.each(['delete', 'time'] as const)('by %s: its customers go, their subscriptions are cancelled', async (how) => {
    const { stripe, clock, customer, subscription, other, told } = await ends(how);
    expect(told.filter((type) => !type.startsWith('charge.') && !type.startsWith('payment_method'))).toEqual([
      'customer.subscription.deleted',
      'customer.deleted',
      'test_helpers.test_clock.deleted',
    ]);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled' });
    expect(await stripe.customers.retrieve(other.id)).not.toHaveProperty('deleted');
    expect(await refusal(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: THEN + DAY }))).toMatchObject({
      statusCode: 404,
    });
  });
});

test('a customer that exists is put on a new clock, with all it has', async () => {
  const { stripe, settled, world, time } = start();
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });
  const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: NOW, customer: customer.id });
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ test_clock: clock.id });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ test_clock: clock.id });
  expect(
    await refusal(stripe.testHelpers.testClocks.create({ frozen_time: NOW, customer: customer.id })),
  ).toMatchObject({ statusCode: 400 });
  await time.advance(NOW + 6 * DAY);
  const renewed = () => typesOf(world).filter((type) => type === 'invoice.created').length;
  expect(renewed()).toBe(1);
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: NOW + 40 * DAY });
  await settled();
  expect(renewed()).toBe(2);
});

test('a refund is made in real time: a clock governs billing only', async () => {
  const { stripe, customer, time } = await subscribed(start());
  const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
  await time.advance(NOW + HOUR);
  expect((await stripe.refunds.create({ charge: charge!.id })).created).toBe(NOW + HOUR);
});

test('a clock of one account is none of another’s', async () => {
  const { stripe } = start();
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: THEN });
  const account = await stripe.accounts.create({ type: 'standard' });
  expect(await refusal(stripe.customers.create({ test_clock: id }, { stripeAccount: account.id }))).toMatchObject({
    statusCode: 400,
    param: 'test_clock',
  });
});

test('should something on its way fail, the clock says so and stands where that was', async () => {
  const { stripe, world, clock, customer, advance } = await subscribed(start());
  const hold = await stripe.charges.create({
    amount: 500,
    currency: 'usd',
    customer: customer.id,
    source: (await stripe.customers.createSource(customer.id, { source: 'tok_visa' })).id,
    capture: false,
  });
  // The books are broken for one charge: when it expires, there is nothing to release.
  const table = world.tables.of('', 'charge');
  const row = table.get(hold.id)!;
  table.put({ ...row, object: { ...row.object, amount: 7n } as never });
  const warnings: Error[] = [];
  // Node's own listener would print it among the results.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', (warning) => void warnings.push(warning));
  await advance(THEN + 20 * DAY);
  await new Promise((done) => setImmediate(done));
  process.removeAllListeners('warning');
  for (const listener of listeners) process.on('warning', listener);
  expect(warnings).toHaveLength(1);
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
    status: 'internal_failure',
    frozen_time: THEN + 7 * DAY,
  });
  expect(typesOf(world).at(-1)).toBe('test_helpers.test_clock.internal_failure');
});
