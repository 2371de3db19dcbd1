import { defineScenario } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, paidBy, payNow } from '../payments.ts';

export const earlyFraudWarning = defineScenario({
  id: 'early-fraud-warning',
  group: 'Refunds and disputes',
  title: 'Early fraud warning, then a proactive refund',
  story: 'My card was stolen. I told my bank, and the shop gave the money back before anybody asked.',
  pitfalls: [
    'Most warnings become disputes. A full refund before that saves the dispute’s fee; a partial one does not.',
    'Act only while actionable is true: it is false once the payment is refunded in full or disputed.',
    'The warning names the charge, not the customer: look it up, and block who paid with it.',
  ],
  paths: {
    current: {
      steps: {
        p1: 'Your server makes a payment intent and confirms it in one request.',
        x1: 'The card’s bank warns that the payment looks like fraud.',
        s1: 'You refund the payment.',
      },
      conditions: ASYNC_CAPTURE,
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        const { latest_charge } = await step('p1', () =>
          payNow(stage, { payment_method: 'pm_card_createIssuerFraudRecord' }),
        );
        await step('x1', () => wait('5s'));
        await step('s1', () => stripe.refunds.create({ charge: latest_charge as string, reason: 'fraudulent' }));
      },
      fires: [
        ...paidBy('p1'),
        bookedBy('p1'),
        {
          type: 'radar.early_fraud_warning.created',
          step: 'x1',
          do: 'handle',
          why: 'Refund, or be ready for the dispute; do not ship.',
        },
        { type: 'refund.created', step: 's1', do: 'ignore', why: 'Your own call made it.' },
        { type: 'charge.refunded', step: 's1', do: 'handle', why: 'Book the refund.' },
        {
          type: 'radar.early_fraud_warning.updated',
          step: 's1',
          do: 'ignore',
          why: 'actionable is false: there is nothing left to do.',
        },
      ],
    },
  },
});
