import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { needReference } from '../../references.ts';
import { giveLookupKey } from './lookup-key.ts';
import { readOption, type OptionParams } from './price-terms.ts';
import { insertProduct, type ProductParams } from './product-create.ts';

/** What a price is made from: the parameters of `prices.create`. */
export type PriceParams = OptionParams & {
  currency: string;
  active?: boolean;
  billing_scheme?: string;
  currency_options?: Record<string, OptionParams>;
  lookup_key?: string | null;
  metadata?: JsonObject;
  nickname?: string | null;
  product?: string;
  product_data?: ProductParams;
  recurring?: RecurringParams;
  tiers_mode?: string;
  transfer_lookup_key?: boolean;
  transform_quantity?: { divide_by: number; round: string };
};

type RecurringParams = {
  interval: string;
  interval_count?: number;
  meter?: string;
  trial_period_days?: number;
  usage_type?: string;
};

/** The longest time between two bills: three years, in each unit. */
const LONGEST: Record<string, number> = { day: 1095, week: 156, month: 36, year: 3 };

/** Creates a price, and its product where `product_data` describes one. `id` is chosen for plans only. */
export function insertPrice(tx: Transaction, params: PriceParams, id = tx.id('price')): Stored<'price'> {
  const currency = readCurrency(params.currency);
  const tiered = params.billing_scheme === 'tiered';
  const terms = readOption(params, tiered, '');
  const recurring = params.recurring ? readRecurring(tx, params.recurring) : null;
  readScheme(params, tiered);
  if (terms.custom_unit_amount && recurring)
    throw stripeError(
      'parameter_invalid',
      ['custom_unit_amount', 'only one-time prices can have an amount that the customer chooses'],
      'custom_unit_amount',
    );
  const options = Object.entries(params.currency_options ?? {}).map(([name, option]) => {
    const at = `currency_options[${name}]`;
    const code = readCurrency(name);
    if (code === currency) throw stripeError('parameter_invalid', [at, `${code} is the price's own currency`], at);
    return [code, readOption(option, tiered, at)] as const;
  });
  if (params.lookup_key) giveLookupKey(tx, params.lookup_key, params.transfer_lookup_key === true);
  const { tiers, ...amounts } = terms;
  return tx.insert(
    'price',
    {
      id,
      object: 'price',
      active: params.active ?? true,
      billing_scheme: (params.billing_scheme ?? 'per_unit') as Stored<'price'>['billing_scheme'],
      created: tx.now,
      currency,
      ...(amounts as Pick<Stored<'price'>, 'custom_unit_amount' | 'tax_behavior' | 'unit_amount'>),
      livemode: false,
      lookup_key: params.lookup_key || null,
      metadata: mergeMetadata({}, params.metadata),
      nickname: params.nickname || null,
      product: productOf(tx, params),
      recurring,
      tiers_mode: (params.tiers_mode ?? null) as Stored<'price'>['tiers_mode'],
      transform_quantity: (params.transform_quantity ?? null) as Stored<'price'>['transform_quantity'],
      type: recurring ? 'recurring' : 'one_time',
    },
    { ...(tiers && { tiers }), ...(options.length > 0 && { currency_options: Object.fromEntries(options) }) },
  );
}

function productOf(tx: Transaction, { product, product_data: data }: PriceParams): string {
  if (product && data) throw stripeError('parameters_exclusive', ['product', 'product_data'], 'product_data');
  if (data) return insertProduct(tx, data).id;
  if (!product) throw stripeError('parameter_missing', ['product'], 'product');
  needReference(tx, ['product'], product, 'product');
  return product;
}

/** Refuses tiers without a mode, a mode without tiers, and packages of what is priced by tiers. */
function readScheme({ tiers_mode: mode, transform_quantity: packages }: PriceParams, tiered: boolean): void {
  if (tiered && !mode) throw stripeError('parameter_missing', ['tiers_mode'], 'tiers_mode');
  if (!tiered && mode)
    throw stripeError('parameter_invalid', ['tiers_mode', 'it requires billing_scheme=tiered'], 'tiers_mode');
  if (!packages) return;
  if (tiered)
    throw stripeError(
      'parameter_invalid',
      ['transform_quantity', 'it cannot be combined with tiers'],
      'transform_quantity',
    );
  if (packages.divide_by < 1)
    throw stripeError(
      'parameter_invalid',
      ['transform_quantity[divide_by]', 'must be at least 1'],
      'transform_quantity[divide_by]',
    );
}

function readRecurring(tx: Transaction, given: RecurringParams): NonNullable<Stored<'price'>['recurring']> {
  const { interval, interval_count = 1, meter = null, trial_period_days = null, usage_type = 'licensed' } = given;
  if (interval_count < 1 || interval_count > LONGEST[interval]!)
    throw stripeError(
      'parameter_invalid',
      ['recurring[interval_count]', `must be between 1 and ${LONGEST[interval]} for interval=${interval}`],
      'recurring[interval_count]',
    );
  if (meter) needReference(tx, ['billing.meter'], meter, 'recurring[meter]');
  // Usage records are gone: since basil only a meter knows what was used.
  if (usage_type === 'metered' && !meter)
    throw stripeError('parameter_missing', ['recurring[meter]'], 'recurring[meter]');
  if (usage_type !== 'metered' && meter)
    throw stripeError(
      'parameter_invalid',
      ['recurring[meter]', 'a meter requires usage_type=metered'],
      'recurring[meter]',
    );
  return { interval, interval_count, meter, trial_period_days, usage_type } as NonNullable<
    Stored<'price'>['recurring']
  >;
}
