import type Stripe from 'stripe';
import { NOW, type start } from '../sdk.ts';

const DAY = 24 * 60 * 60;
type Open = ReturnType<typeof start>;

const monthly = (
  stripe: Stripe,
  unit_amount = 2000,
  recurring: Stripe.PriceCreateParams.Recurring = { interval: 'month' },
) => stripe.prices.create({ currency: 'usd', unit_amount, recurring, product_data: { name: 'Gold' } });
const payer = (stripe: Stripe, payment_method = 'pm_card_visa') =>
  stripe.customers.create({ payment_method, invoice_settings: { default_payment_method: payment_method } });

/** What is agreed before it is billed, once: schedules, quotes and meters. */
export const PLAN_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async schedules({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const vat = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: true });
    const { id } = await stripe.subscriptionSchedules.create({
      customer,
      start_date: NOW + DAY,
      default_settings: { description: 'As agreed' },
      phases: [
        {
          items: [{ price: (await monthly(stripe)).id, quantity: 2, metadata: { a: '1' }, tax_rates: [vat.id] }],
          duration: { interval: 'month' },
          discounts: [{ coupon: coupon.id }],
          default_tax_rates: [vat.id],
          metadata: { b: '2' },
        },
        { items: [{ price: (await monthly(stripe, 3000)).id }], duration: { interval: 'month', interval_count: 2 } },
      ],
    });
    await stripe.subscriptionSchedules.update(id, { metadata: { c: '3' }, end_behavior: 'cancel' });
    await time.advance(NOW + 100 * DAY);
  },
  async schedulesThatEndEarly({ stripe, time, dashboard }) {
    dashboard({ retryAfterDays: [1], afterLastRetry: 'cancel' });
    const phases = [{ items: [{ price: (await monthly(stripe)).id }], duration: { interval: 'month' as const } }];
    const { id: customer } = await payer(stripe);
    const create = (owner = customer) =>
      stripe.subscriptionSchedules.create({ customer: owner, start_date: 'now', phases });
    await stripe.subscriptionSchedules.release((await create()).id);
    await stripe.subscriptionSchedules.cancel((await create()).id, { invoice_now: true, prorate: true });
    const declined = await payer(stripe, 'pm_card_chargeCustomerFail');
    await create(declined.id);
    await time.advance(NOW + 5 * DAY);
  },
  async quotes({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const vat = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const line_items = [{ price: (await monthly(stripe)).id, quantity: 3, tax_rates: [vat.id] }];
    const quote = async () => {
      const { id } = await stripe.quotes.create({ customer, line_items, default_tax_rates: [vat.id], header: 'Offer' });
      await stripe.quotes.listLineItems(id);
      return (await stripe.quotes.finalizeQuote(id)).id;
    };
    await stripe.quotes.accept(await quote());
    await stripe.quotes.cancel(await quote());
    await time.advance(NOW + 3 * 3600);
  },
  async meters({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const { id: meter } = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    const price = await monthly(stripe, 3, { interval: 'month', usage_type: 'metered', meter });
    await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    const payload = { stripe_customer_id: customer, value: '25' };
    await stripe.billing.meterEvents.create({ event_name: 'calls', identifier: 'a', payload });
    await stripe.billing.meterEvents.create({ event_name: 'calls', identifier: 'b', payload });
    await stripe.billing.meterEventAdjustments.create({
      event_name: 'calls',
      type: 'cancel',
      cancel: { identifier: 'a' },
    });
    const window = { customer, start_time: NOW - (NOW % 60), end_time: NOW - (NOW % 60) + 60 };
    await stripe.billing.meters.listEventSummaries(meter, window);
    await time.advance(NOW + 32 * DAY);
    await stripe.billing.meters.update(meter, { display_name: 'API calls' });
    await stripe.billing.meters.deactivate(meter);
    await stripe.billing.meters.reactivate(meter);
  },
};
