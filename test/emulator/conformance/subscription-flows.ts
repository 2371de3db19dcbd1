import type Stripe from 'stripe';
import { NOW, type start } from '../sdk.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
type Open = ReturnType<typeof start>;

const monthly = async (stripe: Stripe, unit_amount = 2000) =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  });
const payer = (stripe: Stripe, payment_method = 'pm_card_visa') =>
  stripe.customers.create({ payment_method, invoice_settings: { default_payment_method: payment_method } });

/** The life of subscriptions, once: between them they fire every event of one. */
export const SUBSCRIPTION_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async subscriptions({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const vat = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: true });
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const { id, items } = await stripe.subscriptions.create({
      customer,
      items: [{ price: (await monthly(stripe)).id, quantity: 2, tax_rates: [vat.id], metadata: { a: '1' } }],
      default_tax_rates: [vat.id],
      discounts: [{ coupon: coupon.id }],
      billing_cycle_anchor_config: { day_of_month: 31 },
      invoice_settings: { issuer: { type: 'self' } },
      payment_settings: { payment_method_types: ['card'] },
    });
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]!.id, price: (await monthly(stripe, 5000)).id }],
      metadata: { b: '2' },
      pause_collection: { behavior: 'keep_as_draft', resumes_at: NOW + 5 * DAY },
      cancellation_details: { comment: 'Not yet' },
    });
    await stripe.invoices.createPreview({ subscription: id });
    await time.advance(NOW + 40 * DAY);
    await stripe.subscriptions.cancel(id, { prorate: true, cancellation_details: { feedback: 'unused' } });
  },
  async trials({ stripe, time }) {
    const { id: customer } = await stripe.customers.create({});
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: (await monthly(stripe)).id }],
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    await time.advance(NOW + 15 * DAY);
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.subscriptions.update(id, { default_payment_method: card.id });
    await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
  },
  async pendingUpdates({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const { id, items } = await stripe.subscriptions.create({
      customer,
      items: [{ price: (await monthly(stripe)).id }],
    });
    const failing = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe.subscriptions.update(id, { default_payment_method: failing.id });
    const change = async () =>
      stripe.subscriptions.update(id, {
        items: [{ id: items.data[0]!.id, price: (await monthly(stripe, 9000)).id }],
        proration_behavior: 'always_invoice',
        payment_behavior: 'pending_if_incomplete',
      });
    await time.advance(NOW + DAY);
    await change();
    await time.advance(NOW + 3 * DAY);
    const { latest_invoice } = await change();
    await stripe.invoices.pay(latest_invoice as string, { payment_method: 'pm_card_visa' });
  },
};
