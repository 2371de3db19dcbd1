import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { NOW, start, typesOf } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';

const DAY = 86_400;

async function shop() {
  const open = start({ frozenAt: NOW });
  const { stripe } = open;
  const payment_method = 'pm_card_visa';
  const customer = await stripe.customers.create({
    payment_method,
    invoice_settings: { default_payment_method: payment_method },
  });
  const product = await stripe.products.create({ name: 'Seat' });
  const price = (unit_amount: number, recurring?: 'month' | 'year') =>
    stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount,
      ...(recurring && { recurring: { interval: recurring } }),
    });
  const told = async (run: () => Promise<unknown>) => {
    const before = typesOf(open.world).length;
    await run();
    return typesOf(open.world).slice(before);
  };
  return { ...open, customer, price, told };
}

describe('a quote', () => {
  test('adds up: what is due at once, what recurs, tax on both', async () => {
    const { stripe, customer, price } = await shop();
    const rate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const quote = await stripe.quotes.create({
      customer: customer.id,
      default_tax_rates: [rate.id],
      line_items: [{ price: (await price(1000, 'month')).id, quantity: 3 }, { price: (await price(4999)).id }],
    });
    // 3 × 1000 = 3000 monthly, 20 % of it 600; once 4999, 20 % of it 999.8 → 1000.
    expect(quote).toMatchObject({
      status: 'draft',
      number: null,
      expires_at: NOW + 30 * DAY,
      amount_subtotal: 7999,
      amount_total: 9599,
      total_details: { amount_tax: 1600 },
      computed: {
        recurring: { amount_subtotal: 3000, amount_total: 3600, interval: 'month', interval_count: 1 },
        upfront: { amount_subtotal: 7999, amount_total: 9599 },
      },
    });
    const { data } = await stripe.quotes.listLineItems(quote.id);
    expect(
      data.map(({ amount_subtotal, amount_tax, amount_total }) => [amount_subtotal, amount_tax, amount_total]),
    ).toEqual([
      [3000, 600, 3600],
      [4999, 1000, 5999],
    ]);
  });

  test('with a trial asks for nothing recurring at once', async () => {
    const { stripe, customer, price } = await shop();
    const quote = await stripe.quotes.create({
      customer: customer.id,
      subscription_data: { trial_period_days: 14 },
      line_items: [{ price: (await price(1000, 'month')).id }, { price: (await price(500)).id }],
    });
    expect(quote.computed.upfront.amount_total).toBe(500);
    expect((await stripe.quotes.listComputedUpfrontLineItems(quote.id)).data.length).toBe(1);
  });

  test('is numbered when it is finalised, each customer’s in turn', async () => {
    const { stripe, customer, price } = await shop();
    const line_items = [{ price: (await price(1000)).id }];
    const numbers = [];
    for (const _ of [1, 2]) {
      const { id } = await stripe.quotes.create({ customer: customer.id, line_items });
      numbers.push((await stripe.quotes.finalizeQuote(id)).number);
    }
    expect(numbers).toEqual([`QT-${customer.invoice_prefix}-0001-1`, `QT-${customer.invoice_prefix}-0002-1`]);
  });

  test('accepted becomes a subscription, whose first invoice is collected an hour later', async () => {
    const { stripe, customer, price, told, time } = await shop();
    const { id } = await stripe.quotes.create({
      customer: customer.id,
      line_items: [{ price: (await price(1000, 'month')).id, quantity: 2 }, { price: (await price(500)).id }],
    });
    await stripe.quotes.finalizeQuote(id);
    const events = await told(() => stripe.quotes.accept(id));
    expect(events.slice(events.indexOf('customer.subscription.created'))).toEqual([
      'customer.subscription.created',
      'invoiceitem.created',
      'invoice.created',
      'quote.accepted',
    ]);
    const quote = await stripe.quotes.retrieve(id);
    expect(quote).toMatchObject({ status: 'accepted', status_transitions: { accepted_at: NOW } });
    const draft = await stripe.invoices.retrieve(quote.invoice as string);
    expect(draft).toMatchObject({ status: 'draft', total: 2500, billing_reason: 'subscription_create' });
    await time.advance(NOW + 3 * 3600);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'paid', amount_paid: 2500 });
    expect(await stripe.subscriptions.retrieve(quote.subscription as string)).toMatchObject({ status: 'active' });
  });

  test('of things paid once becomes an invoice', async () => {
    const { stripe, customer, price } = await shop();
    const { id } = await stripe.quotes.create({
      customer: customer.id,
      line_items: [{ price: (await price(700)).id, quantity: 3 }],
    });
    await stripe.quotes.finalizeQuote(id);
    const quote = await stripe.quotes.accept(id);
    expect(quote.subscription).toBeNull();
    expect(await stripe.invoices.retrieve(quote.invoice as string)).toMatchObject({
      billing_reason: 'quote_accept',
      total: 2100,
      parent: { type: 'quote_details', quote_details: { quote: id } },
    });
  });

  test('left alone expires', async () => {
    const { stripe, customer, price, time } = await shop();
    const { id } = await stripe.quotes.create({ customer: customer.id, line_items: [{ price: (await price(1)).id }] });
    await stripe.quotes.finalizeQuote(id);
    await time.advance(NOW + 30 * DAY);
    expect((await stripe.quotes.retrieve(id)).status).toBe('canceled');
  });

  test.each([
    [
      'accepting a draft',
      (stripe: never, id: string) => (stripe as ReturnType<typeof start>['stripe']).quotes.accept(id),
    ],
    [
      'finalising without a customer',
      (stripe: never, id: string) => (stripe as ReturnType<typeof start>['stripe']).quotes.finalizeQuote(id),
    ],
  ])('%s is refused', async (_, act) => {
    const { stripe, price } = await shop();
    const { id } = await stripe.quotes.create({ line_items: [{ price: (await price(1)).id }] });
    await expect(act(stripe as never, id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await stripe.quotes.retrieve(id)).status).toBe('draft');
  });

  test('that was cancelled stays so', async () => {
    const { stripe, customer, price, told } = await shop();
    const { id } = await stripe.quotes.create({ customer: customer.id, line_items: [{ price: (await price(1)).id }] });
    expect(await told(() => stripe.quotes.cancel(id))).toEqual(['quote.canceled']);
    await expect(stripe.quotes.cancel(id)).rejects.toMatchObject({ statusCode: 400 });
  });
});

test('a clone is a draft of its own that says the same, whatever became of the first', async () => {
  const open = await shop();
  const { stripe, customer, price, told, time } = open;
  const [first, other] = await Promise.all([price(1000, 'month'), price(300)]);
  const { id } = await stripe.quotes.create({
    customer: customer.id,
    description: 'Seats',
    line_items: [{ price: first.id, quantity: 3 }],
    subscription_data: { trial_period_days: 7 },
  });
  await stripe.quotes.finalizeQuote(id);
  await time.advance(NOW + 5 * DAY);
  await stripe.quotes.cancel(id);
  let clone!: Stripe.Quote;
  expect(
    await told(async () => {
      clone = await stripe.quotes.create({ from_quote: { quote: id }, expires_at: NOW + 6 * DAY });
    }),
  ).toEqual(['quote.created']);
  expect(clone).toMatchObject({
    status: 'draft',
    number: null,
    amount_total: 3000,
    customer: customer.id,
    description: 'Seats',
    expires_at: NOW + 6 * DAY,
    from_quote: { is_revision: false, quote: id },
    subscription_data: { trial_period_days: 7 },
  });
  const [line] = (await stripe.quotes.listLineItems(clone.id)).data;
  expect(line!.id).not.toBe((await stripe.quotes.listLineItems(id)).data[0]!.id);
  // Changing the one leaves the other alone.
  await stripe.quotes.update(clone.id, { line_items: [{ price: other.id }] });
  expect((await stripe.quotes.retrieve(id)).amount_total).toBe(3000);
  const before = dump(open);
  const description = stripe.quotes.create({ from_quote: { quote: id }, description: 'Chairs' });
  expect(await refusal(description)).toMatchObject({ statusCode: 400, param: 'description' });
  const missing = stripe.quotes.create({ from_quote: { quote: 'qt_none' } });
  expect(await refusal(missing)).toMatchObject({ code: 'resource_missing', param: 'from_quote[quote]' });
  expect(dump(open)).toBe(before);
});
