import { defineScenario, type Fire, type Stage } from '../define.ts';
import {
  CARD_METHOD,
  CARD_SOURCE,
  customerMade,
  finalizedLater,
  FIRST_BILL,
  firstBilled,
  invoiceMade,
  invoicePaid,
  jennyBilledBefore,
  monthly,
  PAYMENT_TOLD,
  paymentMade,
  paymentTold,
  renewed,
  subscriptionCreated,
} from '../subscriptions.ts';

const TIME = {
  t1: 'Three days before the trial’s end.',
  t2: 'The trial ends.',
  t3: 'An hour later the invoice is finalised and paid.',
};

/** From the start of a trial of 14 days to the payment of the first month, step by step. */
async function throughTrial({ wait, step, holds }: Stage) {
  await wait('10d');
  await step('t1', () => wait('1d'));
  await wait('2d');
  await step('t2', () => wait('1d'));
  await step('t3', () => wait(holds('payment_told') ? '1h 20s' : '1h'));
}

const trialEnds: Fire[] = [
  {
    type: 'customer.subscription.trial_will_end',
    step: 't1',
    do: 'handle',
    why: 'Three days are left: remind the customer of the first payment, and of the card it will draw on.',
  },
  ...renewed('t2'),
  ...finalizedLater('t3'),
  ...paymentMade('t3'),
  ...invoicePaid('t3'),
  paymentTold('t3'),
];

export const subscriptionTrial = defineScenario({
  id: 'subscription-trial',
  number: 9,
  title: 'Create a customer with a plan with a trial',
  story: 'I tried it for two weeks for nothing, was reminded, and paid when they were over.',
  pitfalls: [
    'A trial begins with an invoice over 0 that is paid at once: invoice.paid does not mean that money came.',
    'When the trial ends the subscription is active an hour before its first payment; access until then is your choice.',
    'A trial shorter than three days tells trial_will_end at once.',
    'invoice.upcoming for the first paid period comes as many days ahead as the Dashboard says, commonly 3 or 7.',
  ],
  paths: {
    classic: {
      steps: {
        s1: 'Your server makes a customer with the card’s token.',
        s2: 'Your server subscribes the customer with a trial of 14 days.',
        ...TIME,
      },
      conditions: { ...FIRST_BILL, ...PAYMENT_TOLD },
      run: async (stage) => {
        const { id: customer } = await jennyBilledBefore(stage, CARD_SOURCE);
        const { id: price } = await monthly(stage);
        await stage.step('s2', () =>
          stage.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 14 }),
        );
        await throughTrial(stage);
      },
      fires: [
        ...customerMade.s1,
        firstBilled('s2'),
        subscriptionCreated('s2'),
        ...invoiceMade('s2'),
        ...invoicePaid('s2'),
        ...trialEnds,
      ],
    },
    current: {
      steps: {
        p1: 'Your server makes a customer with a card.',
        p2: 'Your server subscribes the customer with a trial of 14 days.',
        ...TIME,
      },
      conditions: {
        ...FIRST_BILL,
        ...PAYMENT_TOLD,
        set_up: 'The customer is there: the card is set up for later. With off_session it is not.',
      },
      run: async (stage) => {
        const { id: customer } = await jennyBilledBefore(stage, CARD_METHOD);
        const { id: price } = await monthly(stage);
        await stage.step('p2', () =>
          stage.stripe.subscriptions.create({
            customer,
            items: [{ price }],
            trial_period_days: 14,
            ...(!stage.holds('set_up') && { off_session: true }),
          }),
        );
        await throughTrial(stage);
      },
      fires: [
        ...customerMade.p1,
        firstBilled('p2'),
        subscriptionCreated('p2'),
        { type: 'setup_intent.created', step: 'p2', if: 'set_up', do: 'ignore', why: 'Nothing is set up yet.' },
        {
          type: 'setup_intent.succeeded',
          step: 'p2',
          if: 'set_up',
          do: 'ignore',
          why: 'The card can be charged when the trial ends; otherwise pending_setup_intent says what is missing.',
        },
        ...invoiceMade('p2'),
        ...invoicePaid('p2'),
        ...trialEnds,
      ],
    },
  },
});
