import type { JsonObject } from '../../../src/base/json.ts';
import { schema, type Operation } from '../../../src/stripe/schema.ts';

/** Everything the API can do with one kind of object that can be created and listed. */
export type Collection = {
  path: string;
  object: string;
  create: Operation;
  list: Operation;
  retrieve: Operation | undefined;
  update: Operation | undefined;
  remove: Operation | undefined;
};

/** Every collection that has both a POST and a GET, found in the schema: nobody has to remember to add one. */
export function collections(): Collection[] {
  const byRoute = new Map(schema().operations.map((each) => [`${each.method} ${shapeOf(each.path)}`, each]));
  return schema().operations.flatMap((list) => {
    if (list.method !== 'GET' || list.returns.kind !== 'list' || list.returns.of.kind !== 'ref') return [];
    const create = byRoute.get(`POST ${shapeOf(list.path)}`);
    if (create?.returns.kind !== 'ref') return [];
    const one = `${shapeOf(list.path)}/{}`;
    const [retrieve, update, remove] = ['GET', 'POST', 'DELETE'].map((method) => byRoute.get(`${method} ${one}`));
    // A DELETE that answers with the object itself is an action: it ends a subscription, but the object stays.
    const deletes = remove?.returns.kind === 'ref' && remove.returns.to.some((kind) => kind.startsWith('deleted:'));
    return [
      {
        path: list.path,
        object: create.returns.to[0]!,
        create,
        list,
        retrieve,
        update,
        remove: deletes ? remove : undefined,
      },
    ];
  });
}

export const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

/** The kind of object at a path: what a GET of it returns. */
export function kindAt(path: string): string | undefined {
  const found = schema().operations.find((each) => each.method === 'GET' && shapeOf(each.path) === shapeOf(path));
  return found?.returns.kind === 'ref' ? found.returns.to[0] : undefined;
}

/** What creating one takes beyond what its parameters require; a name with `→` refers to an object of that kind. */
export const SPECIAL: Record<string, JsonObject> = {
  // A name counts once while its meter is active: {n} is another number each time.
  '/v1/billing/meters': { event_name: 'calls {n}' },
  '/v1/billing/credit_grants': { customer: '→customer' },
  '/v1/charges': { amount: 1000, currency: 'usd', source: 'tok_visa' },
  '/v1/coupons': { percent_off: 20 },
  '/v1/credit_notes': { invoice: '→invoice', amount: 100 },
  '/v1/customers/{id}/sources': { source: 'tok_visa' },
  '/v1/invoiceitems': { customer: '→customer', amount: 1000 },
  '/v1/invoices': { customer: '→customer' },
  '/v1/issuing/cards': { cardholder: '→issuing.cardholder' },
  '/v1/issuing/disputes': { transaction: '→issuing.transaction' },
  '/v1/payment_methods': { type: 'card', card: { token: 'tok_visa' } },
  '/v1/plans': { amount: 1000, product: '→product' },
  '/v1/prices': { product: '→product', recurring: { interval: 'month' }, unit_amount: 1000 },
  '/v1/promotion_codes': { promotion: { coupon: '→coupon', type: 'coupon' } },
  '/v1/refunds': { charge: '→charge', amount: 100 },
  '/v1/subscription_items': {
    price_data: { currency: 'usd', product: '→product', recurring: { interval: 'month' }, unit_amount: 1000 },
  },
  '/v1/subscription_schedules': { customer: '→customer', phases: [{ items: [{ price: '→price' }] }] },
  '/v1/subscriptions': { customer: '→customer', items: [{ price: '→price' }], trial_period_days: 7 },
  '/v1/three_d_secure/authentications': { payment_method: '→payment_method' },
  '/v1/transfers': { destination: '→account' },
  '/v1/webhook_endpoints': { enabled_events: ['charge.succeeded'], url: 'http://127.0.0.1:9/hook' },
};

/** What makes an object ready to be referred to. */
export const PREPARED: Record<string, { path: string; params: JsonObject }[]> = {
  // Only an invoice that is final, and over something, can be credited.
  invoice: [
    { path: '/v1/invoices/{}/add_lines', params: { lines: [{ amount: 10_000 }] } },
    { path: '/v1/invoices/{}/finalize', params: {} },
  ],
};
