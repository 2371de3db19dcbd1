import { defineScenario } from '../define.ts';
import { confirmedNow } from '../payments.ts';
import { expectDecline } from '../outcome.ts';

export const cardDeclined = defineScenario({
  id: 'card-declined',
  number: 2,
  title: 'Customer’s card is declined',
  story: 'I wanted to pay, but my bank said no.',
  pitfalls: [
    'A number with a wrong digit or a date in the past fails before there is a charge: no event comes at all.',
    'A payment that Radar blocks is a charge.failed too, with outcome.type blocked instead of issuer_declined.',
    'A second try uses the same intent: payment_intent.created does not come again.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server charges the token; the bank refuses, and the call answers 402.' },
      run: async ({ stripe, step }) => {
        const charge = { amount: 2000, currency: 'usd', source: 'tok_visa_chargeDeclined' };
        await step('s1', () => expectDecline(stripe.charges.create(charge)));
      },
      fires: [
        {
          type: 'charge.failed',
          step: 's1',
          do: 'ignore',
          why: 'The 402 told you already; count failures here if you do.',
        },
      ],
    },
    current: {
      steps: { s2: 'Your server makes and confirms a payment intent; the bank refuses, and the call answers 402.' },
      run: async ({ stripe, step }) => {
        await step('s2', () =>
          expectDecline(
            stripe.paymentIntents.create({
              ...confirmedNow,
              payment_method: 'pm_card_visa_chargeDeclined',
            }),
          ),
        );
      },
      fires: [
        {
          type: 'payment_intent.created',
          step: 's2',
          do: 'ignore',
          why: 'Nothing is paid yet; your own call made it.',
        },
        { type: 'charge.failed', step: 's2', do: 'ignore', why: 'The intent tells the same with more context.' },
        {
          type: 'payment_intent.payment_failed',
          step: 's2',
          do: 'handle',
          why: 'When the customer confirms in the browser this is how your server learns of it: ask for another card.',
        },
      ],
    },
  },
});
