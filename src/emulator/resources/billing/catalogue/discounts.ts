import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import { addMonths } from '../../../span.ts';
import type { Hidden, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import type { DiscountTerms } from '../math/discounts.ts';
import { couponTerms } from './coupon.ts';
import { redeem, type Redemption } from './redeem.ts';

/** When a discount ends that starts now (Unix seconds): never by time alone, unless the coupon counts months. */
export const discountEnd = (
  { duration, duration_in_months: months }: Pick<Stored<'coupon'>, 'duration' | 'duration_in_months'>,
  start: number,
): number | null => (duration === 'repeating' ? addMonths(start, months!) : null);

/** Whether a discount still counts at a moment: at its end it no longer does, whatever else happens at that moment. */
export const discountApplies = ({ end }: Stored<'discount'>, at: number): boolean => end === null || at < end;

/** What a discount takes off in a currency. A coupon that was deleted still counts where it was redeemed. */
export function discountTerms(tx: Transaction, id: string, currency: string): DiscountTerms {
  const discount = discountOf(tx, id);
  const { object: coupon, hidden } = couponOf(tx, discount);
  const { products, options } = couponTerms(hidden);
  const amountOff = coupon.currency === currency ? coupon.amount_off : options[currency]?.amount_off;
  const { percent_off: percentOff } = coupon;
  return { id, percentOff, amountOff: percentOff === null ? (amountOff ?? 0) : null, appliesTo: products };
}

function discountOf(tx: Transaction, id: string): Stored<'discount'> {
  const row = tx.lastRow('discount', id);
  if (!row) throw new Error(`no discount ${id}`);
  return row.object;
}

function couponOf(tx: Transaction, { source }: Stored<'discount'>): { object: Stored<'coupon'>; hidden: Hidden } {
  const id = source.coupon as string;
  return tx.lastRow('coupon', id)!;
}

/** A member of a `discounts` parameter. */
export type DiscountParam = { coupon?: string; promotion_code?: string; discount?: string };

/**
 * The discounts that a `discounts` parameter asks for, as their ids: new ones are redeemed, `discount` keeps one that
 * is there already. An empty value (null) asks for none.
 */
export function readDiscounts(
  tx: Transaction,
  given: readonly DiscountParam[] | null,
  redemption: Omit<Redemption, 'coupon' | 'promotion_code' | 'at'>,
  param = 'discounts',
): string[] {
  return (given ?? []).map(({ coupon, promotion_code, discount }, i) => {
    const at = `${param}[${i}]`;
    if (!discount) return redeem(tx, { ...redemption, coupon, promotion_code, at }).id;
    if (coupon || promotion_code)
      throw stripeError('parameters_exclusive', [`${at}[discount]`, `${at}[${coupon ? 'coupon' : 'promotion_code'}]`]);
    if (!tx.get('discount', discount)) throw noSuch('discount', discount, `${at}[discount]`);
    return discount;
  });
}

/** Told when an invoice has used a discount: one that is for one invoice only ends with it. */
export function spendDiscount(tx: Transaction, id: string): void {
  const discount = tx.get('discount', id);
  if (discount && couponOf(tx, discount).object.duration === 'once') endDiscount(tx, id);
}

/** Ends a discount, and takes it off whatever has it. */
export function endDiscount(tx: Transaction, id: string): void {
  const discount = tx.get('discount', id);
  if (!discount) return;
  tx.remove('discount', id);
  for (const [object, owner] of [
    ['subscription', discount.subscription],
    ['subscription_item', discount.subscription_item],
  ] as const) {
    const owned = owner ? (tx.get(object, owner) as JsonObject | undefined) : undefined;
    const discounts = owned?.['discounts'] as string[] | undefined;
    // One that is over keeps what it had: nothing more is told of it.
    if (owned?.['status'] !== 'canceled' && discounts?.includes(id))
      tx.update<string>(object, owner!, { discounts: discounts.filter((each) => each !== id) });
  }
  const customer = tx.get('customer', discount.customer as string | null);
  if (customer?.discount?.id === id) tx.update('customer', customer.id, { discount: null });
}
