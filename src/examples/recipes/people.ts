import type Stripe from 'stripe';
import type { Stage } from '../../scenarios/index.ts';

/** A customer whose card pays what is owed. */
export const buyer = ({ stripe }: Stage, payment_method = 'pm_card_visa'): Promise<Stripe.Customer> =>
  stripe.customers.create({
    name: 'Jenny Rosen',
    email: 'jenny.rosen@example.com',
    payment_method,
    invoice_settings: { default_payment_method: payment_method },
  });

/** A payment of $20, its books written. */
export async function paid({ stripe, wait }: Stage, payment_method = 'pm_card_visa'): Promise<Stripe.PaymentIntent> {
  const intent = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  await wait('2s');
  return intent;
}

/** What customers subscribe to: $20 a month. */
export const plan20 = ({ stripe }: Stage): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });

/** An invoice over $50 that is yet a draft. */
export async function draft(
  stage: Stage,
  params: Partial<Stripe.InvoiceCreateParams> = {},
  method?: string,
): Promise<Stripe.Invoice> {
  const { id: customer } = await buyer(stage, method);
  await stage.stripe.invoiceItems.create({ customer, amount: 5000, currency: 'usd', description: 'Consulting' });
  return stage.stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include', ...params });
}
