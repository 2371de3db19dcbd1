import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { display } from '../../money.ts';
import { noSuch } from '../../references.ts';
import { countRedemption, couponTerms } from './coupon.ts';
import { discountEnd } from './discounts.ts';
import { countCodeRedemption, minimumsOf } from './promotion-code.ts';

/** Who redeems what, and for what. */
export type Redemption = {
  /** One of these two. */
  coupon?: string | undefined;
  promotion_code?: string | undefined;
  customer: string | null;
  /** What it belongs to: the customer itself if none of these is given. */
  subscription?: string;
  subscription_item?: string;
  invoice?: string;
  invoice_item?: string;
  /** What is bought with it (minor units), where that is known: some codes want a minimum, an amount off its currency. */
  amount?: number;
  currency?: string;
  /** A discount that this one takes the place of. */
  replaces?: string | undefined;
  /** The parameter that holds `coupon` or `promotion_code`, for errors: `discounts[0]`. */
  at?: string;
};

/** Turns a coupon or a promotion code into a discount. Refuses what may not be redeemed, or not by this customer. */
export function redeem(tx: Transaction, redemption: Redemption): Stored<'discount'> {
  const { customer, subscription, subscription_item, invoice, invoice_item, replaces } = redemption;
  const code = codeOf(tx, redemption);
  const coupon = couponOf(tx, redemption, code);
  countRedemption(tx, coupon);
  if (code) countCodeRedemption(tx, code.id);
  const fields = {
    end: discountEnd(coupon, tx.now),
    promotion_code: code?.id ?? null,
    source: { coupon: coupon.id, type: 'coupon' as const },
    start: tx.now,
  };
  if (replaces) return tx.update('discount', replaces, fields);
  return tx.insert('discount', {
    id: tx.id('di'),
    object: 'discount',
    ...fields,
    checkout_session: null,
    customer,
    customer_account: null,
    invoice: invoice ?? null,
    invoice_item: invoice_item ?? null,
    subscription: subscription ?? null,
    subscription_item: subscription_item ?? null,
  });
}

const inside = (at: string | undefined, name: string) => (at ? `${at}[${name}]` : name);

function codeOf(tx: Transaction, redemption: Redemption): Stored<'promotion_code'> | undefined {
  const { promotion_code: id, customer, at } = redemption;
  if (!id) return undefined;
  const param = inside(at, 'promotion_code');
  if (redemption.coupon) throw stripeError('parameters_exclusive', [inside(at, 'coupon'), param], param);
  const row = tx.row('promotion_code', id);
  if (!row) throw noSuch('promotion code', id, param);
  const { object: code } = row;
  const refuse = (why: string) =>
    stripeError('wrong_state', [`This promotion code cannot be redeemed because ${why}.`], param);
  if (!code.active) throw refuse('it is inactive');
  if (code.customer && code.customer !== customer) throw refuse('it belongs to another customer');
  if (code.restrictions.first_time_transaction && customer && hasPaid(tx, customer))
    throw refuse('the associated customer has prior transactions');
  const { minimum_amount, minimum_amount_currency } = code.restrictions;
  if (minimum_amount === null || redemption.amount === undefined || !redemption.currency) return code;
  const { currency } = redemption;
  const least = currency === minimum_amount_currency ? minimum_amount : minimumsOf(row)[currency]?.minimum_amount;
  if (least === undefined) throw refuse(`it has no minimum amount in ${currency}`);
  if (redemption.amount < least) throw refuse(`it requires at least ${display(least, currency)}`);
  return code;
}

function couponOf(
  tx: Transaction,
  { coupon: id, currency, at }: Redemption,
  code: Stored<'promotion_code'> | undefined,
): Stored<'coupon'> {
  const wanted = code ? (code.promotion.coupon as string) : id;
  const param = inside(at, code ? 'promotion_code' : 'coupon');
  if (!wanted) throw stripeError('parameter_missing', [param], param);
  const row = tx.row('coupon', wanted);
  if (!row) throw noSuch('coupon', wanted, param);
  const { object: coupon, hidden } = row;
  if (!coupon.valid) {
    const spent = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions;
    throw stripeError(
      'coupon_expired',
      [spent ? `Coupon ${wanted} is used up and cannot be applied.` : `Coupon expired: ${wanted}`],
      param,
    );
  }
  if (currency && coupon.currency && currency !== coupon.currency && !couponTerms(hidden).options[currency])
    throw stripeError(
      'parameter_invalid',
      [param, `coupon ${wanted} takes off an amount in ${coupon.currency}, and has none in ${currency}`],
      param,
    );
  return coupon;
}

/** Whether the customer ever paid anything. */
function hasPaid(tx: Transaction, customer: string): boolean {
  for (const { object } of tx.newest('charge', { field: 'customer', value: customer })) if (object.paid) return true;
  return false;
}
