import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { endDiscount, readDiscounts, type DiscountParam } from '../catalogue/discounts.ts';

/** Why a discount is told after its subscription: both are new. */
export const WITH_SUBSCRIPTION = 'subscription.create';

/** Gives a new subscription the discounts that it asks for. */
export function discountNew(tx: Transaction, { id, customer, currency }: Stored<'subscription'>, given: Given): void {
  if (!given) return;
  const discounts = readDiscounts(tx, given, { customer: customer as string, subscription: id, currency });
  for (const each of discounts) tx.because('discount', each, WITH_SUBSCRIPTION);
  tx.update('subscription', id, { discounts });
}

type Given = readonly DiscountParam[] | '' | null | undefined;

/**
 * Sets the discounts of a subscription: those that are not named any more end. One that takes the place of the only one is
 * that one changed, and is told so (`customer.discount.updated`).
 */
export function discountAgain(tx: Transaction, subscription: Stored<'subscription'>, given: Given): void {
  if (given === undefined) return;
  const { id, customer, currency, discounts: current } = subscription;
  const [only, ...more] = current as string[];
  const replaces = given && given.length === 1 && !given[0]!.discount && more.length === 0 ? only : undefined;
  const discounts = readDiscounts(tx, given || null, {
    customer: customer as string,
    subscription: id,
    currency,
    ...(replaces && { replaces }),
  });
  for (const each of current as string[]) if (!discounts.includes(each)) endDiscount(tx, each);
  tx.update('subscription', id, { discounts });
}

/** The same for an item of a subscription. */
export function discountItem(
  tx: Transaction,
  { customer, currency }: Stored<'subscription'>,
  item: Stored<'subscription_item'>,
  given: Given,
): void {
  if (given === undefined) return;
  const discounts = readDiscounts(tx, given || null, {
    customer: customer as string,
    subscription_item: item.id,
    currency,
  });
  for (const each of item.discounts as string[]) if (!discounts.includes(each)) endDiscount(tx, each);
  tx.update('subscription_item', item.id, { discounts });
}
