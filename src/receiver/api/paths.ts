/** Object type → where the API shows one by its id: those that something waits for or that are refetched. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  account: 'accounts',
  application_fee: 'application_fees',
  balance_transaction: 'balance_transactions',
  'billing.alert': 'billing/alerts',
  'billing.credit_grant': 'billing/credit_grants',
  'billing.meter': 'billing/meters',
  'billing_portal.configuration': 'billing_portal/configurations',
  charge: 'charges',
  'checkout.session': 'checkout/sessions',
  coupon: 'coupons',
  credit_note: 'credit_notes',
  customer: 'customers',
  dispute: 'disputes',
  file: 'files',
  'identity.verification_session': 'identity/verification_sessions',
  invoice: 'invoices',
  invoice_payment: 'invoice_payments',
  invoiceitem: 'invoiceitems',
  'issuing.authorization': 'issuing/authorizations',
  'issuing.card': 'issuing/cards',
  'issuing.cardholder': 'issuing/cardholders',
  'issuing.dispute': 'issuing/disputes',
  'issuing.transaction': 'issuing/transactions',
  mandate: 'mandates',
  payment_intent: 'payment_intents',
  payment_link: 'payment_links',
  payment_method: 'payment_methods',
  payout: 'payouts',
  plan: 'plans',
  price: 'prices',
  product: 'products',
  promotion_code: 'promotion_codes',
  quote: 'quotes',
  refund: 'refunds',
  review: 'reviews',
  setup_intent: 'setup_intents',
  source: 'sources',
  subscription: 'subscriptions',
  subscription_item: 'subscription_items',
  subscription_schedule: 'subscription_schedules',
  tax_rate: 'tax_rates',
  'test_helpers.test_clock': 'test_helpers/test_clocks',
  topup: 'topups',
  transfer: 'transfers',
};

/** The types of which one can be fetched by its id alone. */
export const FETCHABLE: readonly string[] = Object.keys(COLLECTIONS);

/** The path of an object in the API; undefined for a type that has none here. */
export function pathOf(object: string, id: string): string | undefined {
  const collection = Object.hasOwn(COLLECTIONS, object) ? COLLECTIONS[object] : undefined;
  return collection && `/v1/${collection}/${encodeURIComponent(id)}`;
}
