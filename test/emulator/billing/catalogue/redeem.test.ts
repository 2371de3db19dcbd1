import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import {
  discountApplies,
  readDiscounts,
  spendDiscount,
  type DiscountParam,
} from '../../../../src/emulator/resources/billing/catalogue/discounts.ts';
import type { Redemption } from '../../../../src/emulator/resources/billing/catalogue/redeem.ts';
import type { Transaction } from '../../../../src/emulator/world/transaction.ts';
import { NOW, start, typesOf } from '../../sdk.ts';
import { dump } from '../../worlds.ts';

/** A world with a customer, and what a subscription or an invoice does there with a `discounts` parameter. */
async function shop() {
  const open = start();
  const { id: customer } = await open.stripe.customers.create({});
  const within = <T>(run: (tx: Transaction) => T) => open.world.transact({ id: null, idempotency_key: null }, '', run);
  const read = (given: DiscountParam[], redemption: Partial<Redemption> = {}) =>
    within((tx) => readDiscounts(tx, given, { customer, ...redemption }));
  return { ...open, customer, within, read };
}

const codeWith = async (stripe: Stripe, restrictions: Stripe.PromotionCodeCreateParams.Restrictions) => {
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'once' });
  return (await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, restrictions })).id;
};

test('new discounts are redeemed in order, and one that is there already is kept', async () => {
  const { stripe, read, world } = await shop();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  const [first] = read([{ coupon }], { subscription: 'sub_1' });
  const again = read([{ discount: first! }, { coupon }], { subscription: 'sub_1' });
  expect(again[0]).toBe(first);
  expect(again[1]).not.toBe(first);
  expect(await stripe.coupons.retrieve(coupon)).toMatchObject({ times_redeemed: 2 });
  expect(typesOf(world).filter((type) => type === 'customer.discount.created')).toHaveLength(2);
  expect(() => read([{ discount: 'di_x' }])).toThrow("No such discount: 'di_x'");
  expect(() => read([{ coupon, discount: first! }])).toThrow('only specify one');
  expect(() => read([{ coupon, promotion_code: 'promo_x' }])).toThrow('only specify one');
});

test('a discount of an invoice is announced to nobody', async () => {
  const { stripe, read, world } = await shop();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'once' });
  read([{ coupon }], { invoice: 'in_1' });
  read([{ coupon }], { invoice_item: 'ii_1' });
  expect(typesOf(world)).toEqual(['customer.created', 'coupon.created']);
});

test('a minimum holds in each of its currencies, and in no other', async () => {
  const { stripe, read, ...open } = await shop();
  const promotion_code = await codeWith(stripe, {
    minimum_amount: 5000,
    minimum_amount_currency: 'usd',
    currency_options: { eur: { minimum_amount: 4500 } },
  });
  const before = dump(open);
  const buy = (amount: number, currency: string) => read([{ promotion_code }], { amount, currency });
  expect(() => buy(4999, 'usd')).toThrow('requires at least $50.00 usd');
  expect(() => buy(4499, 'eur')).toThrow('requires at least €45.00 eur');
  expect(() => buy(9999, 'gbp')).toThrow('no minimum amount in gbp');
  expect(dump(open)).toBe(before);
  expect([buy(5000, 'usd'), buy(4500, 'eur')].flat()).toHaveLength(2);
});

test('an amount off is worth nothing in a currency it does not have', async () => {
  const { stripe, read } = await shop();
  const { id: coupon } = await stripe.coupons.create({
    amount_off: 500,
    currency: 'usd',
    currency_options: { eur: { amount_off: 450 } },
  });
  expect(() => read([{ coupon }], { amount: 5000, currency: 'gbp' })).toThrow('has none in gbp');
  expect(read([{ coupon }], { amount: 5000, currency: 'eur' })).toHaveLength(1);
});

test('an invoice uses up a discount that is for one invoice, and no other', async () => {
  const { stripe, read, within } = await shop();
  const coupon = async (params: Stripe.CouponCreateParams) => (await stripe.coupons.create(params)).id;
  const ids = read([
    { coupon: await coupon({ percent_off: 20, duration: 'once' }) },
    { coupon: await coupon({ percent_off: 20, duration: 'forever' }) },
  ]);
  const left = within((tx) => {
    for (const id of ids) spendDiscount(tx, id);
    return ids.filter((id) => tx.get('discount', id));
  });
  expect(left).toEqual([ids[1]]);
});

test('a discount counts until its end, and not at it', async () => {
  const { stripe, read, within } = await shop();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'repeating', duration_in_months: 1 });
  const [id] = read([{ coupon }]);
  const discount = within((tx) => tx.get('discount', id!)!);
  // One month from 22 November is 22 December: 30 days.
  expect(discount.end).toBe(NOW + 30 * 24 * 60 * 60);
  expect([discount.end! - 1, discount.end!].map((at) => discountApplies(discount, at))).toEqual([true, false]);
});
