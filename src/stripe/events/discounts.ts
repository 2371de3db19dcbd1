import { snapshots, thins } from './define.ts';

/** Snapshot events: discounts. */
export const discounts = snapshots('Billing', {
  'coupon.created': { subject: 'coupon', text: 'A coupon was created.', seed: true },
  'coupon.deleted': {
    subject: 'coupon',
    text: 'A coupon was deleted; existing discounts from it keep working.',
    seed: true,
  },
  'coupon.updated': {
    subject: 'coupon',
    text: "A coupon's name, metadata or other editable field changed.",
    seed: true,
  },
  'customer.discount.created': {
    subject: 'discount',
    text: 'A coupon or promotion code took effect for a customer or one of their subscriptions.',
    seed: true,
  },
  'customer.discount.deleted': {
    subject: 'discount',
    text: "A customer's or subscription's discount was removed or ran out.",
    seed: true,
  },
  'customer.discount.updated': {
    subject: 'discount',
    text: 'A customer moved from one coupon to another.',
    seed: true,
  },
  'promotion_code.created': {
    subject: 'promotion_code',
    text: 'A promotion code was created for a coupon.',
    since: '8.100.0',
  },
  'promotion_code.updated': {
    subject: 'promotion_code',
    text: 'A promotion code changed, for example deactivated or redeemed.',
    since: '8.100.0',
  },
});

/** Thin events without a snapshot twin: discounts. */
export const discountsThin = thins('Billing', {
  'v1.customer.discount.source_changed': {
    subject: null,
    text: "The origin (coupon or promotion) of a customer's discount changed.",
    since: '23.1.0',
  },
  'v1.promotion_code.fully_redeemed': {
    subject: 'promotion_code',
    text: 'A promotion code used up its last redemption.',
    since: '23.1.0',
  },
});
