import { ASYNC_CAPTURE, defineScenario, ON_SERVER } from '../define.ts';

export const oneOffCharge = defineScenario({
  id: 'one-off-charge',
  number: 1,
  title: 'Customer successfully purchases a single one-off item',
  story: 'I paid for one thing with my card, without an account, and it went through.',
  pitfalls: [
    'Events do not arrive in the order they were made: charge.succeeded often comes before payment_intent.created.',
    'With the Payment Element the page makes the intent, so payment_intent.created may come minutes before the rest.',
    'No event tells of an edited intent: there is no payment_intent.updated.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server charges the card’s token.' },
      run: async ({ stripe, step }) => {
        await step('s1', () => stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' }));
      },
      fires: [{ type: 'charge.succeeded', step: 's1', do: 'handle', why: 'The money is yours: fulfil the order.' }],
    },
    current: {
      steps: { s2: 'Your server makes a payment intent and confirms it in one request.' },
      conditions: ASYNC_CAPTURE,
      run: async ({ stripe, step, wait, holds }) => {
        await step('s2', async () => {
          await stripe.paymentIntents.create({
            amount: 2000,
            currency: 'usd',
            payment_method: 'pm_card_visa',
            confirm: true,
            automatic_payment_methods: ON_SERVER,
            ...(!holds('async_capture') && { capture_method: 'automatic' }),
          });
          await wait('2s');
        });
      },
      fires: [
        {
          type: 'payment_intent.created',
          step: 's2',
          do: 'ignore',
          why: 'Nothing is paid yet; your own call made it.',
        },
        { type: 'charge.succeeded', step: 's2', do: 'ignore', why: 'The intent tells the same with more context.' },
        {
          type: 'payment_intent.succeeded',
          step: 's2',
          do: 'handle',
          why: 'The payment is complete: fulfil the order.',
        },
        {
          type: 'charge.updated',
          step: 's2',
          if: 'async_capture',
          do: 'ignore',
          why: 'Only the books follow: balance transaction and receipt. Handle it when you account for fees.',
        },
      ],
    },
  },
});
