import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { random } from '../../../src/base/ids.ts';
import { parseSpan } from '../../../src/emulator/index.ts';
import { createReceiver } from '../../../src/receiver/index.ts';
import { compareMirror } from '../../../src/scenarios/receive.ts';
import { createSqliteStore } from '../../../src/store/sqlite/index.ts';
import type { Row, Stored } from '../../../src/emulator/world/objects.ts';
import { start } from '../sdk.ts';

const SECRET = 'whsec_twelvemonths000000000000000000000';
const BEGINNING = Date.parse('2028-01-31T09:30:00Z') / 1000;
const SUBSCRIPTIONS = process.env['PAYBELL_DEEP'] ? 1000 : 100;

type Open = ReturnType<typeof start>;

/** What there is to subscribe to, and to pay less with. */
async function catalogue({ stripe }: Open) {
  const { id: product } = await stripe.products.create({ name: 'Gold' });
  const price = async (unit_amount: number, interval: 'month' | 'year') =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval } })).id;
  return {
    monthly: [await price(1999, 'month'), await price(4999, 'month')],
    yearly: await price(19_990, 'year'),
    coupon: (await stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 })).id,
    tax: (await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: true })).id,
  };
}

type Catalogue = Awaited<ReturnType<typeof catalogue>>;

/** One customer and what it subscribes to; what kind of customer it is, chance decides. */
async function subscribe({ stripe }: Open, { monthly, yearly, coupon, tax }: Catalogue, chance: () => number) {
  const { id: customer } = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const kind = chance();
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: kind < 0.15 ? yearly : monthly[Math.floor(chance() * 2)]! }],
    ...(kind > 0.8 && { trial_period_days: 1 + Math.floor(chance() * 30), off_session: true }),
    ...(chance() < 0.3 && { discounts: [{ coupon }] }),
    ...(chance() < 0.5 && { default_tax_rates: [tax] }),
  });
  if (chance() < 0.15) {
    const { id } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  }
  return subscription;
}

/** In every month some upgrade, some downgrade, some leave, and some find another card. */
async function oneMonth({ stripe }: Open, { monthly }: Catalogue, all: Stripe.Subscription[], chance: () => number) {
  for (const { id, customer, items } of all) {
    const luck = chance();
    if (luck > 0.15) continue;
    const { status } = await stripe.subscriptions.retrieve(id);
    if (status === 'canceled') continue;
    const price = monthly[Math.floor(chance() * 2)]!;
    if (luck < 0.08)
      await stripe.subscriptions.update(id, {
        items: [{ id: items.data[0]!.id, price }],
        proration_behavior: luck < 0.03 ? 'always_invoice' : 'create_prorations',
      });
    else if (luck < 0.1) await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
    else if (luck < 0.12) await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    else {
      const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer as string });
      await stripe.customers.update(customer as string, { invoice_settings: { default_payment_method: card.id } });
    }
  }
}

/** To the cent: what invoices say was paid is what charges took, and what the books hold. */
function agree({ world }: Open) {
  const rows = <Name extends string>(object: Name) =>
    [...world.tables.of('', object).rows()].map((row) => (row as unknown as Row<Name>).object);
  const sum = <T>(list: readonly T[], amount: (item: T) => number) => list.reduce((all, each) => all + amount(each), 0);
  const paid = sum(rows('invoice'), ({ amount_paid }) => amount_paid);
  const charges = rows('charge').filter((charge) => charge.paid);
  const books = rows('balance_transaction');
  expect(sum(charges, ({ amount }) => amount)).toBe(paid);
  expect(sum(books, ({ amount }) => amount)).toBe(paid - sum(rows('refund'), ({ amount }) => amount));
  expect(sum(books, ({ net, fee }) => net + fee)).toBe(sum(books, ({ amount }) => amount));
  for (const invoice of rows('invoice')) expect(addsUp(invoice)).toBe(true);
  const balances = sum(rows('customer'), ({ balance }) => balance);
  expect(balances).toBe(sum(rows('customer_balance_transaction'), ({ amount }) => amount));
  return paid;
}

const addsUp = ({ subtotal, total, total_discount_amounts: discounts, lines }: Stored<'invoice'>) =>
  total === subtotal - discounts!.reduce((all, { amount }) => all + amount, 0) &&
  subtotal === lines.data.reduce((all, { amount }) => all + amount, 0);

async function year(send: (request: Request) => Promise<Response>, count: number) {
  const open = start({
    frozenAt: BEGINNING,
    webhooks: [{ url: 'http://127.0.0.1:4242/payments/webhook/', secret: SECRET, send }],
  });
  const source = random('twelve months');
  const chance = () => source.next();
  const known = await catalogue(open);
  const all: Stripe.Subscription[] = [];
  for (let i = 0; i < count; i++) {
    // Spread over the first month, so that periods end on every day of one.
    if (i % 10 === 0) await open.time.advance(open.world.clock.now() + Math.floor((29 * 86_400) / (count / 10)));
    all.push(await subscribe(open, known, chance));
  }
  const paid: number[] = [];
  for (let month = 1; month <= 12; month++) {
    await open.time.advance(parseSpan(`${month}mo`, BEGINNING + 29 * 86_400));
    paid.push(agree(open));
    await oneMonth(open, known, all, chance);
  }
  return { ...open, paid };
}

test(`twelve months of ${SUBSCRIPTIONS} subscriptions: every sum agrees in every month, and a receiver has seen it all`, async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const { paid, world } = await year((request) => receiver.fetch(request), SUBSCRIPTIONS);
  expect(paid).toEqual(paid.toSorted((a, b) => a - b));
  await receiver.drain();
  const { differences } = await compareMirror(store, world.log.truth());
  expect(differences.slice(0, 5)).toEqual([]);
  const types = new Set(world.log.all.map(({ event }) => event.type));
  for (const type of [
    'customer.discount.deleted',
    'customer.subscription.deleted',
    'customer.subscription.trial_will_end',
    'invoice.payment_failed',
    'invoiceitem.created',
  ])
    expect(types).toContain(type);
}, 60_000);

test('the same seed gives the same year', async () => {
  const told = async () => {
    const { world } = await year(async () => new Response('ok'), 20);
    // The SDK makes up its idempotency keys; everything else repeats.
    return world.log.all.map(({ event: { request, ...event } }) => ({
      ...event,
      request: (request as JsonObject)['id']!,
    }));
  };
  expect(await told()).toEqual(await told());
});
