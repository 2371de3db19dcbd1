import type Stripe from 'stripe';
import { type EmulatorOptions } from '../../../../src/emulator/index.ts';
import { start } from '../../sdk.ts';

export const HOUR = 60 * 60;
export const DAY = 24 * HOUR;

/** A moment in UTC as Unix seconds: `at('2028-02-15T12:00Z')`. */
export const at = (iso: string): number => Date.parse(iso) / 1000;

type Recurring = { interval?: 'day' | 'week' | 'month' | 'year'; interval_count?: number };

/** A world with a customer, whose card pays when one is named, and what can be subscribed to. */
export async function subscriber(card: string | null = 'pm_card_visa', options: EmulatorOptions = {}) {
  const open = start(options);
  const { stripe, world, time } = open;
  const { id: customer } = await stripe.customers.create({
    email: 'jenny@example.com',
    ...(card && { payment_method: card, invoice_settings: { default_payment_method: card } }),
  });
  const { id: product } = await stripe.products.create({ name: 'Gold' });
  /** A price per month unless said otherwise, in minor units. */
  const price = async (
    unit_amount: number,
    { interval = 'month', interval_count = 1 }: Recurring = {},
    params: Partial<Stripe.PriceCreateParams> = {},
  ) => {
    const recurring = { interval, interval_count };
    const created = await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring, ...params });
    return created.id;
  };
  const subscribe = async (prices: string | string[], params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [prices].flat().map((price) => ({ price })), ...params });
  const retrieve = (id: string) => stripe.subscriptions.retrieve(id);
  const invoiceOf = async ({ latest_invoice: id }: Pick<Stripe.Subscription, 'latest_invoice'>) =>
    stripe.invoices.retrieve(id as string);
  /** The types told since the last time, and what was told. */
  let mark = world.log.all.length;
  const events = () => {
    const told = world.log.all.slice(mark).map(({ event }) => event as unknown as Stripe.Event);
    mark = world.log.all.length;
    return told;
  };
  const told = () => events().map(({ type }) => type);
  const lines = (invoice: Stripe.Invoice) => invoice.lines.data.map(({ amount }) => amount);
  const pending = async () => (await stripe.invoiceItems.list({ customer, pending: true })).data.map((i) => i.amount);
  /** Moves on until the renewal that is due next has been collected. */
  const renewed = async (id: string) => {
    const { items } = await retrieve(id);
    await time.advance(Math.min(...items.data.map((item) => item.current_period_end)) + HOUR);
    return retrieve(id);
  };
  return { ...open, customer, product, price, subscribe, retrieve, invoiceOf, events, told, lines, pending, renewed };
}
