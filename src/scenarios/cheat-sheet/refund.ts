import { defineScenario } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, charged, paidBy, payNow } from '../payments.ts';

export const refund = defineScenario({
  id: 'refund',
  number: 3,
  title: 'Customer successfully purchases and then requests a refund',
  story: 'I paid, changed my mind, and got my money back.',
  pitfalls: [
    'A partial refund fires the same events; charge.refunded then says refunded: false and counts up amount_refunded.',
    'The payment intent stays succeeded and fires nothing.',
    'charge.refund.updated carries a refund, not a charge. It comes beside refund.updated, once the network has a reference.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server charges the card’s token.', s2: 'You refund the charge.' },
      run: async ({ stripe, step }) => {
        const charge = await step('s1', () =>
          stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' }),
        );
        await step('s2', () => stripe.refunds.create({ charge: charge.id }));
      },
      fires: [
        charged('s1'),
        { type: 'refund.created', step: 's2', do: 'ignore', why: 'The charge tells the same with the sum so far.' },
        { type: 'charge.refunded', step: 's2', do: 'handle', why: 'Take back what was bought, in whole or in part.' },
      ],
    },
    current: {
      steps: {
        p1: 'Your server makes a payment intent and confirms it in one request.',
        p2: 'You refund the payment.',
        x3: 'The card network gives the refund a reference number.',
      },
      conditions: ASYNC_CAPTURE,
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        const intent = await step('p1', () => payNow(stage));
        await step('p2', () => stripe.refunds.create({ payment_intent: intent.id }));
        await step('x3', () => wait('5s'));
      },
      fires: [
        ...paidBy('p1'),
        bookedBy('p1'),
        { type: 'refund.created', step: 'p2', do: 'ignore', why: 'The charge tells the same with the sum so far.' },
        { type: 'charge.refunded', step: 'p2', do: 'handle', why: 'Take back what was bought, in whole or in part.' },
        {
          type: 'refund.updated',
          step: 'x3',
          do: 'ignore',
          why: 'The reference lets the customer’s bank trace the refund; show it if you like.',
        },
        { type: 'charge.refund.updated', step: 'x3', do: 'ignore', why: 'The older name of the same news.' },
      ],
    },
  },
});
