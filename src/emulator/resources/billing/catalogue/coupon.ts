import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Hidden, Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { changed, created, defineResource, deleted, type Call } from '../../define.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { RANK } from '../../ranks.ts';
import { need, needReference } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { settleCodes } from './promotion-code.ts';

type Options = Record<string, { amount_off: number }>;

/** What a coupon keeps beside itself, because it is shown only when expanded. */
export const couponTerms = (hidden: Hidden): { products: string[] | null; options: Options } => ({
  products: (hidden['products'] as string[] | undefined) ?? null,
  options: (hidden['currency_options'] as Options | undefined) ?? {},
});

// A deleted coupon takes nothing off any more, except where it was redeemed before.
const asGone = ({ object }: Row<'coupon'>) => ({ ...object, valid: false }) as unknown as JsonObject;

/** What may be taken off. Redeeming one changes its counters without an event, as at Stripe. */
export const coupon = defineResource('coupon', {
  prefix: 'coupon',
  idLength: 8,
  operations: {
    'coupons.create': create,
    'coupons.update': update,
    'coupons.del': ({ tx, path }) => {
      const coupon = need(tx, 'coupon', path[0]!, 'coupon');
      tx.remove('coupon', coupon.id);
      settleCodes(tx, coupon.id);
      return stub(coupon);
    },
  },
  events: [
    { type: 'coupon.created', when: created, rank: RANK.catalogue },
    { type: 'coupon.updated', when: changed<'coupon'>('name', 'metadata'), rank: RANK.catalogue, previous: true },
    { type: 'coupon.deleted', when: deleted, rank: RANK.catalogue, as: asGone },
  ],
  timers: [
    {
      name: 'redeem_by',
      at: ({ redeem_by, valid }) => (valid ? redeem_by : null),
      run: (tx, { id }) => {
        tx.update('coupon', id, { valid: false });
        settleCodes(tx, id);
      },
    },
  ],
  // A discount shows its coupon even when the coupon is gone.
  find: (tx, id) => {
    const gone = tx.gone('coupon', id);
    return gone && { ...gone, valid: false };
  },
  expanded: {
    applies_to: (tx, id) => {
      const products = couponTerms(tx.row('coupon', id)?.hidden ?? {}).products;
      return products ? { products } : undefined;
    },
    currency_options: (tx, id) => {
      const row = tx.row('coupon', id);
      const { currency, amount_off } = row?.object ?? {};
      return row && currency ? { [currency]: { amount_off }, ...couponTerms(row.hidden).options } : undefined;
    },
  },
});

function create({ tx, params: given }: Call): Stored<'coupon'> {
  const params = given as unknown as Stripe.CouponCreateParams;
  const { id, duration = 'once', duration_in_months: months, percent_off: percent, amount_off: amount } = params;
  if (id && tx.get('coupon', id)) throw stripeError('resource_already_exists', ['Coupon', id], 'id');
  readValue(params);
  if (duration === 'repeating' && !months)
    throw stripeError('parameter_missing', ['duration_in_months'], 'duration_in_months');
  if (months !== undefined && (duration !== 'repeating' || months < 1))
    throw refused('duration_in_months', 'it must be at least 1, and goes with duration=repeating only');
  if (params.max_redemptions !== undefined && params.max_redemptions < 1)
    throw refused('max_redemptions', 'must be at least 1');
  if (params.redeem_by !== undefined && params.redeem_by <= tx.now)
    throw refused('redeem_by', 'must lie in the future');
  const products = params.applies_to?.products;
  products?.forEach((product, i) => needReference(tx, ['product'], product, `applies_to[products][${i}]`));
  const options = readOptions(params.currency_options, params.currency, percent !== undefined);
  return tx.insert(
    'coupon',
    {
      id: id ?? tx.text(8),
      object: 'coupon',
      amount_off: amount ?? null,
      created: tx.now,
      currency: amount === undefined ? null : readCurrency(params.currency!),
      duration,
      duration_in_months: months ?? null,
      livemode: false,
      max_redemptions: params.max_redemptions ?? null,
      metadata: mergeMetadata({}, given['metadata']),
      name: params.name || null,
      percent_off: percent ?? null,
      redeem_by: params.redeem_by ?? null,
      times_redeemed: 0,
      valid: true,
    },
    { ...(products?.length && { products }), ...(options && { currency_options: options }) },
  );
}

const refused = (param: string, why: string) => stripeError('parameter_invalid', [param, why], param);

/** Refuses a coupon that takes off nothing, two things at once, or more than there is. */
function readValue({ percent_off: percent, amount_off: amount, currency }: Stripe.CouponCreateParams): void {
  if (percent !== undefined && amount !== undefined)
    throw stripeError('parameters_exclusive', ['percent_off', 'amount_off'], 'amount_off');
  if (percent === undefined && amount === undefined)
    throw stripeError('missing', ['You must pass either `percent_off` or `amount_off`.'], 'percent_off');
  if (percent !== undefined && !(percent > 0 && percent <= 100))
    throw refused('percent_off', 'must be greater than 0 and at most 100');
  if (amount === undefined) return;
  if (amount < 1)
    throw stripeError('parameter_invalid_integer', ['amount_off', `${amount} (must be at least 1)`], 'amount_off');
  if (!currency) throw stripeError('parameter_missing', ['currency'], 'currency');
}

function readOptions(given: Options | undefined, own: string | undefined, percent: boolean): Options | undefined {
  if (!given) return undefined;
  if (percent) throw refused('currency_options', 'they go with amount_off only');
  return Object.fromEntries(
    Object.entries(given).map(([name, { amount_off }]) => {
      const at = `currency_options[${name}]`;
      const currency = readCurrency(name);
      if (currency === own?.toLowerCase()) throw refused(at, `${currency} is the coupon's own currency`);
      if (amount_off < 1) throw refused(`${at}[amount_off]`, 'must be at least 1');
      return [currency, { amount_off }];
    }),
  );
}

function update({ tx, params: given, path }: Call): Stored<'coupon'> {
  const { id, metadata, amount_off, currency } = need(tx, 'coupon', path[0]!, 'coupon');
  const params = given as unknown as Stripe.CouponUpdateParams;
  const options = readOptions(params.currency_options, currency ?? undefined, amount_off === null);
  const { options: current } = couponTerms(tx.row('coupon', id)!.hidden);
  return tx.update(
    'coupon',
    id,
    {
      ...(params.name !== undefined && { name: params.name || null }),
      metadata: mergeMetadata(metadata ?? {}, given['metadata']),
    },
    options ? { currency_options: { ...current, ...options } } : {},
  );
}

/** Counts one more redemption, and takes the coupon out of use with the last one. */
export function countRedemption(tx: Transaction, coupon: Stored<'coupon'>): void {
  const times_redeemed = coupon.times_redeemed + 1;
  const valid = coupon.max_redemptions === null || times_redeemed < coupon.max_redemptions;
  tx.update('coupon', coupon.id, { times_redeemed, valid });
  if (!valid) settleCodes(tx, coupon.id);
}
