import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { at, expanded } from './shape.ts';
import { defineVersion } from './define.ts';

const classic = (params: JsonObject) => {
  params['billing_mode'] ??= { type: 'classic' };
};
const within = (params: JsonObject, key: string): JsonObject | undefined => {
  const inner: Json | undefined = params[key];
  return isObject(inner) ? inner : undefined;
};

/** 2025-09-30.clover: a discount names its source, and new subscriptions bill flexibly. */
export const clover = defineVersion('2025-09-30.clover', {
  objects: [
    {
      object: 'discount',
      what: '`coupon`, always expanded, became `source.coupon`, an id.',
      before: (discount, around) => ({ coupon: expanded(at(discount, 'source', 'coupon'), around) }),
    },
    {
      object: 'promotion_code',
      what: '`coupon`, always expanded, became `promotion.coupon`, an id.',
      before: (code, around) => ({ coupon: expanded(at(code, 'promotion', 'coupon'), around) }),
    },
  ],
  requests: [
    {
      calls: ['POST /v1/promotion_codes'],
      what: '`coupon` became `promotion`.',
      // `promotion` is required today, and made of `coupon` by whoever sends that.
      had: {
        coupon: { kind: 'string', optional: true },
        promotion: {
          kind: 'object',
          fields: { coupon: { kind: 'string', optional: true }, type: { kind: 'enum', values: ['coupon'] } },
          optional: true,
        },
      },
      upgrade: (params) => {
        if (!('coupon' in params)) return;
        params['promotion'] ??= { type: 'coupon', coupon: params['coupon']! };
        delete params['coupon'];
      },
    },
    {
      calls: ['POST /v1/subscriptions'],
      what: '`billing_mode` is `flexible` unless it says otherwise; before, `classic`.',
      defaults: classic,
    },
    {
      calls: ['POST /v1/subscription_schedules'],
      what: '`billing_mode` is `flexible` unless it says otherwise, and phases last a `duration`, not `iterations`.',
      had: { 'phases[].iterations': { kind: 'integer', optional: true } },
      defaults: (params) => {
        // A schedule made from a subscription takes that one's mode.
        if (!('from_subscription' in params)) classic(params);
      },
    },
    {
      calls: ['POST /v1/subscription_schedules/{}'],
      what: 'Phases last a `duration`, not `iterations`.',
      had: { 'phases[].iterations': { kind: 'integer', optional: true } },
    },
    {
      calls: ['POST /v1/checkout/sessions', 'POST /v1/quotes'],
      what: '`subscription_data.billing_mode` is `flexible` unless it says otherwise; before, `classic`.',
      defaults: (params) => {
        const data = within(params, 'subscription_data');
        if (data) classic(data);
        else if (params['mode'] === 'subscription') params['subscription_data'] = { billing_mode: { type: 'classic' } };
      },
    },
    {
      calls: ['POST /v1/invoices/create_preview'],
      what: '`billing_mode` is `flexible` unless it says otherwise; schedule phases last a `duration`.',
      had: { 'schedule_details.phases[].iterations': { kind: 'integer', optional: true } },
      defaults: (params) => {
        if ('subscription' in params || 'schedule' in params) return;
        const details = within(params, 'subscription_details') ?? within(params, 'schedule_details');
        if (details) classic(details);
      },
    },
  ],
  behaviour: [
    'New subscriptions, schedules, quotes and previews use flexible billing mode unless told otherwise.',
    "A schedule phase's computed end date follows changes of the billing cycle anchor.",
    'Weekly payouts can no longer be scheduled for Saturday or Sunday.',
  ],
});
