import type Stripe from 'stripe';
import type { Fire, Stage } from './define.ts';

/** The customer of the invoice scenarios. */
export const jenny = (stripe: Stripe, params: Stripe.CustomerCreateParams = {}): Promise<Stripe.Customer> =>
  stripe.customers.create({ email: 'jenny.rosen@example.com', ...params });

/** A customer whose card pays its invoices. */
export const jennyWithCard = (stripe: Stripe): Promise<Stripe.Customer> =>
  jenny(stripe, {
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });

/** An open invoice over an amount in cents. */
export async function openInvoice({ stripe }: Stage, amount: number): Promise<Stripe.Invoice> {
  const { id: customer } = await jennyWithCard(stripe);
  await stripe.invoiceItems.create({ customer, amount, currency: 'usd', description: 'Consulting' });
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  return stripe.invoices.finalizeInvoice(id);
}

/** A paid one, its payment in the books. */
export async function paidInvoice(stage: Stage, amount: number): Promise<Stripe.Invoice> {
  const { id } = await openInvoice(stage, amount);
  const invoice = await stage.stripe.invoices.pay(id);
  await stage.wait('2s');
  return invoice;
}

/** The update that goes with every change of an invoice that is there. */
export const updated = (step: string, why = 'The event beside it says the same and more.'): Fire => ({
  type: 'invoice.updated',
  step,
  do: 'ignore',
  why,
});
