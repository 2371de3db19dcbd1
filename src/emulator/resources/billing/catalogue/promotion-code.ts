import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { changed, created, defineResource, type Call } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';

type Restrictions = NonNullable<Stripe.PromotionCodeCreateParams['restrictions']>;
type Minimums = Record<string, { minimum_amount: number }>;

/** What customers type to have a coupon. It is active while it may be redeemed: not spent, not expired, its coupon valid. */
export const promotionCode = defineResource('promotion_code', {
  prefix: 'promo',
  operations: {
    'promotionCodes.create': create,
    'promotionCodes.update': update,
    'promotionCodes.list': ({ tx, params }) => {
      const { code, coupon, ...filters } = params as JsonObject & { code?: string; coupon?: string };
      const wanted = ({ object, hidden }: Row) => {
        const { promotion } = object as unknown as Stored<'promotion_code'>;
        return (
          (code === undefined || hidden['code'] === fold(code)) && (coupon === undefined || promotion.coupon === coupon)
        );
      };
      const byCoupon = coupon === undefined ? undefined : { field: 'promotion.coupon', value: coupon };
      const by = code === undefined ? byCoupon : { field: 'hidden.code', value: fold(code) };
      return listOf(tx, 'promotion_code', filters, '/v1/promotion_codes', wanted, by);
    },
  },
  events: [
    { type: 'promotion_code.created', when: created, rank: RANK.catalogue },
    {
      type: 'promotion_code.updated',
      when: changed<'promotion_code'>('active', 'metadata', 'restrictions'),
      rank: RANK.catalogue,
      previous: true,
    },
  ],
  timers: [
    {
      name: 'expires_at',
      at: ({ active, expires_at }) => (active ? expires_at : null),
      run: (tx, { id }) => void tx.update('promotion_code', id, { active: false }),
    },
  ],
  expanded: {
    'restrictions.currency_options': (tx, id) => {
      const row = tx.row('promotion_code', id);
      if (!row?.object.restrictions.minimum_amount_currency) return undefined;
      const { minimum_amount_currency: currency, minimum_amount } = row.object.restrictions;
      return { [currency]: { minimum_amount }, ...minimumsOf(row) };
    },
  },
});

/** Minimum amounts in currencies other than the code's own, minor units. */
export const minimumsOf = ({ hidden }: Row<'promotion_code'>): Minimums =>
  (hidden['currency_options'] as Minimums | undefined) ?? {};

// Customers type codes in whichever case they like.
const fold = (code: string) => code.toUpperCase();
const refused = (param: string, why: string) => stripeError('parameter_invalid', [param, why], param);

function create({ tx, params: given }: Call): Stored<'promotion_code'> {
  const params = given as unknown as Stripe.PromotionCodeCreateParams;
  const { customer, expires_at: expires, max_redemptions: most } = params;
  const couponId = (params.promotion as Partial<typeof params.promotion> | undefined)?.coupon;
  if (!couponId) throw stripeError('parameter_missing', ['promotion[coupon]'], 'promotion[coupon]');
  const coupon = tx.get('coupon', couponId);
  if (!coupon) throw noSuch('coupon', couponId, 'promotion[coupon]');
  if (customer && !tx.get('customer', customer)) throw noSuch('customer', customer, 'customer');
  if (most !== undefined && (most < 1 || (coupon.max_redemptions !== null && most > coupon.max_redemptions)))
    throw refused('max_redemptions', 'must be at least 1 and not more than the coupon allows');
  if (expires !== undefined && (expires <= tx.now || (coupon.redeem_by !== null && expires > coupon.redeem_by)))
    throw refused('expires_at', 'must lie in the future, and not after the time by which its coupon must be redeemed');
  if (params.code !== undefined && !/^[A-Za-z0-9-]+$/.test(params.code))
    throw refused('code', 'it may consist of letters, digits and dashes only');
  const active = params.active ?? true;
  if (active && !coupon.valid)
    throw stripeError(
      'coupon_expired',
      [`Coupon ${coupon.id} is not valid any more: its code cannot be active.`],
      'promotion[coupon]',
    );
  const code = params.code ?? fold(tx.text(8));
  if (active) mustBeFree(tx, code, customer ?? null);
  const { minimums, ...restrictions } = readRestrictions(params.restrictions ?? {});
  return tx.insert(
    'promotion_code',
    {
      id: tx.id('promo'),
      object: 'promotion_code',
      active,
      code,
      created: tx.now,
      customer: customer ?? null,
      customer_account: null,
      expires_at: expires ?? null,
      livemode: false,
      max_redemptions: most ?? null,
      metadata: mergeMetadata({}, given['metadata']),
      promotion: { coupon: coupon.id, type: 'coupon' },
      restrictions,
      times_redeemed: 0,
    },
    { code: fold(code), ...(minimums && { currency_options: minimums }) },
  );
}

function readRestrictions(
  given: Restrictions,
): Stored<'promotion_code'>['restrictions'] & { minimums: Minimums | null } {
  const { first_time_transaction = false, minimum_amount: least, minimum_amount_currency: currency } = given;
  if ((least === undefined) !== (currency === undefined)) {
    const param = `restrictions[${least === undefined ? 'minimum_amount' : 'minimum_amount_currency'}]`;
    throw stripeError('parameter_missing', [param], param);
  }
  return {
    first_time_transaction,
    minimum_amount: least ?? null,
    minimum_amount_currency: currency === undefined ? null : readCurrency(currency),
    minimums: given.currency_options ? readMinimums(given.currency_options) : null,
  };
}

const readMinimums = (given: NonNullable<Restrictions['currency_options']>): Minimums =>
  Object.fromEntries(
    Object.entries(given).map(([currency, { minimum_amount = 0 }]) => [readCurrency(currency), { minimum_amount }]),
  );

/** An active code is one customer's, or everybody's: no two that somebody could type mean different things. */
function mustBeFree(tx: Transaction, code: string, customer: string | null, self?: string): void {
  for (const { id, object } of tx.newest('promotion_code', { field: 'hidden.code', value: fold(code) }))
    if (id !== self && object.active && (!customer || !object.customer || object.customer === customer))
      throw stripeError('taken', [`An active promotion code with \`code: ${object.code}\` already exists.`], 'code');
}

function update({ tx, params: given, path }: Call): Stored<'promotion_code'> {
  const promotion = need(tx, 'promotion_code', path[0]!, 'promotion_code');
  const { active, restrictions } = given as unknown as Stripe.PromotionCodeUpdateParams;
  if (active && !promotion.active) {
    const why = unusable(tx, promotion);
    if (why) throw stripeError('wrong_state', [`This promotion code cannot be activated: ${why}.`]);
    mustBeFree(tx, promotion.code, promotion.customer as string | null, promotion.id);
  }
  const minimums = restrictions?.currency_options && {
    ...minimumsOf(tx.row('promotion_code', promotion.id)!),
    ...readMinimums(restrictions.currency_options),
  };
  return tx.update(
    'promotion_code',
    promotion.id,
    {
      ...(active !== undefined && { active }),
      metadata: mergeMetadata(promotion.metadata ?? {}, given['metadata']),
    },
    minimums ? { currency_options: minimums } : {},
  );
}

/** Why a code cannot be redeemed by anybody, if it cannot. */
function unusable(
  tx: Transaction,
  { promotion, expires_at, max_redemptions, times_redeemed }: Stored<'promotion_code'>,
) {
  if (!tx.get('coupon', promotion.coupon as string)?.valid) return 'its coupon is not valid any more';
  if (expires_at !== null && expires_at <= tx.now) return 'it has expired';
  if (max_redemptions !== null && times_redeemed >= max_redemptions)
    return 'it has been redeemed as often as it may be';
  return undefined;
}

/** Counts one more redemption, and takes the code out of use with the last one. */
export function countCodeRedemption(tx: Transaction, id: string): void {
  const code = tx.get('promotion_code', id)!;
  const counted = { ...code, times_redeemed: code.times_redeemed + 1 };
  const active = code.active && unusable(tx, counted) === undefined;
  tx.update('promotion_code', id, { times_redeemed: counted.times_redeemed, active });
}

/** Takes a coupon's codes out of use once the coupon is. */
export function settleCodes(tx: Transaction, coupon: string): void {
  for (const { id, object } of tx.newest('promotion_code', { field: 'promotion.coupon', value: coupon }))
    if (object.active) tx.update('promotion_code', id, { active: false });
}
