import { sameJson, type JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { created, defineResource, deleted, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { insertPrice, type PriceParams } from './price-create.ts';
import { insertProduct, productFields, type ProductParams } from './product-create.ts';

const altered = ({ before, after }: Change<'product'>) =>
  before !== undefined && !after.deleted && !sameJson(before.object, after.object);

export const product = defineResource('product', {
  prefix: 'prod',
  idLength: 14,
  operations: {
    'products.create': create,
    'products.update': update,
    'products.list': ({ tx, params }) => {
      const { ids, ...filters } = params as JsonObject & { ids?: string[] };
      return listOf(tx, 'product', filters, '/v1/products', ({ id }: Row) => !ids || ids.includes(id));
    },
    'products.del': ({ tx, path }) => {
      const product = need(tx, 'product', path[0]!);
      for (const _ of tx.newest('price', { field: 'product', value: product.id }))
        throw stripeError('wrong_state', [
          'This product cannot be deleted because it has one or more user-created prices. Set active=false instead.',
        ]);
      tx.remove('product', product.id);
      return stub(product);
    },
  },
  events: [
    { type: 'product.created', when: created, rank: RANK.catalogue },
    { type: 'product.updated', when: altered, rank: RANK.catalogue, previous: true },
    { type: 'product.deleted', when: deleted, rank: RANK.catalogue },
  ],
});

function create({ tx, params }: Call): Stored<'product'> {
  const { default_price_data: data, ...rest } = params as unknown as ProductParams & {
    default_price_data?: PriceParams;
  };
  const { id } = insertProduct(tx, rest);
  if (data) tx.update('product', id, { default_price: insertPrice(tx, { ...data, product: id }).id });
  return tx.get('product', id)!;
}

function update({ tx, params: given, path }: Call): Stored<'product'> {
  const product = need(tx, 'product', path[0]!);
  const params = given as unknown as Partial<ProductParams> & { default_price?: string | null };
  const { default_price: price } = params;
  if (price) mustBeDefault(tx, product.id, price);
  const next: Partial<Stored<'product'>> = {
    ...productFields(params, product),
    ...(price !== undefined && { default_price: price }),
    metadata: mergeMetadata(product.metadata, given['metadata']),
  };
  return sameJson({ ...product, ...next }, product)
    ? product
    : tx.update('product', product.id, { ...next, updated: tx.now });
}

/** Refuses a default price that is somebody else's, or that nobody can buy any more. */
function mustBeDefault(tx: Transaction, product: string, id: string): void {
  const price = tx.get('price', id);
  if (!price) throw noSuch('price', id, 'default_price');
  if (price.product !== product)
    throw stripeError(
      'parameter_invalid',
      ['default_price', `price ${id} belongs to product ${price.product}, not to ${product}`],
      'default_price',
    );
  if (!price.active)
    throw stripeError(
      'parameter_invalid',
      ['default_price', `price ${id} is inactive; a default price must be active`],
      'default_price',
    );
}
