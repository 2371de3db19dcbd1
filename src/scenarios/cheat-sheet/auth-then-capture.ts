import { defineScenario } from '../define.ts';
import { bookedBy, confirmedNow } from '../payments.ts';

export const authThenCapture = defineScenario({
  id: 'auth-then-capture',
  number: 4,
  title: 'Create a charge without capturing it, capture later',
  story: 'The shop reserved the money when I ordered and took it when my parcel left.',
  pitfalls: [
    'An authorisation lasts seven days. After that the charge tells charge.expired and the intent payment_intent.canceled.',
    'A cancelled intent tells payment_intent.canceled, and charge.refunded for the amount that is released.',
    'charge.succeeded comes with captured: false. Do not fulfil on it unless you check that.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server authorises the amount.', s2: 'You capture it.' },
      run: async ({ stripe, step }) => {
        const charge = await step('s1', () =>
          stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa', capture: false }),
        );
        await step('s2', () => stripe.charges.capture(charge.id));
      },
      fires: [
        { type: 'charge.succeeded', step: 's1', do: 'ignore', why: 'Only authorised: captured is false.' },
        { type: 'charge.captured', step: 's2', do: 'handle', why: 'Now the money is yours.' },
      ],
    },
    current: {
      steps: { p1: 'Your server authorises the amount with a payment intent.', p2: 'You capture it.' },
      conditions: {
        async_capture:
          'The capture is asynchronous (capture_method manual on the intent). With capture_method automatic and only the ' +
          'card’s own capture_method manual, the books are written in the same request and the event does not come.',
      },
      run: async ({ stripe, step, wait, holds }) => {
        const intent = await step('p1', () =>
          stripe.paymentIntents.create({
            ...confirmedNow,
            ...(holds('async_capture')
              ? { capture_method: 'manual' }
              : { capture_method: 'automatic', payment_method_options: { card: { capture_method: 'manual' } } }),
          }),
        );
        await step('p2', async () => {
          await stripe.paymentIntents.capture(intent.id);
          await wait('2s');
        });
      },
      fires: [
        { type: 'payment_intent.created', step: 'p1', do: 'ignore', why: 'Nothing is authorised yet.' },
        { type: 'charge.succeeded', step: 'p1', do: 'ignore', why: 'Only authorised: captured is false.' },
        {
          type: 'payment_intent.amount_capturable_updated',
          step: 'p1',
          do: 'handle',
          why: 'The money is reserved: prepare the order, and capture within seven days.',
        },
        { type: 'charge.captured', step: 'p2', do: 'ignore', why: 'The intent tells the same with more context.' },
        { type: 'payment_intent.succeeded', step: 'p2', do: 'handle', why: 'Now the money is yours.' },
        bookedBy('p2'),
      ],
    },
  },
});
