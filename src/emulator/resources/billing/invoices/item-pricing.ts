import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mustHaveAmount } from '../catalogue/custom-amount.ts';
import { priceTerms } from '../catalogue/price-terms.ts';
import { ONE, parseDecimal, roundDecimal } from '../math/decimal.ts';
import { hasCurrency, priceAmount } from '../math/pricing.ts';
import { readCurrency } from '../../money.ts';
import { noSuch } from '../../references.ts';

/** How a caller says what one line costs: a whole amount, an amount per unit, a price, or the terms of a price. */
export type Given = {
  amount?: number;
  currency?: string;
  unit_amount_decimal?: string;
  unit_amount?: number;
  quantity?: number;
  quantity_decimal?: string;
  pricing?: { price?: string };
  price?: string;
  price_data?: { currency: string; product?: string; unit_amount?: number; unit_amount_decimal?: string };
};

/** What it comes to, in minor units, and how the API shows where that is from. */
export type Priced = {
  amount: number;
  currency: string;
  quantity: number;
  quantityDecimal: string | null;
  product: string | null;
  pricing: Stored<'invoiceitem'>['pricing'];
  description: string | null;
};

const WAYS = ['amount', 'unit_amount_decimal', 'unit_amount', 'pricing', 'price', 'price_data'] as const;

/** Whether the parameters change what a line costs. */
export const reprices = (given: Given): boolean =>
  WAYS.some((way) => given[way] !== undefined) || given.quantity !== undefined || given.quantity_decimal !== undefined;

/** Prices a line. `currency` is what it is billed in where the parameters do not say. Throws Stripe's refusals. */
export function priceItem(tx: Transaction, given: Given, currency: string): Priced {
  const ways = WAYS.filter((way) => given[way] !== undefined);
  if (ways.length === 0)
    throw stripeError('missing', [
      'You must specify one of `amount`, `unit_amount_decimal`, `pricing` or `price_data` to say what the item costs.',
    ]);
  if (ways.length > 1) throw stripeError('parameters_exclusive', [ways[0]!, ways[1]!], ways[1]);
  if (given.quantity !== undefined && given.quantity_decimal !== undefined)
    throw stripeError('parameters_exclusive', ['quantity', 'quantity_decimal'], 'quantity_decimal');
  if (given.quantity !== undefined && given.quantity < 0)
    throw stripeError('parameter_invalid_integer', ['quantity', String(given.quantity)], 'quantity');
  const quantity = decimal(given.quantity_decimal ?? String(given.quantity ?? 1), 'quantity_decimal');
  const counted = {
    quantity: Number(quantity / ONE),
    quantityDecimal: given.quantity_decimal ?? null,
  };
  const billed = readCurrency(given.currency ?? given.price_data?.currency ?? currency);

  if (given.amount !== undefined) {
    if (given.quantity !== undefined && given.quantity !== 1)
      throw stripeError('parameters_exclusive', ['amount', 'quantity'], 'quantity');
    const pricing = asPricing(String(given.amount));
    return { ...counted, amount: given.amount, currency: billed, product: null, pricing, description: null };
  }
  const price = given.pricing?.price ?? given.price;
  if (price !== undefined) {
    const param = given.price === undefined ? 'pricing[price]' : 'price';
    return { ...counted, ...byPrice(tx, price, quantity, given.currency ? billed : currency, param) };
  }
  if (given.price_data) return { ...counted, ...byTerms(tx, given.price_data, quantity, billed) };
  const unit = given.unit_amount_decimal ?? String(given.unit_amount ?? '');
  if (unit === '') throw stripeError('parameter_missing', ['pricing[price]'], 'pricing[price]');
  const amount = times(unit, quantity, 'unit_amount_decimal');
  return { ...counted, amount, currency: billed, product: null, pricing: asPricing(unit), description: null };
}

function byPrice(tx: Transaction, id: string, quantity: bigint, currency: string, param: string) {
  const price = tx.get('price', id) as Stored<'price'> | undefined;
  if (!price) throw noSuch('price', id, param);
  if (!price.active)
    throw stripeError('missing', [`The price specified is inactive. This field only accepts active prices.`], param);
  if (price.type === 'recurring')
    throw stripeError(
      'missing',
      [
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`. ' +
          'Recurring prices are billed by subscriptions.',
      ],
      param,
    );
  mustHaveAmount(price, param);
  const terms = priceTerms(tx, id);
  const billed = hasCurrency(terms, currency) ? currency : price.currency;
  const option = billed === price.currency ? terms : terms.currency_options?.[billed];
  const unit = option?.unit_amount_decimal ?? (option?.unit_amount == null ? null : String(option.unit_amount));
  const product = price.product as string;
  return {
    amount: priceAmount(terms, quantity, billed),
    currency: billed,
    product,
    pricing: asPricing(unit, { price: id, product }),
    description: nameOf(tx, product),
  };
}

function byTerms(tx: Transaction, data: NonNullable<Given['price_data']>, quantity: bigint, currency: string) {
  const { product = null, unit_amount, unit_amount_decimal } = data;
  if (product && !tx.get('product', product)) throw noSuch('product', product, 'price_data[product]');
  const unit = unit_amount_decimal ?? (unit_amount === undefined ? undefined : String(unit_amount));
  if (unit === undefined)
    throw stripeError('parameter_missing', ['price_data[unit_amount]'], 'price_data[unit_amount]');
  return {
    amount: times(unit, quantity, 'price_data[unit_amount_decimal]'),
    currency,
    product,
    pricing: asPricing(unit),
    description: product && nameOf(tx, product),
  };
}

const nameOf = (tx: Transaction, product: string): string | null =>
  ((tx.get('product', product) as JsonObject | undefined)?.['name'] as string | undefined) ?? null;

const asPricing = (unit: string | null, price?: { price: string; product: string }) =>
  ({
    ...(price && { price_details: price }),
    type: 'price_details',
    unit_amount_decimal: unit,
  }) as unknown as Priced['pricing'];

function decimal(text: string, param: string): bigint {
  try {
    return parseDecimal(text);
  } catch {
    throw stripeError('parameter_invalid', [param, 'must be a decimal number with at most 12 decimal places'], param);
  }
}

// The unit's decimals times the quantity's are exact; the product is rounded once.
const times = (unit: string, quantity: bigint, param: string): number =>
  roundDecimal((decimal(unit, param) * quantity) / ONE);
