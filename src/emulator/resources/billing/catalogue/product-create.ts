import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import { completeField } from '../../../shapes/complete.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mergeMetadata } from '../../metadata.ts';

/** What a product is made from: the parameters of `products.create`, or the fewer of a price's `product_data`. */
export type ProductParams = {
  name: string;
  active?: boolean;
  description?: string | null;
  id?: string;
  images?: string[] | null;
  marketing_features?: { name: string }[] | null;
  metadata?: JsonObject;
  package_dimensions?: JsonObject | null;
  shippable?: boolean;
  statement_descriptor?: string | null;
  tax_code?: string | null;
  tax_details?: JsonObject | null;
  type?: string;
  unit_label?: string | null;
  url?: string | null;
};

/** How many of each a product may show (docs.stripe.com/api/products/create). */
const MOST = { images: 8, marketing_features: 15 } as const;

export function insertProduct(tx: Transaction, params: ProductParams): Stored<'product'> {
  const { id } = params;
  if (id && tx.get('product', id)) throw stripeError('resource_already_exists', ['Product', id], 'id');
  return tx.insert('product', {
    id: id ?? tx.id('prod', 14),
    object: 'product',
    active: params.active ?? true,
    created: tx.now,
    default_price: null,
    images: [],
    livemode: false,
    marketing_features: [],
    statement_descriptor: null,
    tax_code: null,
    type: (params.type ?? 'service') as Stored<'product'>['type'],
    unit_label: null,
    updated: tx.now,
    ...productFields(params),
    metadata: mergeMetadata({}, params.metadata),
  });
}

/** The fields that parameters of the same name set; a list that is unset is empty, text that is unset is null. */
export function productFields(params: Partial<ProductParams>, current?: Stored<'product'>): Partial<Stored<'product'>> {
  const { name, active, description, images, marketing_features, shippable, statement_descriptor, url } = params;
  const { package_dimensions, tax_code, tax_details, unit_label } = params;
  if (name === null || name?.trim() === '') throw stripeError('parameter_invalid_empty', ['name'], 'name');
  for (const [list, most] of Object.entries(MOST)) {
    const length = params[list as keyof typeof MOST]?.length ?? 0;
    if (length > most)
      throw stripeError('parameter_invalid', [list, `${length} are given, at most ${most} are allowed`], list);
  }
  if (statement_descriptor && statement_descriptor.length > 22)
    throw stripeError(
      'parameter_invalid',
      ['statement_descriptor', 'must be at most 22 characters'],
      'statement_descriptor',
    );
  return {
    ...(name !== undefined && { name }),
    ...(active !== undefined && { active }),
    ...(description !== undefined && { description }),
    ...(images !== undefined && { images: images ?? [] }),
    ...(marketing_features !== undefined && { marketing_features: marketing_features ?? [] }),
    ...(shippable !== undefined && { shippable }),
    ...(statement_descriptor !== undefined && { statement_descriptor }),
    ...(url !== undefined && { url }),
    ...(tax_code !== undefined && { tax_code }),
    ...(unit_label !== undefined && { unit_label }),
    ...(package_dimensions !== undefined && {
      package_dimensions: completeField<Stored<'product'>['package_dimensions']>(
        'product',
        'package_dimensions',
        package_dimensions,
      ),
    }),
    ...(tax_details !== undefined && {
      tax_details: completeField<Stored<'product'>['tax_details']>(
        'product',
        'tax_details',
        tax_details,
        current?.tax_details,
      ),
    }),
  };
}
