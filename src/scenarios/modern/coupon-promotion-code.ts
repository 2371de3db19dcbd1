import { defineScenario } from '../define.ts';

export const couponPromotionCode = defineScenario({
  id: 'coupon-promotion-code',
  group: 'Subscriptions',
  title: 'Coupon and promotion code life',
  story: 'I typed a code from a campaign, paid less for a while, and gave it up again.',
  pitfalls: [
    'Redeeming counts up times_redeemed on the coupon and the code without an event for either.',
    'A deleted coupon keeps working where it was redeemed before: only new redemptions stop.',
    'Replacing one coupon by another fires customer.discount.updated, not a deletion and a creation.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server makes a coupon.',
        s2: 'Your server makes a code that customers can type for it.',
        s3: 'Your server puts the code on a subscription.',
        s4: 'Your server takes the discount off again.',
        s5: 'Your server deactivates the code.',
        s6: 'Your server deletes the coupon.',
      },
      run: async ({ stripe, step, wait }) => {
        const price = await stripe.prices.create({
          currency: 'usd',
          unit_amount: 2000,
          recurring: { interval: 'month' },
          product_data: { name: 'Starter' },
        });
        const customer = await stripe.customers.create({
          payment_method: 'pm_card_visa',
          invoice_settings: { default_payment_method: 'pm_card_visa' },
        });
        const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
        const coupon = await step('s1', () => stripe.coupons.create({ percent_off: 20, duration: 'once' }));
        const code = await step('s2', () =>
          stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'SPRING' }),
        );
        await step('s3', () =>
          stripe.subscriptions.update(subscription.id, { discounts: [{ promotion_code: code.id }] }),
        );
        await wait('1d');
        await step('s4', () => stripe.subscriptions.deleteDiscount(subscription.id));
        await step('s5', () => stripe.promotionCodes.update(code.id, { active: false }));
        await step('s6', () => stripe.coupons.del(coupon.id));
      },
      fires: [
        { type: 'coupon.created', step: 's1', do: 'ignore', why: 'Your own call made the coupon.' },
        { type: 'promotion_code.created', step: 's2', do: 'ignore', why: 'Your own call made the code.' },
        {
          type: 'customer.discount.created',
          step: 's3',
          do: 'handle',
          why: 'Note which campaign brought the customer.',
        },
        { type: 'customer.subscription.updated', step: 's3', do: 'handle', why: 'Show what the next bill will be.' },
        { type: 'customer.discount.deleted', step: 's4', do: 'handle', why: 'The customer pays in full again.' },
        { type: 'customer.subscription.updated', step: 's4', do: 'handle', why: 'Show what the next bill will be.' },
        { type: 'promotion_code.updated', step: 's5', do: 'ignore', why: 'Your own call deactivated the code.' },
        { type: 'coupon.deleted', step: 's6', do: 'ignore', why: 'Your own call deleted the coupon.' },
      ],
    },
  },
});
