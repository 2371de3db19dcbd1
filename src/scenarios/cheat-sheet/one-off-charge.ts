import { defineScenario } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, charged, paidBy, payNow } from '../payments.ts';

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
      fires: [charged('s1')],
    },
    current: {
      steps: { s2: 'Your server makes a payment intent and confirms it in one request.' },
      conditions: ASYNC_CAPTURE,
      run: async (stage) => {
        await stage.step('s2', () => payNow(stage));
      },
      fires: [...paidBy('s2'), bookedBy('s2')],
    },
  },
});
