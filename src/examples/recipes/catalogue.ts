import { ACACIA } from '../../scenarios/modern/versions.ts';
import { defineRecipe } from './define.ts';

/** Products, prices, discounts and taxes. */
export const catalogue = [
  defineRecipe({
    id: 'product-deleted',
    about: 'A product that was never sold is deleted.',
    fires: ['product.created', 'product.updated', 'product.deleted'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const { id } = await stripe.products.create({ name: 'Starter', description: 'For one seat' });
      await stripe.products.update(id, { name: 'Starter plus' });
      await stripe.products.del(id);
    },
  }),
  defineRecipe({
    id: 'plan-deleted',
    about: 'A plan is made, renamed and deleted; it is a price as well.',
    fires: ['plan.created', 'plan.updated', 'plan.deleted', 'price.created', 'price.updated', 'price.deleted'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const { id } = await stripe.plans.create({
        amount: 2000,
        currency: 'usd',
        interval: 'month',
        product: { name: 'Starter' },
      });
      await stripe.plans.update(id, { nickname: 'Starter, monthly' });
      await stripe.plans.del(id);
    },
  }),
  defineRecipe({
    id: 'coupon-updated',
    about: 'A coupon is renamed.',
    fires: ['coupon.created', 'coupon.updated', 'coupon.deleted'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const { id } = await stripe.coupons.create({ percent_off: 25, duration: 'once', name: 'Spring' });
      await stripe.coupons.update(id, { name: 'Spring sale' });
      await stripe.coupons.del(id);
    },
  }),
  defineRecipe({
    id: 'discount-changed',
    about: 'A customer’s coupon is replaced by another (requests before 2025-03-31.basil).',
    fires: ['customer.discount.updated'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const first = await stripe.coupons.create({ percent_off: 25, duration: 'forever' });
      const second = await stripe.coupons.create({ percent_off: 40, duration: 'forever' });
      const { id } = await stripe.customers.create({ email: 'jenny.rosen@example.com' });
      await stripe.customers.update(id, { coupon: first.id } as object, ACACIA);
      await stripe.customers.update(id, { coupon: second.id } as object, ACACIA);
    },
  }),
  defineRecipe({
    id: 'tax-rate',
    about: 'A tax rate is made, and renamed.',
    fires: ['tax_rate.created', 'tax_rate.updated'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const { id } = await stripe.taxRates.create({
        display_name: 'VAT',
        percentage: 20,
        inclusive: false,
        country: 'GB',
        jurisdiction: 'GB',
        description: 'VAT United Kingdom',
      });
      await stripe.taxRates.update(id, { display_name: 'VAT (20 %)' });
    },
  }),
  defineRecipe({
    id: 'tax-id',
    about: 'A customer’s VAT number is stored, verified, and removed.',
    fires: ['customer.tax_id.created', 'customer.tax_id.updated', 'customer.tax_id.deleted'],
    fidelity: 'behaviour',
    async run({ stripe, wait }) {
      const { id: customer } = await stripe.customers.create({ name: 'Jenny Rosen' });
      const { id } = await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: 'DE000000000' });
      await wait('1d');
      await stripe.customers.deleteTaxId(customer, id);
    },
  }),
];
