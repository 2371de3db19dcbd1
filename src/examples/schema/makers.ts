import type Stripe from 'stripe';
import type { Stage } from '../../scenarios/index.ts';
import { buyer, draft, paid, plan20 } from '../recipes/people.ts';

/** How to come by an object that has behaviour: by calls, as it would come about. The object is then in the world. */
export const MAKERS: Record<string, (stage: Stage) => Promise<unknown>> = {
  customer: buyer,
  payment_method: buyer,
  payment_intent: paid,
  charge: paid,
  balance_transaction: paid,
  price: plan20,
  product: plan20,
  invoice: async (stage) => stage.stripe.invoices.finalizeInvoice((await draft(stage)).id),
  subscription: async (stage) => {
    const { id: customer } = await buyer(stage);
    const { id: price } = await plan20(stage);
    return stage.stripe.subscriptions.create({ customer, items: [{ price }] });
  },
  refund: async (stage) => stage.stripe.refunds.create({ payment_intent: (await paid(stage)).id }),
  coupon: ({ stripe }) => stripe.coupons.create({ percent_off: 25, duration: 'once', name: 'Spring' }),
  tax_rate: ({ stripe }) => stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false }),
  setup_intent: ({ stripe }) => stripe.setupIntents.create({ usage: 'off_session' }),
  source: ({ stripe }) => stripe.sources.create({ type: 'card', token: 'tok_visa' }),
  card: ({ stripe }) => stripe.customers.create({ name: 'Jenny Rosen', source: 'tok_visa' }),
  'billing.meter': ({ stripe }) =>
    stripe.billing.meters.create({
      display_name: 'API requests',
      event_name: 'api_request',
      default_aggregation: { formula: 'sum' },
    }),
  invoiceitem: draft,
  invoice_payment: async (stage) => stage.stripe.invoices.pay((await draft(stage)).id),
  promotion_code: async ({ stripe }) => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 25, duration: 'once', name: 'Spring' });
    return stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon } });
  },
  subscription_schedule: async (stage) => {
    const { id: customer } = await buyer(stage);
    const { id: price } = await plan20(stage);
    return stage.stripe.subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [{ items: [{ price }], duration: { interval: 'month', interval_count: 1 } }],
    });
  },
  quote: async (stage) => {
    const { id: customer } = await buyer(stage);
    const { id: price } = await plan20(stage);
    return stage.stripe.quotes.create({ customer, line_items: [{ price }] } satisfies Stripe.QuoteCreateParams);
  },
  'test_helpers.test_clock': ({ stripe }) =>
    stripe.testHelpers.testClocks.create({ frozen_time: 1_768_471_200, name: 'A year of billing' }),
};
