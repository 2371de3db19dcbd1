import { defineScenario } from '../define.ts';

export const catalogueChange = defineScenario({
  id: 'catalogue-change',
  group: 'Products and prices',
  title: 'Product and price catalogue',
  story: 'We put something up for sale, gave it a monthly price, noted something on the price, and took it off again.',
  pitfalls: [
    'Every recurring price announces itself twice: as plan.* and as price.*, with the same id. Handle price.* only.',
    'What a price costs never changes. A new amount is a new price, and the old one is set to active=false.',
    'Archiving a product does not touch its prices or anybody’s subscription.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server makes a product.',
        s2: 'Your server makes a monthly price for it.',
        s3: 'Your server adds metadata to the price.',
        s4: 'Your server archives the product, a day later.',
      },
      run: async ({ stripe, step, wait }) => {
        const { id: product } = await step('s1', () => stripe.products.create({ name: 'Starter' }));
        const price = await step('s2', () =>
          stripe.prices.create({ product, unit_amount: 2000, currency: 'usd', recurring: { interval: 'month' } }),
        );
        await step('s3', () => stripe.prices.update(price.id, { metadata: { foo: 'bar' } }));
        await wait('1d');
        await step('s4', () => stripe.products.update(product, { active: false }));
      },
      fires: [
        { type: 'product.created', step: 's1', do: 'handle', why: 'Keep your own copy of the catalogue.' },
        { type: 'plan.created', step: 's2', do: 'ignore', why: 'The same price under its legacy name.' },
        { type: 'price.created', step: 's2', do: 'handle', why: 'Keep your own copy of the catalogue.' },
        { type: 'plan.updated', step: 's3', do: 'ignore', why: 'The same price under its legacy name.' },
        { type: 'price.updated', step: 's3', do: 'handle', why: 'Metadata may steer what a price unlocks.' },
        { type: 'product.updated', step: 's4', do: 'handle', why: 'Stop offering it.' },
      ],
    },
  },
});
