import { isObject, type JsonObject } from '../../base/json.ts';
import { BASIL_BILLING } from './basil-billing.ts';
import { BASIL_REQUESTS } from './basil-requests.ts';
import { defineVersion } from './define.ts';
import { at, idOf } from './shape.ts';

/** 2025-03-31.basil: the largest break of all: billing objects name their parent, and an invoice has many payments. */
export const basil = defineVersion('2025-03-31.basil', {
  objects: [
    ...BASIL_BILLING,
    {
      object: 'charge',
      what: '`invoice` was removed: ask invoice payments for the payment intent.',
      expandable: { invoice: 'invoice' },
      before: (charge, around) => {
        const intent = idOf(charge['payment_intent']);
        const id = idOf(charge['id']);
        const payments = [
          ...(intent === null ? [] : around.invoicePayments({ payment_intent: intent })),
          ...(id === null ? [] : around.invoicePayments({ charge: id })),
        ];
        return { invoice: idOf(payments[0]?.['invoice']) };
      },
    },
    {
      object: 'payment_intent',
      what: '`invoice` was removed: ask invoice payments for the payment intent.',
      expandable: { invoice: 'invoice' },
      before: (intent, around) => {
        const id = idOf(intent['id']);
        const payments = id === null ? [] : around.invoicePayments({ payment_intent: id });
        return { invoice: idOf(payments[0]?.['invoice']) };
      },
    },
    {
      object: 'checkout.session',
      what: '`shipping_details` moved into `collected_information`.',
      before: (session) => ({ shipping_details: at(session, 'collected_information', 'shipping_details') ?? null }),
    },
    { object: 'plan', what: '`aggregate_usage` was removed: meters count.', before: () => ({ aggregate_usage: null }) },
    {
      object: 'price',
      what: '`recurring.aggregate_usage` was removed: meters count.',
      before: ({ recurring }): JsonObject =>
        isObject(recurring) ? { recurring: { ...recurring, aggregate_usage: null } } : {},
    },
  ],
  requests: BASIL_REQUESTS,
  behaviour: [
    '`total_count` of a list can no longer be expanded (`property_forbidden`).',
    '`GET /v1/invoices/upcoming` and its lines are gone: use `POST /v1/invoices/create_preview`.',
    'Usage records are gone: use meter events.',
    'Checkout creates its subscription when the session is paid, not when it is opened.',
  ],
});
