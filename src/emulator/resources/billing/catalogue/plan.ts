import type { Json, JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { defineResource, type Call } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { needReference, noSuch } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { planOf } from './plan-view.ts';
import { insertPrice } from './price-create.ts';
import { hiddenTerms } from './price-terms.ts';

/** The older name of a recurring price: every plan is one, with the same id. */
export const plan = defineResource('plan', {
  prefix: 'plan',
  idLength: 14,
  operations: {
    'plans.create': create,
    'plans.retrieve': ({ tx, path }) => planOf(recurringPrice(tx, path[0]!)),
    'plans.update': update,
    'plans.list': ({ tx, params }) => {
      const page = listOf(tx, 'price', { ...params, type: 'recurring' }, '/v1/plans');
      return { ...page, data: page.data.map((price) => planOf(price as never)) };
    },
    'plans.del': ({ tx, path }) => {
      const price = recurringPrice(tx, path[0]!);
      tx.remove('price', price.id);
      if (tx.get('product', price.product)?.default_price === price.id)
        tx.update('product', price.product, { default_price: null, updated: tx.now });
      return stub(planOf(price));
    },
  },
  events: [],
  find: (tx, id) => {
    const price = tx.get('price', id);
    return price?.recurring ? (planOf(price) as unknown as JsonObject) : undefined;
  },
  expanded: { tiers: (tx, id) => hiddenTerms(tx.row('price', id)?.hidden ?? {}).tiers },
});

function recurringPrice(tx: Transaction, id: string): Stored<'price'> {
  const price = tx.get('price', id);
  if (!price?.recurring) throw noSuch('plan', id, 'plan', 404);
  return price;
}

/** A plan's parameters are a recurring price's under other names. */
function create({ tx, params }: Call) {
  const { id, amount, amount_decimal, product, transform_usage, ...rest } = params as JsonObject & { id?: string };
  const { interval, interval_count, meter, trial_period_days, usage_type, ...price } = rest;
  if (id && tx.get('price', id)) throw stripeError('resource_already_exists', ['Plan', id], 'id');
  return planOf(
    insertPrice(
      tx,
      given({
        ...price,
        unit_amount: amount,
        unit_amount_decimal: amount_decimal,
        transform_quantity: transform_usage,
        ...(typeof product === 'string' ? { product } : { product_data: product }),
        recurring: given({ interval, interval_count, meter, trial_period_days, usage_type }),
      }) as never,
      id ?? tx.id('plan', 14),
    ),
  );
}

const given = (params: Record<string, Json | undefined>): JsonObject =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as JsonObject;

function update({ tx, params, path }: Call) {
  const price = recurringPrice(tx, path[0]!);
  const { active, nickname, product, trial_period_days: trial } = params as Partial<Stored<'plan'>>;
  if (product) needReference(tx, ['product'], product, 'product');
  return planOf(
    tx.update('price', price.id, {
      ...(active !== undefined && { active }),
      ...(nickname !== undefined && { nickname: nickname || null }),
      ...(product && { product }),
      ...(trial !== undefined && { recurring: { ...price.recurring!, trial_period_days: trial } }),
      metadata: mergeMetadata(price.metadata, params['metadata']),
    }),
  );
}
