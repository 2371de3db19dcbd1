import type Stripe from 'stripe';
import { defineScenario, type Fire, type Stage } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy } from '../payments.ts';

/** Makes an intent with a card whose bank asks, and tells the page where the customer comes back to. */
const pay = ({ stripe, holds }: Stage): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: 'https://example.com/order/6735',
    ...(!holds('async_capture') && { capture_method: 'automatic' }),
  });

const ASKED: Fire[] = [
  { type: 'payment_intent.created', step: 'p1', do: 'ignore', why: 'Nothing is paid yet; your own call made it.' },
  {
    type: 'payment_intent.requires_action',
    step: 'p1',
    do: 'ignore',
    why: 'Your page sends the customer on. Handle it when nobody is there to see the page: write an email.',
  },
];

export const threeDSecure = defineScenario({
  id: 'three-d-secure',
  group: 'Payments',
  title: '3DS payment',
  story: 'My bank wanted to see me confirm the payment in its app before it let the money go.',
  pitfalls: [
    'The call that confirms does not fail: it answers with status requires_action. Fulfil on payment_intent.succeeded only.',
    'An authentication that fails makes no charge. The intent waits for another payment method, and the same intent can be used.',
    'A customer who never comes back leaves the intent in requires_action for good: no event tells that. Cancel it when you give up.',
    'Off session nobody can authenticate: such a payment is declined with authentication_required instead.',
  ],
  paths: {
    current: {
      steps: { p1: 'Your server confirms a payment intent.', x1: 'The customer authenticates.' },
      conditions: ASYNC_CAPTURE,
      run: async (stage) => {
        const { id } = await stage.step('p1', () => pay(stage));
        await stage.step('x1', async () => {
          stage.act({ action: 'authenticate', payment_intent: id, outcome: 'succeed' });
          await stage.wait('2s');
        });
      },
      fires: [
        ...ASKED,
        { type: 'charge.succeeded', step: 'x1', do: 'ignore', why: 'The intent tells the same with more context.' },
        {
          type: 'payment_intent.succeeded',
          step: 'x1',
          do: 'handle',
          why: 'The payment is complete: fulfil the order.',
        },
        bookedBy('x1'),
      ],
    },
    failure: {
      steps: { p1: 'Your server confirms a payment intent.', x2: 'The customer fails or refuses to authenticate.' },
      run: async (stage) => {
        const { id } = await stage.step('p1', () => pay(stage));
        await stage.step('x2', async () => stage.act({ action: 'authenticate', payment_intent: id, outcome: 'fail' }));
      },
      fires: [
        ...ASKED,
        {
          type: 'payment_intent.payment_failed',
          step: 'x2',
          do: 'handle',
          why: 'Ask for another payment method; last_payment_error says why.',
        },
      ],
    },
  },
});
