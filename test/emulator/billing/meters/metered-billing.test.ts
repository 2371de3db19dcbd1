import { expect, test } from 'vitest';
import Stripe from 'stripe';
import { start } from '../../sdk.ts';

// 2026-01-31T10:00:00Z, so that the first period ends on the last day of a shorter month.
const JANUARY = 1_769_853_600;
const FEBRUARY_END = Date.UTC(2026, 1, 28, 10) / 1000;
const HOUR = 3_600;

async function shop(price: Partial<Stripe.PriceCreateParams> = { unit_amount: 3 }) {
  const open = start({ frozenAt: JANUARY });
  const { stripe } = open;
  const payment_method = 'pm_card_visa';
  const customer = await stripe.customers.create({
    payment_method,
    invoice_settings: { default_payment_method: payment_method },
  });
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  });
  const metered = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Calls' },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    ...price,
  });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: metered.id }] });
  const use = (value: number) =>
    stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer.id, value: String(value) },
    });
  const invoices = async () => (await stripe.invoices.list({ subscription: subscription.id })).data.toReversed();
  return { ...open, customer, subscription, use, invoices, to: (at: number) => open.time.advance(at) };
}

test('usage is billed when its period is over, and the next period begins at nothing', async () => {
  const { use, invoices, to } = await shop();
  await use(25);
  await to(JANUARY + 20 * 24 * HOUR);
  await use(75);
  await to(FEBRUARY_END - 1);
  await use(7);
  await to(FEBRUARY_END);
  await use(1_000);
  await to(FEBRUARY_END + 2 * HOUR);
  const [first, second] = await invoices();
  expect(first).toMatchObject({ total: 0, status: 'paid' });
  // (25 + 75 + 7) × 3 = 321; the thousand belongs to March.
  expect(second).toMatchObject({ total: 321, amount_paid: 321, status: 'paid', billing_reason: 'subscription_cycle' });
  expect(second!.lines.data).toMatchObject([
    { quantity: 107, amount: 321, period: { start: JANUARY, end: FEBRUARY_END } },
  ]);
});

test('by tiers: a fee and so many included, the rest graduated', async () => {
  const { use, invoices, to } = await shop({
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 100, flat_amount: 500, unit_amount: 0 },
      { up_to: 200, unit_amount: 5 },
      { up_to: 'inf', unit_amount_decimal: Stripe.Decimal.from('2.5') },
    ],
  });
  await use(303);
  await to(FEBRUARY_END + 2 * HOUR);
  const second = (await invoices())[1]!;
  // 500 + 100 × 5 + 103 × 2.5 = 500 + 500 + 257.5 → 1257.5, rounded once: 1258.
  expect(second.total).toBe(1258);
  expect(second.lines.data.reduce((sum, { amount }) => sum + amount, 0)).toBe(1258);
});

test('corrections below nothing give nothing back', async () => {
  const { use, invoices, to } = await shop();
  await use(-5);
  await to(FEBRUARY_END + 2 * HOUR);
  expect((await invoices())[1]!.total).toBe(0);
});

test('what was used until the end is billed on a last invoice', async () => {
  const { stripe, subscription, use, invoices, to } = await shop();
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await use(10);
  await to(FEBRUARY_END + 2 * HOUR);
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
  expect((await invoices()).map(({ total }) => total)).toEqual([0, 30]);
});

test('ended at once, it is billed when asked for', async () => {
  const { stripe, subscription, use, invoices } = await shop();
  await use(10);
  await stripe.subscriptions.cancel(subscription.id, { invoice_now: true });
  expect((await invoices()).map(({ total }) => total)).toEqual([0, 30]);
});
