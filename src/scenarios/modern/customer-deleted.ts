import { defineScenario } from '../define.ts';
import { ACACIA } from './versions.ts';

export const customerDeleted = defineScenario({
  id: 'customer-deleted',
  group: 'Customers',
  title: 'Customer deleted',
  story: 'I asked to be forgotten, and everything of mine went with me.',
  pitfalls: [
    'Subscriptions end at once and without a last invoice: take access away on customer.subscription.deleted.',
    'customer.deleted carries the whole customer; the API answers only {id, deleted: true} from then on.',
    'Charges, invoices and their refunds stay, and still name the customer’s id.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server deletes the customer.' },
      conditions: {
        subscribed: 'The customer has a subscription.',
        card: 'The customer has a card saved the older way, which is announced under both its names.',
        discounted: 'The customer has a discount of its own (API versions before 2025-03-31).',
      },
      run: async ({ stripe, step, holds }) => {
        const customer = await stripe.customers.create({
          email: 'jenny.rosen@example.com',
          ...(holds('card') && { source: 'tok_visa' }),
        });
        if (holds('discounted')) {
          const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
          await stripe.customers.update(customer.id, { coupon } as never, ACACIA);
        }
        if (holds('subscribed')) {
          const price = await stripe.prices.create({
            currency: 'usd',
            unit_amount: 2000,
            recurring: { interval: 'month' },
            product_data: { name: 'Starter' },
          });
          // On trial, so that a customer without a card can have it, too.
          await stripe.subscriptions.create({
            customer: customer.id,
            items: [{ price: price.id }],
            trial_period_days: 30,
          });
        }
        await step('s1', () => stripe.customers.del(customer.id));
      },
      fires: [
        {
          type: 'customer.subscription.deleted',
          step: 's1',
          if: 'subscribed',
          do: 'handle',
          why: 'Take access away.',
        },
        { type: 'customer.source.deleted', step: 's1', if: 'card', do: 'ignore', why: 'Gone with its customer.' },
        {
          type: 'payment_method.detached',
          step: 's1',
          if: 'card',
          do: 'ignore',
          why: 'The same card by its newer name.',
        },
        {
          type: 'customer.discount.deleted',
          step: 's1',
          if: 'discounted',
          do: 'ignore',
          why: 'Gone with its customer.',
        },
        { type: 'customer.deleted', step: 's1', do: 'handle', why: 'Forget what you keep of the customer.' },
      ],
    },
  },
});
