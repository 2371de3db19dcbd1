import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { changed, created, defineResource, deleted, type Change } from '../../define.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { GONE } from '../customer-gone.ts';
import { endDiscount } from './discounts.ts';
import { redeem } from './redeem.ts';
import { WITH_SUBSCRIPTION } from '../subscriptions/discounts.ts';

type Rule = Change<'discount'>;
// One that belongs to a single invoice or item comes and goes with it, unannounced.
const announced = ({ after: { object } }: Rule) => object.invoice === null && object.invoice_item === null;
const both =
  (one: (change: Rule) => boolean) =>
  (change: Rule): boolean =>
    announced(change) && one(change);

/** A coupon that a customer has, for everything or for one subscription. */
export const discount = defineResource('discount', {
  prefix: 'di',
  operations: {
    'customers.deleteDiscount': ({ tx, path }) => {
      const { id, discount } = need(tx, 'customer', path[0]!, 'customer');
      if (!discount) throw stripeError('resource_missing', ['active discount for customer', id], 'customer');
      endDiscount(tx, discount.id);
      return stub(discount);
    },
  },
  events: [
    {
      type: 'customer.discount.created',
      when: both(created),
      rank: ({ cause }) => (cause === WITH_SUBSCRIPTION ? RANK.subscriptionDiscount : RANK.discount),
    },
    {
      type: 'customer.discount.updated',
      when: both(changed<'discount'>('source', 'promotion_code', 'start', 'end')),
      rank: RANK.discount,
      previous: true,
    },
    {
      type: 'customer.discount.deleted',
      when: both(deleted),
      rank: ({ cause }) => (cause === GONE ? RANK.discountGone : RANK.discount),
    },
  ],
  timers: [{ name: 'end', at: ({ end }) => end, run: (tx, { id }) => endDiscount(tx, id) }],
});

/** What an older request may say of a customer's discount; since basil discounts belong to what is bought. */
export type CustomerDiscountParams = { coupon?: string | null; promotion_code?: string | null };

/** Gives a customer the discount that a request names, in place of the one it has; an empty name takes it away. */
export function discountCustomer(tx: Transaction, customer: Stored<'customer'>, params: CustomerDiscountParams): void {
  const { coupon, promotion_code: code } = params;
  if (coupon === undefined && code === undefined) return;
  const current = customer.discount?.id;
  if (!coupon && !code) {
    if (current) endDiscount(tx, current);
    return;
  }
  const discount = redeem(tx, {
    coupon: coupon || undefined,
    promotion_code: code || undefined,
    customer: customer.id,
    replaces: current,
  });
  tx.update('customer', customer.id, { discount: discount as Stored<'customer'>['discount'] });
}
