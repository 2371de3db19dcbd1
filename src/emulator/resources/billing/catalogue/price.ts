import type Stripe from 'stripe';
import { sameJson, type JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { created, defineResource, deleted, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import { planOf } from './plan-view.ts';
import { insertPrice } from './price-create.ts';
import { giveLookupKey } from './lookup-key.ts';
import { hiddenTerms, readOption, type CurrencyOption, type OptionParams } from './price-terms.ts';

type Rule = Change<'price'>;
const recurring = ({ after }: Rule) => after.object.type === 'recurring';
const altered = ({ before, after }: Rule) =>
  before !== undefined && !after.deleted && !sameJson(before.object, after.object);
const planAltered = (change: Rule) =>
  altered(change) && recurring(change) && !sameJson(planOf(change.before!.object), planOf(change.after.object));
const asPlan = ({ object }: Row<'price'>) => planOf(object) as unknown as JsonObject;

/** What a product costs. A recurring price is a legacy plan as well, and is announced as both. */
export const price = defineResource('price', {
  prefix: 'price',
  operations: {
    'prices.create': ({ tx, params }) => insertPrice(tx, params as never),
    'prices.update': update,
    'prices.list': ({ tx, params }) => {
      const { lookup_keys: keys, ...filters } = params as JsonObject & { lookup_keys?: string[] };
      const wanted = (row: Row) => !keys || keys.includes(String((row.object as JsonObject)['lookup_key']));
      const by = keys?.length === 1 ? { field: 'lookup_key', value: keys[0]! } : undefined;
      return listOf(tx, 'price', filters, '/v1/prices', wanted, by);
    },
  },
  events: [
    { type: 'plan.created', when: (change) => created(change) && recurring(change), rank: RANK.plan, as: asPlan },
    { type: 'price.created', when: created, rank: RANK.price },
    { type: 'plan.updated', when: planAltered, rank: RANK.plan, previous: true, as: asPlan },
    { type: 'price.updated', when: altered, rank: RANK.price, previous: true },
    { type: 'plan.deleted', when: (change) => deleted(change) && recurring(change), rank: RANK.plan, as: asPlan },
    { type: 'price.deleted', when: deleted, rank: RANK.price },
  ],
  expanded: {
    tiers: (tx, id) => hiddenTerms(tx.row('price', id)?.hidden ?? {}).tiers,
    currency_options: (tx, id) => {
      const row = tx.row('price', id);
      return row && optionsOf(row);
    },
  },
});

/** What the price costs in each of its currencies, its own included, as Stripe shows it. */
function optionsOf({ object, hidden }: Row<'price'>): Record<string, CurrencyOption> {
  const { currency, custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal } = object;
  const { tiers, currency_options } = hiddenTerms(hidden);
  const own = { custom_unit_amount, tax_behavior, ...(tiers && { tiers }), unit_amount, unit_amount_decimal };
  return { [currency]: own, ...currency_options };
}

function update({ tx, params: given, path }: Call) {
  const price = need(tx, 'price', path[0]!, 'price');
  const params = given as unknown as Stripe.PriceUpdateParams;
  const { active, tax_behavior: tax, lookup_key: key, nickname, currency_options: options } = params;
  if (active === false && tx.get('product', price.product)?.default_price === price.id)
    throw stripeError('wrong_state', ['This price cannot be archived because it is the default price of its product.']);
  if (tax !== undefined && tax !== price.tax_behavior && price.tax_behavior && price.tax_behavior !== 'unspecified')
    throw stripeError(
      'parameter_invalid',
      ['tax_behavior', `it is ${price.tax_behavior}, and cannot be changed once it has been specified`],
      'tax_behavior',
    );
  if (key) giveLookupKey(tx, key, params.transfer_lookup_key === true, price.id);
  return tx.update(
    'price',
    price.id,
    {
      ...(active !== undefined && { active }),
      ...(tax !== undefined && { tax_behavior: tax }),
      ...(key !== undefined && { lookup_key: key || null }),
      ...(nickname !== undefined && { nickname: nickname || null }),
      metadata: mergeMetadata(price.metadata, given['metadata']),
    },
    options === undefined ? {} : { currency_options: changedOptions(tx, price, options as never) },
  );
}

/** Given currencies are set, others stay; null for the whole takes them all away. */
function changedOptions(
  tx: Transaction,
  price: Stored<'price'>,
  given: Record<string, OptionParams> | null,
): Record<string, CurrencyOption> {
  if (given === null) return {};
  const current = hiddenTerms(tx.row('price', price.id)!.hidden).currency_options ?? {};
  const tiered = price.billing_scheme === 'tiered';
  const changed = Object.entries(given).map(([name, option]) => {
    const at = `currency_options[${name}]`;
    return [readCurrency(name), readOption(option, tiered, at)];
  });
  return { ...current, ...Object.fromEntries(changed) };
}
