import type { Transaction } from '../../../world/transaction.ts';
import { discountApplies, readDiscounts, spendDiscount, type DiscountParam } from '../catalogue/discounts.ts';

type Owner = { customer: string; currency: string } & ({ invoice: string } | { invoice_item: string });

/** The discounts that `discounts` asks for, as ids, redeemed for this invoice or item; null where it says nothing. */
export const chooseDiscounts = (
  tx: Transaction,
  given: readonly DiscountParam[] | '' | null | undefined,
  owner: Owner,
): string[] | null => (given === undefined ? null : readDiscounts(tx, given || null, owner));

/** The discounts that an invoice has because its customer has them. */
export function customerDiscounts(tx: Transaction, customer: string): string[] {
  const discount = tx.get('customer', customer)?.discount;
  return discount && discountApplies(discount as never, tx.now) ? [discount.id] : [];
}

/** The invoice is final: a discount for one invoice only, of a customer or a subscription, has had its one. */
export function spendDiscounts(tx: Transaction, ids: readonly unknown[]): void {
  for (const id of ids) {
    const discount = tx.get('discount', String(id));
    if (discount && discount.invoice === null && discount.invoice_item === null) spendDiscount(tx, discount.id);
  }
}
