import type Stripe from 'stripe';
import { start } from '../../sdk.ts';

export const HOUR = 60 * 60;
export const DAY = 24 * HOUR;

/** A world with a customer, and its card when one is named. */
export async function payer(card: string | null = 'pm_card_visa', params: Stripe.CustomerCreateParams = {}) {
  const open = start();
  const { id: customer } = await open.stripe.customers.create({
    email: 'jenny@example.com',
    ...(card && { payment_method: card, invoice_settings: { default_payment_method: card } }),
    ...params,
  });
  /** A draft with lines of these amounts. */
  const draft = async (amounts: number[], params: Partial<Stripe.InvoiceCreateParams> = {}) => {
    const { id } = await open.stripe.invoices.create({ customer, ...params });
    return open.stripe.invoices.addLines(id, { lines: amounts.map((amount) => ({ amount })) });
  };
  const finalized = async (amounts: number[], params: Partial<Stripe.InvoiceCreateParams> = {}) =>
    open.stripe.invoices.finalizeInvoice((await draft(amounts, params)).id);
  const retrieve = (id: string) => open.stripe.invoices.retrieve(id);
  /** The types told since a mark, and a new mark. */
  let mark = open.world.log.all.length;
  const told = () => {
    const types = open.world.log.all.slice(mark).map(({ event }) => event.type);
    mark = open.world.log.all.length;
    return types;
  };
  return { ...open, customer, draft, finalized, retrieve, told };
}
