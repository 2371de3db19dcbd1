import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ObjectChange, Surroundings } from './define.ts';
import { amountOf, at, expanded, idOf, members } from './shape.ts';

/** `taxes` of today as the `tax_amounts` they were. */
function taxAmounts(taxes: Json | undefined): Json[] {
  return members(taxes).map((tax) => ({
    amount: tax['amount'] ?? 0,
    inclusive: tax['tax_behavior'] === 'inclusive',
    tax_rate: at(tax, 'tax_rate_details', 'tax_rate') ?? null,
    taxability_reason: tax['taxability_reason'] ?? null,
    taxable_amount: tax['taxable_amount'] ?? null,
  }));
}

const sum = (items: JsonObject[]) => items.reduce((total, item) => total + amountOf(item['amount']), 0);
const inclusive = (taxes: Json | undefined) => sum(members(taxes).filter((tax) => tax['tax_behavior'] === 'inclusive'));

/** The plan that a recurring price doubles as; null for a one-time price. */
function planOf(price: Json): Json {
  if (!isObject(price) || !isObject(price['recurring'])) return null;
  const { interval, interval_count, meter, trial_period_days, usage_type } = price['recurring'];
  const { id, active, billing_scheme, created, currency, livemode, metadata, nickname, product, tiers_mode } = price;
  return Object.fromEntries(
    Object.entries({
      id,
      object: 'plan',
      active,
      amount: price['unit_amount'],
      amount_decimal: price['unit_amount_decimal'],
      billing_scheme,
      created,
      currency,
      interval,
      interval_count,
      livemode,
      metadata,
      meter,
      nickname,
      product,
      tiers_mode,
      transform_usage: price['transform_quantity'],
      trial_period_days,
      usage_type,
    }).map(([key, value]) => [key, value ?? null]),
  );
}

/** The one discount that used to be shown expanded beside `discounts`. */
const firstDiscount = (discounts: Json | undefined, around: Surroundings): Json => {
  const first = Array.isArray(discounts) ? expanded(discounts[0], around) : null;
  return isObject(first) ? first : null;
};

/** The payment that stood for all of them: the default one, and among those the one that succeeded. */
function mainPayment(invoice: JsonObject, around: Surroundings): { charge: string | null; intent: string | null } {
  const id = idOf(invoice['id']);
  const listed = members(invoice['payments']);
  const all = listed.length > 0 || id === null ? listed : around.invoicePayments({ invoice: id });
  const main =
    all.find((entry) => entry['status'] === 'paid') ?? all.find((entry) => entry['is_default'] === true) ?? all[0];
  const intent = at(main, 'payment', 'payment_intent');
  const intentId = idOf(intent);
  const known = isObject(intent) ? intent : intentId === null ? undefined : around.object(intentId);
  return { intent: intentId, charge: idOf(at(main, 'payment', 'charge')) ?? idOf(known?.['latest_charge']) };
}

function invoiceBefore(invoice: JsonObject, around: Surroundings): JsonObject {
  const details = at(invoice, 'parent', 'subscription_details');
  const taxes = members(invoice['total_taxes']);
  const { charge, intent } = mainPayment(invoice, around);
  const proration = at(details, 'subscription_proration_date');
  return {
    application_fee_amount: null,
    charge,
    discount: firstDiscount(invoice['discounts'], around),
    paid: invoice['status'] === 'paid',
    paid_out_of_band: amountOf(invoice['amount_paid_off_stripe']) > 0,
    payment_intent: intent,
    quote: idOf(at(invoice, 'parent', 'quote_details', 'quote')),
    subscription: idOf(at(details, 'subscription')),
    subscription_details: { metadata: at(details, 'metadata') ?? null },
    ...(proration === undefined ? {} : { subscription_proration_date: proration }),
    tax: taxes.length > 0 ? sum(taxes) : null,
    total_tax_amounts: taxAmounts(invoice['total_taxes']),
    transfer_data: null,
  };
}

function lineBefore(line: JsonObject, around: Surroundings): JsonObject {
  const parent = line['parent'];
  const item = at(parent, 'subscription_item_details');
  const own = isObject(item) ? item : at(parent, 'invoice_item_details');
  const price = expanded(at(line, 'pricing', 'price_details', 'price'), around);
  const net = amountOf(line['amount']) - inclusive(line['taxes']);
  const quantity = amountOf(line['quantity']);
  const invoiceItem = idOf(at(own, 'invoice_item'));
  const subscriptionItem = idOf(at(item, 'subscription_item'));
  return {
    amount_excluding_tax: net,
    ...(invoiceItem === null ? {} : { invoice_item: invoiceItem }),
    plan: planOf(price),
    price,
    proration: at(own, 'proration') ?? false,
    proration_details: at(own, 'proration_details') ?? { credited_items: null },
    ...(subscriptionItem === null ? {} : { subscription_item: subscriptionItem }),
    tax_amounts: taxAmounts(line['taxes']),
    tax_rates: members(line['taxes']).flatMap((tax) => {
      const rate = expanded(at(tax, 'tax_rate_details', 'tax_rate'), around);
      return isObject(rate) ? [rate] : [];
    }),
    type: isObject(item) ? 'subscription' : 'invoiceitem',
    unit_amount_excluding_tax: quantity === 0 ? null : String(net / quantity),
  };
}

/** What basil did to the objects of billing. */
export const BASIL_BILLING: readonly ObjectChange[] = [
  {
    object: 'subscription',
    what: '`current_period_start` and `current_period_end` moved to the items; `discount` gave way to `discounts`.',
    before: (subscription, around) => {
      const items = members(subscription['items']);
      const starts = items.map((item) => amountOf(item['current_period_start']));
      const ends = items.map((item) => amountOf(item['current_period_end']));
      return {
        // All items shared one period then; of several periods the one that ends first is the one that renews next.
        ...(items.length > 0
          ? { current_period_start: starts[ends.indexOf(Math.min(...ends))]!, current_period_end: Math.min(...ends) }
          : {}),
        discount: firstDiscount(subscription['discounts'], around),
      };
    },
  },
  {
    object: 'invoice',
    what: '`subscription`, `quote` and their details moved to `parent`; `charge`, `payment_intent`, `paid` and the like to `payments`; `tax` and `total_tax_amounts` to `total_taxes`; `discount` gave way to `discounts`.',
    expandable: { charge: 'charge', payment_intent: 'payment_intent', quote: 'quote', subscription: 'subscription' },
    before: invoiceBefore,
  },
  {
    object: 'line_item',
    what: '`type`, `proration`, `subscription_item` and `invoice_item` moved to `parent`; `price` and `plan` to `pricing`; `tax_amounts` to `taxes`.',
    expandable: { invoice_item: 'invoiceitem', subscription_item: 'subscription_item' },
    before: lineBefore,
  },
  {
    object: 'invoiceitem',
    what: '`subscription` and `subscription_item` moved to `parent`; `price`, `plan` and `unit_amount` to `pricing`.',
    expandable: { subscription: 'subscription' },
    before: (item, around) => {
      const price = expanded(at(item, 'pricing', 'price_details', 'price'), around);
      const decimal = at(item, 'pricing', 'unit_amount_decimal') ?? null;
      const amount = Number(decimal);
      const subscriptionItem = idOf(at(item, 'parent', 'subscription_details', 'subscription_item'));
      return {
        plan: planOf(price),
        price,
        subscription: idOf(at(item, 'parent', 'subscription_details', 'subscription')),
        ...(subscriptionItem === null ? {} : { subscription_item: subscriptionItem }),
        unit_amount: decimal !== null && Number.isInteger(amount) ? amount : null,
        unit_amount_decimal: decimal,
      };
    },
  },
  {
    object: 'credit_note',
    what: '`refund` became `refunds`; `tax_amounts` became `total_taxes`.',
    expandable: { refund: 'refund' },
    before: (note) => ({
      refund: idOf(members(note['refunds'])[0]?.['refund']),
      tax_amounts: taxAmounts(note['total_taxes']),
    }),
  },
  {
    object: 'credit_note_line_item',
    what: '`tax_amounts` became `taxes`; the amounts without tax were removed.',
    before: (line) => {
      const net = amountOf(line['amount']) - inclusive(line['taxes']);
      const quantity = amountOf(line['quantity']);
      return {
        amount_excluding_tax: net,
        tax_amounts: taxAmounts(line['taxes']),
        unit_amount_excluding_tax: quantity === 0 ? null : String(net / quantity),
      };
    },
  },
  {
    object: 'subscription_schedule',
    what: '`phases[].coupon` gave way to `phases[].discounts`.',
    before: scheduleBefore,
  },
];

function scheduleBefore(schedule: JsonObject): JsonObject {
  const phases = members(schedule['phases']).map((phase) => ({
    ...phase,
    coupon: idOf(members(phase['discounts'])[0]?.['coupon']),
  }));
  return { phases };
}
