import { defineScenario, type Fire, type Stage } from '../define.ts';
import { jenny } from '../invoices.ts';
import {
  finalizedLater,
  invoiceMade,
  invoicePaid,
  monthly,
  owes,
  renewed,
  subscriptionCreated,
  subscriptionEnded,
} from '../subscriptions.ts';

type Missing = 'cancel' | 'pause' | 'create_invoice';

const STEPS = {
  s1: 'Your server begins a trial without a card.',
  t1: 'Three days before the trial’s end.',
  t2: 'The trial ends.',
};

async function trial(stage: Stage, missing_payment_method: Missing) {
  const { stripe, step, wait, dashboard } = stage;
  dashboard({ upcomingDays: null });
  const { id: customer } = await jenny(stripe);
  await stripe.subscriptions.create({ customer, items: [{ price: (await monthly(stage)).id }], trial_period_days: 90 });
  const { id: price } = await monthly(stage);
  await step('s1', () =>
    stripe.subscriptions.create({
      customer,
      items: [{ price }],
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method } },
    }),
  );
  await step('t1', () => wait('11d'));
  await step('t2', () => wait('3d'));
}

const begins: Fire[] = [
  subscriptionCreated('s1'),
  ...invoiceMade('s1'),
  ...invoicePaid('s1'),
  {
    type: 'customer.subscription.trial_will_end',
    step: 't1',
    do: 'handle',
    why: 'Three days are left, and there is no card: ask for one.',
  },
];

export const trialEndsWithoutCard = defineScenario({
  id: 'trial-ends-without-card',
  group: 'Subscriptions',
  title: 'Trial ends without a payment method',
  story: 'I tried it without leaving a card, and then the trial was over.',
  pitfalls: [
    'Without trial_settings an invoice is made that nobody can pay (create_invoice): the subscription becomes past_due.',
    'A subscription that is paused makes no invoices; add a card and resume it.',
    'The invoice over 0 at the beginning is paid at once: do not take it for a payment.',
  ],
  paths: {
    current: {
      steps: STEPS,
      run: (stage) => trial(stage, 'cancel'),
      fires: [...begins, subscriptionEnded('t2', 'The trial was not followed by a payment: take access away.')],
    },
    pause: {
      steps: STEPS,
      run: (stage) => trial(stage, 'pause'),
      fires: [
        ...begins,
        {
          type: 'customer.subscription.paused',
          step: 't2',
          do: 'handle',
          why: 'Take access away, and offer to go on with a card.',
        },
        { type: 'customer.subscription.updated', step: 't2', do: 'ignore', why: 'The same, with the old status.' },
      ],
    },
    create_invoice: {
      steps: { ...STEPS, t3: 'An hour later the invoice is finalised, and nothing can pay it.' },
      run: async (stage) => {
        await trial(stage, 'create_invoice');
        await stage.step('t3', () => stage.wait('1h'));
      },
      fires: [
        ...begins,
        ...renewed('t2'),
        ...finalizedLater('t3'),
        { type: 'invoice.payment_failed', step: 't3', do: 'handle', why: 'Ask for a card; the invoice is open.' },
        ...owes('t3'),
      ],
    },
  },
});
