/**
 * How a field is compared: a token as a whole, text also in part (both whatever the case), a number also by size,
 * metadata by key.
 */
export type SearchField = { kind: 'token' | 'text' | 'number' | 'metadata'; path: string };

const as = (kind: SearchField['kind'], ...paths: string[]): Record<string, SearchField> =>
  Object.fromEntries(paths.map((path) => [path, { kind, path }]));

const METADATA = as('metadata', 'metadata');
const CARD = ['brand', 'exp_month', 'exp_year', 'fingerprint', 'last4'].map(
  (name) => `payment_method_details.card.${name}`,
);

/** What can be searched for, by object (docs.stripe.com/search#query-fields-for-charges and the sections after it). */
export const SEARCH_FIELDS: Record<string, Record<string, SearchField>> = {
  charge: {
    ...METADATA,
    ...as('number', 'amount', 'created'),
    ...as('token', 'billing_details.address.postal_code', 'currency', 'customer', 'disputed', 'refunded', 'status'),
    ...as('token', ...CARD),
  },
  customer: { ...METADATA, ...as('number', 'created'), ...as('text', 'email', 'name', 'phone') },
  invoice: {
    ...METADATA,
    ...as('number', 'created', 'total'),
    ...as('token', 'currency', 'customer', 'status'),
    ...as('text', 'number', 'receipt_number'),
    last_finalization_error_code: { kind: 'token', path: 'last_finalization_error.code' },
    last_finalization_error_type: { kind: 'token', path: 'last_finalization_error.type' },
    subscription: { kind: 'token', path: 'parent.subscription_details.subscription' },
  },
  payment_intent: {
    ...METADATA,
    ...as('number', 'amount', 'created'),
    ...as('token', 'currency', 'customer', 'status'),
  },
  price: {
    ...METADATA,
    ...as('token', 'active', 'currency', 'type'),
    ...as('text', 'lookup_key', 'product'),
  },
  product: {
    ...METADATA,
    ...as('token', 'active', 'shippable'),
    ...as('text', 'description', 'name', 'url'),
  },
  subscription: { ...METADATA, ...as('number', 'canceled_at', 'created'), ...as('token', 'status') },
};
