import { defineScenario } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, charged, paidBy, payNow } from '../payments.ts';

export const chargeDescription = defineScenario({
  id: 'charge-description',
  number: 5,
  title: 'Charge then modify description',
  story: 'I paid, and the shop added its order number to the payment.',
  pitfalls: [
    'Few fields of a charge can change: customer (once), description, metadata, receipt_email, shipping, fraud_details, transfer_group.',
    'Editing a payment intent fires nothing: there is no payment_intent.updated.',
    'Most charge.updated events today come from asynchronous captures. Look at previous_attributes before you act.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server charges the card’s token.', s2: 'You change the charge’s description.' },
      run: async ({ stripe, step }) => {
        const charge = await step('s1', () =>
          stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' }),
        );
        await step('s2', () => stripe.charges.update(charge.id, { description: 'Order 6735' }));
      },
      fires: [charged('s1'), { type: 'charge.updated', step: 's2', do: 'ignore', why: 'Your own call changed it.' }],
    },
    current: {
      steps: {
        p1: 'Your server makes a payment intent and confirms it in one request.',
        p2: 'You change the description of its charge.',
      },
      conditions: ASYNC_CAPTURE,
      run: async (stage) => {
        const { stripe, step } = stage;
        const intent = await step('p1', () => payNow(stage));
        await step('p2', () => stripe.charges.update(String(intent.latest_charge), { description: 'Order 6735' }));
      },
      fires: [
        ...paidBy('p1'),
        bookedBy('p1'),
        { type: 'charge.updated', step: 'p2', do: 'ignore', why: 'Your own call changed it.' },
      ],
    },
  },
});
