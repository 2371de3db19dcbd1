import type { JsonObject } from '../../base/json.ts';
import { ADDRESS, listed, noon, type LegacyExample } from './era.ts';

const created = noon('2018-02-12');

const ITEM = {
  object: 'order_item',
  amount: 1500,
  currency: 'usd',
  description: 'T-shirt, medium',
  parent: 'sku_CKBzfsxgZ7TVGU',
  quantity: 1,
  type: 'sku',
} satisfies JsonObject;

const order = (status: string, more: JsonObject = {}): JsonObject => ({
  id: 'or_1BulS52eZvKYlo2CiKpYbYtr',
  object: 'order',
  amount: 1500,
  amount_returned: null,
  application: null,
  application_fee: null,
  charge: status === 'paid' ? 'ch_1BulS72eZvKYlo2CY5hQ0Jvt' : null,
  created,
  currency: 'usd',
  customer: null,
  email: 'jenny.rosen@example.com',
  items: [ITEM],
  livemode: false,
  metadata: {},
  returns: listed('/v1/order_returns?order=or_1BulS52eZvKYlo2CiKpYbYtr'),
  selected_shipping_method: null,
  shipping: { address: ADDRESS, carrier: null, name: 'Jenny Rosen', phone: null, tracking_number: null },
  shipping_methods: null,
  status,
  status_transitions: { canceled: null, fulfiled: null, paid: status === 'paid' ? created + 4 : null, returned: null },
  updated: created,
  ...more,
});

const sku = (price: number): JsonObject => ({
  id: 'sku_CKBzfsxgZ7TVGU',
  object: 'sku',
  active: true,
  attributes: { size: 'Medium' },
  created,
  currency: 'usd',
  image: null,
  inventory: { quantity: 50, type: 'finite', value: null },
  livemode: false,
  metadata: {},
  package_dimensions: null,
  price,
  product: 'prod_CKBzOCFlIiUsp6',
  updated: created,
});

const at = (after: number, object: JsonObject, previous?: JsonObject): LegacyExample => ({
  apiVersion: '2018-02-06',
  created: created + after,
  object,
  ...(previous && { previous }),
});

/** Orders, their returns and stock keeping units, 2015 to 2022. */
export const orders: Record<string, LegacyExample> = {
  'order.created': at(0, order('created')),
  'order.payment_failed': at(3, order('created')),
  'order.payment_succeeded': at(4, order('paid')),
  'order.updated': at(4, order('paid'), { charge: null, status: 'created', status_transitions: { paid: null } }),
  'order_return.created': at(86_400, {
    id: 'orret_1Bv7v52eZvKYlo2CxYQZ8QZn',
    object: 'order_return',
    amount: 1500,
    created: created + 86_400,
    currency: 'usd',
    items: [ITEM],
    livemode: false,
    order: 'or_1BulS52eZvKYlo2CiKpYbYtr',
    refund: 're_1Bv7v52eZvKYlo2CWIJyKY6x',
  }),
  'sku.created': at(0, sku(1500)),
  'sku.updated': at(3600, sku(1700), { price: 1500 }),
  'sku.deleted': at(7200, sku(1700)),
};
