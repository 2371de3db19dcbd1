import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Field } from '../schema.ts';
import type { RequestChange } from './define.ts';
import { members } from './shape.ts';

const TEXT: Field = { kind: 'string', optional: true, emptyable: true };

/** The singular `coupon` or `promotion_code` → the first of `discounts`; unset by `''` as before. */
function toDiscounts(params: JsonObject): void {
  for (const key of ['coupon', 'promotion_code']) {
    const value = params[key];
    if (value === undefined) continue;
    delete params[key];
    params['discounts'] ??= value === '' || value === null ? '' : [{ [key]: value }];
  }
}

/** `price` → `pricing.price`, `unit_amount` → `unit_amount_decimal`. */
function toPricing(params: JsonObject): void {
  if (params['price'] !== undefined) {
    params['pricing'] ??= { price: params['price'] };
    delete params['price'];
  }
  if (params['unit_amount'] !== undefined) {
    params['unit_amount_decimal'] ??= String(params['unit_amount']);
    delete params['unit_amount'];
  }
}

const each = (value: Json | undefined, change: (item: JsonObject) => void) => members(value).forEach(change);

/** What basil did to parameters. */
export const BASIL_REQUESTS: readonly RequestChange[] = [
  {
    calls: ['POST /v1/subscriptions', 'POST /v1/subscriptions/{}', 'POST /v1/invoices/create_preview'],
    what: '`coupon` and `promotion_code` gave way to `discounts`.',
    had: { coupon: TEXT, promotion_code: TEXT },
    upgrade: toDiscounts,
  },
  {
    calls: ['POST /v1/customers', 'POST /v1/customers/{}'],
    what: '`coupon` and `promotion_code` were removed: discounts belong to subscriptions and invoices.',
    had: { coupon: TEXT, promotion_code: TEXT },
  },
  {
    calls: ['POST /v1/subscription_schedules', 'POST /v1/subscription_schedules/{}'],
    what: '`phases[].coupon` gave way to `phases[].discounts`.',
    had: { 'phases[].coupon': TEXT },
    upgrade: (params) => each(params['phases'], toDiscounts),
  },
  {
    calls: ['POST /v1/invoices/create_preview'],
    what: '`schedule_details.phases[].coupon` gave way to `discounts`.',
    had: { 'schedule_details.phases[].coupon': TEXT },
    upgrade: (params) => {
      const details = params['schedule_details'];
      if (isObject(details)) each(details['phases'], toDiscounts);
    },
  },
  {
    calls: ['POST /v1/invoiceitems', 'POST /v1/invoiceitems/{}', 'POST /v1/invoices/{}/lines/{}'],
    what: '`price` became `pricing.price`; `unit_amount` became `unit_amount_decimal`.',
    had: { price: TEXT, unit_amount: { kind: 'integer', optional: true } },
    upgrade: toPricing,
  },
  {
    calls: ['POST /v1/invoices/{}/add_lines', 'POST /v1/invoices/{}/update_lines'],
    what: '`lines[].price` became `lines[].pricing.price`.',
    had: { 'lines[].price': TEXT },
    upgrade: (params) => each(params['lines'], toPricing),
  },
  {
    calls: ['POST /v1/plans'],
    what: '`aggregate_usage` was removed: meters count.',
    had: { aggregate_usage: TEXT },
    upgrade: (params) => {
      delete params['aggregate_usage'];
    },
  },
  {
    calls: ['POST /v1/prices'],
    what: '`recurring.aggregate_usage` was removed: meters count.',
    had: { 'recurring.aggregate_usage': TEXT },
    upgrade: (params) => {
      if (isObject(params['recurring'])) delete params['recurring']['aggregate_usage'];
    },
  },
  {
    calls: ['POST /v1/credit_notes', 'GET /v1/credit_notes/preview', 'GET /v1/credit_notes/preview/lines'],
    what: '`refund` became `refunds`.',
    had: { refund: TEXT },
    upgrade: (params) => {
      if (params['refund'] === undefined) return;
      params['refunds'] ??= [{ refund: params['refund'] }];
      delete params['refund'];
    },
  },
];
