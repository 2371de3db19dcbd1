import { isObject, type JsonObject } from '../../base/json.ts';
import type { Field } from '../schema.ts';
import { defineVersion } from './define.ts';

const TYPES: Field = { kind: 'array', of: { kind: 'string' }, optional: true };

/** `now`, `unchanged` or a timestamp → the object that holds it since endive. */
function wrapAnchor(params: JsonObject): void {
  const anchor = params['billing_cycle_anchor'];
  if (typeof anchor !== 'string' && typeof anchor !== 'number') return;
  const timestamp = Number(anchor);
  params['billing_cycle_anchor'] = Number.isNaN(timestamp) ? { type: anchor } : { type: 'timestamp', timestamp };
}

/** 2026-09-30.endive: payment method types are computed, and billing cycle anchors are objects. */
export const endive = defineVersion('2026-09-30.endive', {
  objects: [
    {
      object: 'reserve.release',
      what: '`reason`: `bulk_hold_expiry` became `hold_expired`.',
      before: (release): JsonObject => (release['reason'] === 'hold_expired' ? { reason: 'bulk_hold_expiry' } : {}),
    },
  ],
  requests: [
    {
      calls: [
        'POST /v1/payment_intents',
        'POST /v1/payment_intents/{}',
        'POST /v1/payment_intents/{}/confirm',
        'POST /v1/setup_intents',
        'POST /v1/setup_intents/{}',
        'POST /v1/checkout/sessions',
      ],
      what: '`payment_method_types` can no longer be written; `allowed_payment_method_types` narrows what is computed.',
      had: { payment_method_types: TYPES },
      upgrade: (params) => {
        if (!('payment_method_types' in params)) return;
        params['allowed_payment_method_types'] ??= params['payment_method_types']!;
        delete params['payment_method_types'];
      },
      refusal: {
        parameter: 'payment_method_types',
        code: 'payment_method_types_no_longer_supported',
        message:
          'The `payment_method_types` parameter is not supported on this API version. Use `allowed_payment_method_types` or `excluded_payment_method_types` instead.',
      },
    },
    {
      calls: ['POST /v1/subscriptions/{}', 'POST /v1/subscriptions/{}/resume'],
      what: '`billing_cycle_anchor` is an object with a `type`.',
      had: { billing_cycle_anchor: { kind: 'enum', values: ['now', 'unchanged'], optional: true } },
      upgrade: wrapAnchor,
    },
    {
      calls: ['POST /v1/invoices/create_preview'],
      what: '`subscription_details.billing_cycle_anchor` is an object with a `type`.',
      had: { 'subscription_details.billing_cycle_anchor': { kind: 'unknown', optional: true } },
      upgrade: (params) => {
        const details = params['subscription_details'];
        if (isObject(details)) wrapAnchor(details);
      },
    },
  ],
});
