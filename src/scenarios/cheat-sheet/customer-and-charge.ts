import { defineScenario } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, charged, paidBy, payNow } from '../payments.ts';

export const customerAndCharge = defineScenario({
  id: 'customer-and-charge',
  number: 7,
  title: 'Create customer and charge them immediately',
  story: 'I signed up, left my card, and paid for something at once.',
  pitfalls: [
    'A card saved the older way announces itself twice: as customer.source.created and as payment_method.attached.',
    'On the original cheat sheet the card’s event was customer.card.created; since API 2015-02-18 it is customer.source.created.',
    'A payment method that is not saved with setup_future_usage cannot be used a second time.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server makes a customer with the card’s token.', s2: 'Your server charges the customer.' },
      run: async ({ stripe, step }) => {
        const customer = await step('s1', () =>
          stripe.customers.create({ email: 'jenny.rosen@example.com', source: 'tok_visa' }),
        );
        await step('s2', () => stripe.charges.create({ amount: 2000, currency: 'usd', customer: customer.id }));
      },
      fires: [
        { type: 'customer.created', step: 's1', do: 'ignore', why: 'Your own call made the customer.' },
        {
          type: 'customer.source.created',
          step: 's1',
          do: 'ignore',
          why: 'Show the card’s brand and last4 if you like.',
        },
        { type: 'payment_method.attached', step: 's1', do: 'ignore', why: 'The same card under its newer name.' },
        charged('s2'),
      ],
    },
    current: {
      steps: {
        p1: 'Your server makes a customer.',
        p2: 'Your server makes a payment intent for the customer and confirms it in one request.',
      },
      conditions: {
        ...ASYNC_CAPTURE,
        saved: 'The card is kept for later (setup_future_usage). Without that nothing is attached.',
      },
      run: async (stage) => {
        const { stripe, step, holds } = stage;
        const customer = await step('p1', () => stripe.customers.create({ email: 'jenny.rosen@example.com' }));
        await step('p2', () =>
          payNow(stage, { customer: customer.id, ...(holds('saved') && { setup_future_usage: 'off_session' }) }),
        );
      },
      fires: [
        { type: 'customer.created', step: 'p1', do: 'ignore', why: 'Your own call made the customer.' },
        ...paidBy('p2'),
        {
          type: 'payment_method.attached',
          step: 'p2',
          if: 'saved',
          do: 'handle',
          why: 'The card can be charged again: offer it next time.',
        },
        bookedBy('p2'),
      ],
    },
  },
});
