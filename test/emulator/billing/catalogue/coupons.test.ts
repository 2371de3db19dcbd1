import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import { discountTerms } from '../../../../src/emulator/resources/billing/catalogue/discounts.ts';
import { giveDiscount } from '../../conformance/catalogue-flows.ts';
import { NOW, start, typesOf } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';

const DAY = 24 * 60 * 60;
const once = { percent_off: 20, duration: 'once' } as const;
const code = (
  coupon: string,
  more: Partial<Stripe.PromotionCodeCreateParams> = {},
): Stripe.PromotionCodeCreateParams => ({
  promotion: { type: 'coupon', coupon },
  ...more,
});
const at = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;

test.each<[string, Record<string, unknown>, string]>([
  ['nothing to take off', {}, 'percent_off'],
  ['two things to take off', { percent_off: 20, amount_off: 5, currency: 'usd' }, 'amount_off'],
  ['more than everything', { percent_off: 101 }, 'percent_off'],
  ['an amount in no currency', { amount_off: 500 }, 'currency'],
  ['no number of months', { percent_off: 20, duration: 'repeating' }, 'duration_in_months'],
  ['months that do not matter', { percent_off: 20, duration: 'once', duration_in_months: 3 }, 'duration_in_months'],
  ['a time that is past', { percent_off: 20, redeem_by: NOW }, 'redeem_by'],
  ['a product that is not there', { percent_off: 20, applies_to: { products: ['prod_x'] } }, 'applies_to[products][0]'],
])('a coupon with %s is refused', async (_, params, param) => {
  const { stripe, ...open } = start();
  const before = dump(open);
  expect(await refusal(stripe.coupons.create(params))).toMatchObject({ statusCode: 400, param });
  expect(dump(open)).toBe(before);
});

test('a coupon shows its products and other currencies when asked for', async () => {
  const { stripe } = start();
  const { id: product } = await stripe.products.create({ name: 'x' });
  const { id } = await stripe.coupons.create({
    amount_off: 500,
    currency: 'usd',
    currency_options: { eur: { amount_off: 450 } },
    applies_to: { products: [product] },
  });
  expect(id).toMatch(/^\w{8}$/);
  expect(await stripe.coupons.retrieve(id)).not.toHaveProperty('applies_to');
  expect(await stripe.coupons.retrieve(id, { expand: ['applies_to', 'currency_options'] })).toMatchObject({
    applies_to: { products: [product] },
    currency_options: { usd: { amount_off: 500 }, eur: { amount_off: 450 } },
  });
});

test('codes are the same in either case, and no two active ones mean different things', async () => {
  const { stripe } = start();
  const { id: coupon } = await stripe.coupons.create(once);
  const first = await stripe.promotionCodes.create(code(coupon, { code: 'Spring' }));
  expect((await refusal(stripe.promotionCodes.create(code(coupon, { code: 'SPRING' })))).message).toContain(
    'already exists',
  );
  expect((await stripe.promotionCodes.list({ code: 'sPRING' })).data.map(({ id }) => id)).toEqual([first.id]);
  await stripe.promotionCodes.update(first.id, { active: false });
  const second = await stripe.promotionCodes.create(code(coupon, { code: 'SPRING' }));
  expect(await refusal(stripe.promotionCodes.update(first.id, { active: true }))).toMatchObject({ param: 'code' });
  expect((await stripe.promotionCodes.list({ coupon, active: true })).data.map(({ id }) => id)).toEqual([second.id]);
  expect((await stripe.promotionCodes.create(code(coupon))).code).toMatch(/^[A-Z0-9]{8}$/);
});

test('older requests name the coupon of a code directly', async () => {
  const { stripe } = start();
  const { id: coupon } = await stripe.coupons.create(once);
  const older = { apiVersion: '2025-02-24.acacia' };
  const made = await stripe.promotionCodes.create({ coupon } as never, older);
  expect(await stripe.promotionCodes.retrieve(made.id)).toMatchObject({ promotion: { coupon, type: 'coupon' } });
  expect(await refusal(stripe.promotionCodes.create({ coupon } as never))).toMatchObject({ code: 'parameter_unknown' });
  expect(await refusal(stripe.promotionCodes.create({} as never, older))).toMatchObject({ code: 'parameter_missing' });
});

test('two customers may each have the same code', async () => {
  const { stripe } = start();
  const { id: coupon } = await stripe.coupons.create(once);
  const [one, other] = [await stripe.customers.create({}), await stripe.customers.create({})];
  const mine = await stripe.promotionCodes.create(code(coupon, { code: 'MINE', customer: one.id }));
  await stripe.promotionCodes.create(code(coupon, { code: 'MINE', customer: other.id }));
  expect((await refusal(giveDiscount(stripe, other.id, { promotion_code: mine.id }))).message).toContain(
    'another customer',
  );
  expect(await giveDiscount(stripe, one.id, { promotion_code: mine.id })).toMatchObject({
    discount: { promotion_code: mine.id },
  });
});

test('a code is active only while it can be redeemed', async () => {
  const { stripe, time } = start();
  const { id: coupon } = await stripe.coupons.create({ ...once, max_redemptions: 2, redeem_by: NOW + 5 * DAY });
  const make = async (more: object) => (await stripe.promotionCodes.create(code(coupon, more))).id;
  const [single, brief, lasting] = [
    await make({ max_redemptions: 1 }),
    await make({ expires_at: NOW + DAY }),
    await make({}),
  ];
  const active = async () =>
    Promise.all([single, brief, lasting].map(async (id) => (await stripe.promotionCodes.retrieve(id)).active));
  expect(await refusal(stripe.promotionCodes.create(code(coupon, { max_redemptions: 3 })))).toMatchObject({
    param: 'max_redemptions',
  });
  const { id: customer } = await stripe.customers.create({});
  await giveDiscount(stripe, customer, { promotion_code: single });
  expect(await active()).toEqual([false, true, true]);
  expect((await refusal(giveDiscount(stripe, customer, { promotion_code: single }))).message).toContain('inactive');
  await time.advance(NOW + 2 * DAY);
  expect(await active()).toEqual([false, false, true]);
  expect((await refusal(stripe.promotionCodes.update(brief, { active: true }))).message).toContain('has expired');
  await time.advance(NOW + 6 * DAY);
  expect(await active()).toEqual([false, false, false]);
  expect(await stripe.coupons.retrieve(coupon)).toMatchObject({ valid: false, times_redeemed: 1 });
  expect(await refusal(giveDiscount(stripe, customer, { coupon }))).toMatchObject({ code: 'coupon_expired' });
});

test('a coupon that was redeemed as often as it may be is used up', async () => {
  const { stripe, world } = start();
  const { id: coupon } = await stripe.coupons.create({ ...once, max_redemptions: 1 });
  const { id: customer } = await stripe.customers.create({});
  const from = world.log.all.length;
  expect(await giveDiscount(stripe, customer, { coupon })).toMatchObject({
    discount: { coupon: { id: coupon, valid: false, times_redeemed: 1 }, start: NOW, end: null },
  });
  // Counting is no event of the coupon's.
  expect(typesOf(world).slice(from)).toEqual(['customer.discount.created', 'customer.updated']);
  expect((await refusal(giveDiscount(stripe, customer, { coupon }))).message).toContain('used up');
});

test('a new customer’s code is for new customers, and a minimum is a minimum', async () => {
  const { stripe } = start();
  const { id: coupon } = await stripe.coupons.create(once);
  const first = await stripe.promotionCodes.create(code(coupon, { restrictions: { first_time_transaction: true } }));
  const { id } = await stripe.customers.create({ source: 'tok_visa' });
  await stripe.charges.create({ amount: 500, currency: 'usd', customer: id });
  expect((await refusal(giveDiscount(stripe, id, { promotion_code: first.id }))).message).toContain(
    'prior transactions',
  );
  const least = await stripe.promotionCodes.create(
    code(coupon, {
      restrictions: {
        minimum_amount: 5000,
        minimum_amount_currency: 'usd',
        currency_options: { eur: { minimum_amount: 4500 } },
      },
    }),
  );
  expect(await stripe.promotionCodes.retrieve(least.id, { expand: ['restrictions.currency_options'] })).toMatchObject({
    restrictions: {
      minimum_amount: 5000,
      currency_options: { usd: { minimum_amount: 5000 }, eur: { minimum_amount: 4500 } },
    },
  });
});

test('a discount that counts months ends by itself, on the day of the month it began', async () => {
  const { stripe, time, world } = start({ frozenAt: at('2024-01-31') });
  const { id: coupon } = await stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 });
  const { id } = await stripe.customers.create({});
  // Three months from 31 January: 30 April, which has no 31st.
  expect((await giveDiscount(stripe, id, { coupon })).discount).toMatchObject({ end: at('2024-04-30') });
  await time.advance(at('2024-04-30') - 1);
  expect((await stripe.customers.retrieve(id)) as Stripe.Customer).toMatchObject({
    discount: { id: expect.any(String) },
  });
  await time.advance(at('2024-04-30'));
  expect((await stripe.customers.retrieve(id)) as Stripe.Customer).toMatchObject({ discount: null });
  expect(typesOf(world).slice(-2)).toEqual(['customer.discount.deleted', 'customer.updated']);
});

test('one coupon in place of another is a change of the same discount', async () => {
  const { stripe, world } = start();
  const [a, b] = [
    await stripe.coupons.create(once),
    await stripe.coupons.create({ percent_off: 50, duration: 'forever' }),
  ];
  const { id } = await stripe.customers.create({});
  await giveDiscount(stripe, id, { coupon: a.id });
  await giveDiscount(stripe, id, { coupon: b.id });
  const { event } = world.log.all.findLast(({ event }) => event.type.startsWith('customer.discount'))!;
  expect(event).toMatchObject({
    type: 'customer.discount.updated',
    data: { object: { source: { coupon: b.id } }, previous_attributes: { source: { coupon: a.id } } },
  });
  await stripe.customers.deleteDiscount(id);
  expect(await refusal(stripe.customers.deleteDiscount(id))).toMatchObject({ statusCode: 404 });
});

test('a deleted coupon still counts where it was redeemed, and nowhere else', async () => {
  const { stripe, world } = start();
  const { id: coupon } = await stripe.coupons.create({
    amount_off: 500,
    currency: 'usd',
    currency_options: { eur: { amount_off: 450 } },
    duration: 'forever',
  });
  const promo = await stripe.promotionCodes.create(code(coupon));
  const { id } = await stripe.customers.create({});
  const customer = await giveDiscount(stripe, id, { coupon });
  await stripe.coupons.del(coupon);
  const terms = (currency: string) =>
    world.transact({ id: null, idempotency_key: null }, '', (tx) => discountTerms(tx, customer.discount!.id, currency));
  expect([terms('usd'), terms('eur'), terms('gbp')].map(({ amountOff }) => amountOff)).toEqual([500, 450, 0]);
  expect(await stripe.promotionCodes.retrieve(promo.id)).toMatchObject({ active: false });
  expect(await refusal(giveDiscount(stripe, id, { coupon }))).toMatchObject({ code: 'resource_missing' });
  const expand = ['discount.source.coupon'];
  expect((await stripe.customers.retrieve(id, { expand })) as Stripe.Customer).toMatchObject({
    discount: { source: { coupon: { id: coupon, object: 'coupon', valid: false } } },
  });
  const gone = world.log.all.find(({ event }) => event.type === 'coupon.deleted')!;
  expect(gone.event).toMatchObject({ data: { object: { valid: false } } });
});
