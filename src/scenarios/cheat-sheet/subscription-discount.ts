import { defineScenario, type Fire, type Stage } from '../define.ts';
import {
  CARD_METHOD,
  CARD_SOURCE,
  customerMade,
  FIRST_BILL,
  firstBilled,
  invoiceMade,
  invoicePaid,
  jennyBilledBefore,
  monthly,
  PAYMENT_TOLD,
  paymentMade,
  paymentTold,
  subscriptionCreated,
} from '../subscriptions.ts';

const made: Fire = { type: 'coupon.created', step: 's0', do: 'ignore', why: 'Your own call made the coupon.' };

const makeCoupon = ({ stripe, step }: Stage) =>
  step('s0', () => stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 }));

const fires = (step: string): Fire[] => [
  firstBilled(step),
  subscriptionCreated(step),
  {
    type: 'customer.discount.created',
    step,
    do: 'handle',
    why: 'Note what the subscription was given and until when.',
  },
  ...paymentMade(step),
  ...invoiceMade(step),
  ...invoicePaid(step),
];

async function subscribe(stage: Stage, step: string, coupon: string, customer: string) {
  // $26.67 less a quarter is $20.
  const { id: price } = await monthly(stage, 2667);
  await stage.step(step, async () => {
    await stage.stripe.subscriptions.create({ customer, items: [{ price }], discounts: [{ coupon }] });
    if (step === 'p2' && stage.holds('payment_told')) await stage.wait('20s');
  });
}

export const subscriptionDiscount = defineScenario({
  id: 'subscription-discount',
  number: 10,
  title: 'Create a customer with a plan with a discount, no trial',
  story: 'I subscribed with a coupon: a quarter less for three months.',
  pitfalls: [
    'A discount belongs to the subscription: coupons on customers are gone since API 2025-03-31.',
    'With a coupon over 100 % the invoice is 0: it is paid at once, and no payment is told.',
    'Redeeming counts up times_redeemed without an event for the coupon.',
    'When a repeating coupon runs out, customer.discount.deleted tells it.',
  ],
  paths: {
    classic: {
      steps: {
        s0: 'Your server makes a coupon.',
        s1: 'Your server makes a customer with the card’s token.',
        s2: 'Your server subscribes the customer with the coupon.',
      },
      conditions: FIRST_BILL,
      run: async (stage) => {
        const coupon = await makeCoupon(stage);
        const { id } = await jennyBilledBefore(stage, CARD_SOURCE);
        await subscribe(stage, 's2', coupon.id, id);
      },
      fires: [made, ...customerMade.s1, ...fires('s2')],
    },
    current: {
      steps: {
        s0: 'Your server makes a coupon.',
        p1: 'Your server makes a customer with a card.',
        p2: 'Your server subscribes the customer with the coupon.',
      },
      conditions: { ...FIRST_BILL, ...PAYMENT_TOLD },
      run: async (stage) => {
        const coupon = await makeCoupon(stage);
        const { id } = await jennyBilledBefore(stage, CARD_METHOD);
        await subscribe(stage, 'p2', coupon.id, id);
      },
      fires: [made, ...customerMade.p1, ...fires('p2'), paymentTold('p2')],
    },
  },
});
