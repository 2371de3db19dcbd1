import { describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { NOW, start, typesOf } from '../../sdk.ts';

const DAY = 86_400;

async function shop() {
  const open = start({ frozenAt: NOW });
  const { stripe, time, world } = open;
  const payment_method = 'pm_card_visa';
  const customer = await stripe.customers.create({
    payment_method,
    invoice_settings: { default_payment_method: payment_method },
  });
  const product = await stripe.products.create({ name: 'Plan' });
  const price = async (unit_amount: number, interval: 'month' | 'year' = 'month') =>
    (await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, recurring: { interval } })).id;
  const told = async (run: () => Promise<unknown>) => {
    const before = typesOf(world).length;
    await run();
    return typesOf(world)
      .slice(before)
      .filter((type) => /^(customer\.subscription|subscription_schedule|invoice\.(created|paid))/.test(type));
  };
  const phase = (id: string, months = 1): Stripe.SubscriptionScheduleCreateParams.Phase => ({
    items: [{ price: id }],
    duration: { interval: 'month', interval_count: months },
  });
  const create = (phases: Stripe.SubscriptionScheduleCreateParams.Phase[], rest = {}) =>
    stripe.subscriptionSchedules.create({ customer: customer.id, start_date: 'now', phases, ...rest });
  const month = (n: number) => Date.UTC(...monthsOn(n)) / 1000;
  const priceOf = async (id: unknown) => (await stripe.subscriptions.retrieve(id as string)).items.data[0]!.price.id;
  const paid = async () => {
    const { data } = await stripe.invoices.list({ limit: 100 });
    return data.map(({ total, status }) => `${total} ${status}`).toReversed();
  };
  return { ...open, customer, price, phase, create, month, told, priceOf, paid, to: (at: number) => time.advance(at) };
}

// NOW is in the middle of a month, so that months on are plain.
function monthsOn(n: number): [number, number, number, number, number, number] {
  const date = new Date(NOW * 1000);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + n,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
}

describe('a schedule', () => {
  test('plays its phases one after the other, and lets the subscription go on', async () => {
    const { stripe, price, phase, create, month, told, priceOf, paid, to } = await shop();
    const [a, b] = [await price(1000), await price(3000)];
    let id = '';
    expect(await told(async () => ({ id } = await create([phase(a), phase(b)])))).toEqual([
      'customer.subscription.created',
      'subscription_schedule.created',
      'invoice.created',
    ]);
    const schedule = await stripe.subscriptionSchedules.retrieve(id);
    expect(schedule).toMatchObject({
      status: 'active',
      current_phase: { start_date: NOW, end_date: month(1) },
      phases: [{ end_date: month(1) }, { start_date: month(1), end_date: month(2) }],
    });
    const subscription = schedule.subscription as string;
    expect((await stripe.subscriptions.retrieve(subscription)).schedule).toBe(id);

    expect(await told(() => to(month(1)))).toEqual([
      'invoice.paid', // an hour after the beginning
      'invoice.created',
      'customer.subscription.updated',
      'subscription_schedule.updated',
    ]);
    expect(await priceOf(subscription)).toBe(b);
    expect(await told(() => to(month(2) - 10 * DAY))).toEqual(['invoice.paid', 'subscription_schedule.expiring']);
    expect(await told(() => to(month(2)))).toEqual([
      'subscription_schedule.completed',
      'invoice.created',
      'customer.subscription.updated',
    ]);
    expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
      status: 'completed',
      completed_at: month(2),
    });
    expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'active', schedule: null });
    // Never a proration: each phase begins with a period.
    expect(await paid()).toEqual(['1000 paid', '3000 paid', '3000 draft']);
  });

  test('prorates a phase that begins within a period', async () => {
    const { price, create, to, paid, told } = await shop();
    const [a, b] = [await price(3000), await price(6000)];
    const change = NOW + 10 * DAY;
    await create([
      { items: [{ price: a }], end_date: change },
      { items: [{ price: b }], end_date: change + 30 * DAY, proration_behavior: 'always_invoice' },
    ]);
    expect(await told(() => to(change))).toContain('customer.subscription.updated');
    const [first, second] = await paid();
    expect(first).toBe('3000 paid');
    // Ten days of the period are over: of the rest, 6000 − 3000 = 3000 for its share of the period's days.
    const days = (Date.UTC(...monthsOn(1)) / 1000 - NOW) / DAY;
    expect(second!.split(' ')[0]).toBe(String(Math.round((3000 * (days - 10)) / days)));
  });

  test('that begins later makes its subscription then', async () => {
    const { stripe, price, phase, create, told, to } = await shop();
    const begins = NOW + 3 * DAY;
    const { id, status, subscription } = await create([phase(await price(1000))], { start_date: begins });
    expect({ status, subscription }).toEqual({ status: 'not_started', subscription: null });
    expect(await told(() => to(begins))).toEqual([
      'customer.subscription.created',
      'invoice.created',
      'subscription_schedule.updated',
    ]);
    expect((await stripe.subscriptionSchedules.retrieve(id)).status).toBe('active');
  });

  test('can end its subscription with its last phase', async () => {
    const { stripe, price, phase, create, month, to, told } = await shop();
    const { subscription } = await create([phase(await price(1000))], { end_behavior: 'cancel' });
    await to(month(1) - 1);
    expect(await told(() => to(month(1)))).toEqual([
      'subscription_schedule.completed',
      'customer.subscription.deleted',
    ]);
    expect((await stripe.subscriptions.retrieve(subscription as string)).status).toBe('canceled');
  });

  test('can be released, and lets everything as it is', async () => {
    const { stripe, price, phase, create, told } = await shop();
    const { id, subscription } = await create([phase(await price(1000))]);
    expect(await told(() => stripe.subscriptionSchedules.release(id))).toEqual([
      'subscription_schedule.released',
      'customer.subscription.updated',
    ]);
    expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
      status: 'released',
      released_at: NOW,
      released_subscription: subscription,
      subscription: null,
    });
    await expect(stripe.subscriptionSchedules.cancel(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  test('can be cancelled with its subscription', async () => {
    const { stripe, price, phase, create, told } = await shop();
    const { id } = await create([phase(await price(1000))]);
    expect(await told(() => stripe.subscriptionSchedules.cancel(id))).toEqual([
      'customer.subscription.deleted',
      'subscription_schedule.canceled',
    ]);
  });

  test('ends with its subscription', async () => {
    const { stripe, price, phase, create, told } = await shop();
    const { id, subscription } = await create([phase(await price(1000))]);
    expect(await told(() => stripe.subscriptions.cancel(subscription as string))).toEqual([
      'customer.subscription.deleted',
      'subscription_schedule.canceled',
    ]);
    expect((await stripe.subscriptionSchedules.retrieve(id)).status).toBe('canceled');
  });

  test('can be made of a subscription, and given phases', async () => {
    const { stripe, customer, price, month, to, priceOf } = await shop();
    const [a, b] = [await price(1000), await price(2000)];
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: a, quantity: 2 }],
    });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    expect(schedule).toMatchObject({
      status: 'active',
      subscription: subscription.id,
      phases: [{ start_date: NOW, end_date: month(1), items: [{ price: a, quantity: 2 }] }],
    });
    await stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: a, quantity: 2 }], start_date: NOW, end_date: month(1) },
        { items: [{ price: b }], duration: { interval: 'month', interval_count: 3 } },
      ],
    });
    await to(month(1));
    expect(await priceOf(subscription.id)).toBe(b);
    const again = stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    await expect(again).rejects.toMatchObject({ statusCode: 400 });
  });

  test.each([
    ['no phases', { phases: [] }],
    ['a phase that ends before it begins', { phases: [{ items: [{ price: 'PRICE' }], end_date: NOW - 1 }] }],
    ['a phase without items', { phases: [{ items: [] }] }],
    ['a price that does not exist', { phases: [{ items: [{ price: 'price_none' }] }] }],
  ])('with %s is refused, and nothing is made', async (_, params) => {
    const { stripe, customer, price, world } = await shop();
    const id = await price(1000);
    const before = typesOf(world).length;
    const given = JSON.parse(JSON.stringify(params).replaceAll('PRICE', id)) as object;
    const made = stripe.subscriptionSchedules.create({ customer: customer.id, start_date: 'now', ...given });
    await expect(made).rejects.toMatchObject({ type: 'StripeInvalidRequestError' });
    expect(typesOf(world).length).toBe(before);
  });
});
