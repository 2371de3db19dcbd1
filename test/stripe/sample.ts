import type { JsonObject } from '../../src/base/json.ts';
import type { Surroundings } from '../../src/stripe/versions/index.ts';

/** A subscription's paid invoice in the newest shape, and what it names by id. */
export const invoice: JsonObject = {
  id: 'in_1',
  object: 'invoice',
  status: 'paid',
  amount_paid_off_stripe: 0,
  discounts: ['di_1'],
  metadata: { object: 'discount', coupon: 'mine' },
  parent: {
    type: 'subscription_details',
    quote_details: null,
    subscription_details: { subscription: 'sub_1', metadata: { plan: 'pro' } },
  },
  total_taxes: [
    {
      amount: 190,
      tax_behavior: 'exclusive',
      tax_rate_details: { tax_rate: 'txr_1' },
      taxability_reason: 'standard_rated',
      taxable_amount: 1000,
      type: 'tax_rate_details',
    },
  ],
  lines: {
    object: 'list',
    data: [
      {
        id: 'il_1',
        object: 'line_item',
        amount: 1190,
        quantity: 2,
        subscription: 'sub_1',
        parent: {
          type: 'subscription_item_details',
          invoice_item_details: null,
          subscription_item_details: {
            invoice_item: null,
            proration: true,
            proration_details: { credited_items: null },
            subscription: 'sub_1',
            subscription_item: 'si_1',
          },
        },
        pricing: {
          type: 'price_details',
          price_details: { price: 'price_1', product: 'prod_1' },
          unit_amount_decimal: '500',
        },
        taxes: [
          {
            amount: 190,
            tax_behavior: 'inclusive',
            tax_rate_details: { tax_rate: 'txr_1' },
            taxability_reason: 'standard_rated',
            taxable_amount: 1000,
            type: 'tax_rate_details',
          },
        ],
      },
    ],
  },
};

export const subscription: JsonObject = {
  id: 'sub_1',
  object: 'subscription',
  discounts: ['di_1'],
  status: 'active',
  items: {
    object: 'list',
    data: [
      { id: 'si_1', object: 'subscription_item', current_period_start: 100, current_period_end: 900, quantity: 1 },
      { id: 'si_2', object: 'subscription_item', current_period_start: 200, current_period_end: 500, quantity: 1 },
    ],
  },
};

const objects: Record<string, JsonObject> = {
  di_1: { id: 'di_1', object: 'discount', source: { type: 'coupon', coupon: 'half' }, promotion_code: null },
  half: { id: 'half', object: 'coupon', percent_off: 50 },
  pi_1: { id: 'pi_1', object: 'payment_intent', latest_charge: 'ch_1' },
  price_1: {
    id: 'price_1',
    object: 'price',
    currency: 'eur',
    unit_amount: 500,
    unit_amount_decimal: '500',
    recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed', meter: null, trial_period_days: null },
  },
  txr_1: { id: 'txr_1', object: 'tax_rate', percentage: 19 },
};

export const payment: JsonObject = {
  id: 'inpay_1',
  object: 'invoice_payment',
  invoice: 'in_1',
  status: 'paid',
  is_default: true,
  payment: { type: 'payment_intent', payment_intent: 'pi_1' },
};

export const around: Surroundings = {
  object: (id) => objects[id],
  invoicePayments: (of) => (Object.values(of).some((id) => ['in_1', 'pi_1', 'ch_1'].includes(id)) ? [payment] : []),
};

/** Makes a value immutable all the way down, so that a change to it throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
