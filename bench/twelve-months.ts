import type Stripe from 'stripe';
import { random } from '../src/base/ids.ts';
import { createEmulator, parseSpan, type EmulatorOptions, type OpenWorld } from '../src/emulator/index.ts';
import type { Row, Stored } from '../src/emulator/world/objects.ts';
import { sdkFor } from '../test/emulator/sdk.ts';

const KEY = 'sk_test_twelvemonths';
const DAY = 86_400;
/** Unix seconds: on the last day of the longest month, so that month ends matter. */
const BEGINNING = Date.parse('2028-01-31T09:30:00Z') / 1000;

type Shop = OpenWorld & { stripe: Stripe };

/** In minor units of the one currency there is: what invoices, charges and the books say was paid since the beginning. */
export type Sums = {
  invoices: number;
  charges: number;
  refunds: number;
  books: number;
  /** Fees and what is left after them, by the books. */
  net: number;
  fees: number;
  /** What customers are owed or owe, and all that ever moved it. */
  balances: number;
  moves: number;
  /** Invoices whose lines, discounts and total do not add up. */
  wrong: string[];
};

/** What is off in a month's sums, one line for each thing; nothing when they agree to the cent. */
export function disagreements({
  invoices,
  charges,
  refunds,
  books,
  net,
  fees,
  balances,
  moves,
  wrong,
}: Sums): string[] {
  const off: string[] = [];
  if (charges !== invoices) off.push(`charges took ${charges}, invoices say ${invoices}`);
  if (books !== charges - refunds) off.push(`the books hold ${books}, charges less refunds are ${charges - refunds}`);
  if (net + fees !== books) off.push(`net and fees are ${net + fees}, the books hold ${books}`);
  if (balances !== moves) off.push(`customers have ${balances}, their transactions add up to ${moves}`);
  return [...off, ...wrong.map((id) => `${id} does not add up`)];
}

/**
 * Plays a year of subscriptions, monthly and yearly, with trials, coupons, taxes, cards that begin to be declined,
 * upgrades, downgrades and cancellations. `advance` moves the clock over a month, and `month` hears its sums.
 */
export async function twelveMonths(
  count: number,
  options: EmulatorOptions,
  hear: { advance(move: () => Promise<void>): Promise<void>; month(sums: Sums): void },
): Promise<OpenWorld> {
  const emulator = createEmulator({ seed: 'twelve months', frozenAt: BEGINNING, ...options });
  const shop = { ...emulator.open(KEY), stripe: sdkFor(emulator, KEY) };
  const source = random('twelve months');
  const chance = () => source.next();
  const known = await catalogue(shop);
  const all: Stripe.Subscription[] = [];
  for (let i = 0; i < count; i++) {
    // Spread over the first month, so that periods end on every day of one.
    if (i % 10 === 0) await shop.time.advance(shop.world.clock.now() + Math.floor((29 * DAY) / (count / 10)));
    all.push(await subscribe(shop, known, chance));
  }
  await shop.settled();
  for (let month = 1; month <= 12; month++) {
    await hear.advance(() => shop.time.advance(parseSpan(`${month}mo`, BEGINNING + 29 * DAY)));
    hear.month(sumsOf(shop));
    await oneMonth(shop, known, all, chance);
  }
  await shop.settled();
  return shop;
}

/** What there is to subscribe to, and to pay less with. */
async function catalogue({ stripe }: Shop) {
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
async function subscribe({ stripe }: Shop, { monthly, yearly, coupon, tax }: Catalogue, chance: () => number) {
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
async function oneMonth({ stripe }: Shop, { monthly }: Catalogue, all: Stripe.Subscription[], chance: () => number) {
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

function sumsOf({ world }: Shop): Sums {
  const rows = <Name extends string>(object: Name) =>
    Array.from(world.tables.of('', object).rows(), (row) => (row as unknown as Row<Name>).object);
  const sum = <T>(list: readonly T[], amount: (item: T) => number) => list.reduce((all, each) => all + amount(each), 0);
  const books = rows('balance_transaction');
  const charges = rows('charge').filter((charge) => charge.paid);
  return {
    invoices: sum(rows('invoice'), ({ amount_paid }) => amount_paid),
    charges: sum(charges, ({ amount }) => amount),
    refunds: sum(rows('refund'), ({ amount }) => amount),
    books: sum(books, ({ amount }) => amount),
    net: sum(books, ({ net }) => net),
    fees: sum(books, ({ fee }) => fee),
    balances: sum(rows('customer'), ({ balance }) => balance),
    moves: sum(rows('customer_balance_transaction'), ({ amount }) => amount),
    wrong: rows('invoice')
      .filter((invoice) => !addsUp(invoice))
      .map(({ id }) => id),
  };
}

const addsUp = ({ subtotal, total, total_discount_amounts: discounts, lines }: Stored<'invoice'>) =>
  total === subtotal - discounts!.reduce((all, { amount }) => all + amount, 0) &&
  subtotal === lines.data.reduce((all, { amount }) => all + amount, 0);
