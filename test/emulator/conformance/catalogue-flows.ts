import type Stripe from 'stripe';
import { ACACIA } from '../../../src/scenarios/modern/versions.ts';
import { NOW, type start } from '../sdk.ts';

const DAY = 24 * 60 * 60;
type Open = ReturnType<typeof start>;

/** Gives a customer a coupon or a promotion code, as requests of older versions do. */
export const giveDiscount = (stripe: Stripe, customer: string, what: { coupon?: string; promotion_code?: string }) =>
  stripe.customers.update(customer, what as never, ACACIA);

/** What is sold and what is taken off, once: between them they fire every event of the catalogue. */
export const CATALOGUE_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async products({ stripe }) {
    const { id } = await stripe.products.create({
      name: 'Plan',
      marketing_features: [{ name: 'Fast' }],
      package_dimensions: { height: 1, length: 1, weight: 1, width: 1 },
      tax_details: { tax_code: 'txcd_10000000' },
      default_price_data: { currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' } },
    });
    await stripe.products.update(id, { description: 'x', images: ['https://example.com/x.png'] });
    await stripe.products.del((await stripe.products.create({ name: 'Other' })).id);
  },
  async prices({ stripe }) {
    const product_data = { name: 'Seats' };
    const recurring = { interval: 'month' } as const;
    const { id } = await stripe.prices.create({
      currency: 'usd',
      product_data,
      recurring,
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 5, unit_amount: 700 },
        { up_to: 'inf', unit_amount_decimal: '0.5' as never, flat_amount: 10 },
      ],
      expand: ['tiers', 'currency_options'],
    });
    await stripe.prices.update(id, { nickname: 'Seats', metadata: { a: '1' } });
    await stripe.prices.create({ currency: 'usd', product_data, custom_unit_amount: { enabled: true, minimum: 100 } });
    const transform_quantity = { divide_by: 5, round: 'up' } as const;
    await stripe.prices.create({ currency: 'jpy', product_data, unit_amount: 500, transform_quantity });
    const plan = await stripe.plans.create({ currency: 'usd', interval: 'year', amount: 9900, product: product_data });
    await stripe.plans.del(plan.id);
  },
  async coupons({ stripe }) {
    const { id } = await stripe.coupons.create({ percent_off: 20, duration: 'once' });
    await stripe.coupons.update(id, { name: 'Spring' });
    const { id: code } = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id } });
    await stripe.promotionCodes.update(code, { active: false });
    await stripe.coupons.del(id);
  },
  async discounts({ stripe, time }) {
    const { id } = await stripe.customers.create({});
    const fifth = await stripe.coupons.create({ percent_off: 20, duration: 'repeating', duration_in_months: 3 });
    const fiver = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'forever' });
    await giveDiscount(stripe, id, { coupon: fiver.id });
    await giveDiscount(stripe, id, { coupon: fifth.id });
    await time.advance(NOW + 100 * DAY);
  },
  async taxes({ stripe, time }) {
    const { id } = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 8.875 });
    await stripe.taxRates.update(id, { active: false });
    const customer = await stripe.customers.create({
      name: 'Jenny',
      tax: { ip_address: '203.0.113.7' },
      tax_id_data: [{ type: 'eu_vat', value: 'DE000000000' }],
      expand: ['tax', 'tax_ids'],
    });
    await stripe.taxIds.create({ type: 'us_ein', value: '12-3456789' });
    await time.advance(NOW + 60);
    await stripe.customers.deleteTaxId(customer.id, customer.tax_ids!.data[0]!.id);
  },
};
