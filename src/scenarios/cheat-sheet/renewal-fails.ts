import { defineScenario, type Fire, type Stage } from '../define.ts';
import { declined, finalizedLater, owes, renewed, subscribed, subscriptionEnded } from '../subscriptions.ts';

const STEPS = {
  t1: 'The period ends.',
  t2: 'An hour later the invoice is finalised, and the bank declines.',
  t3: 'A day later it is tried again.',
  t4: 'The time for retries is over, and the subscription is cancelled.',
};

const intent: Fire = {
  type: 'payment_intent.created',
  step: 't2',
  do: 'ignore',
  why: 'The invoice’s payment; what comes of it is told next.',
};

async function untilCancelled(stage: Stage, retryAfterDays: number[]) {
  const { step, wait, dashboard } = stage;
  dashboard({ upcomingDays: null, retryAfterDays, endAfterDays: 2 });
  await subscribed(stage, {}, 'pm_card_chargeCustomerFail');
  await wait('30d 23h 58m');
  await step('t1', () => wait('1m'));
  await step('t2', () => wait('1h'));
  await step('t3', () => wait('1d'));
  await step('t4', () => wait('1d'));
}

const fires: Fire[] = [
  ...renewed('t1'),
  ...finalizedLater('t2'),
  intent,
  ...declined('t2'),
  ...owes('t2'),
  ...declined('t3'),
  subscriptionEnded('t4', 'The retries are used up: take access away.'),
];

export const renewalFails = defineScenario({
  id: 'renewal-fails',
  number: 12,
  title: 'Invoice charge attempt fails',
  story: 'My card was declined when my month was over, and again a day later; then my subscription ended.',
  pitfalls: [
    'How often it is retried, and what happens at the end (cancel, mark unpaid, leave past due), is set in the Dashboard.',
    'The invoice stays open when the subscription is cancelled: void it if you no longer expect the money.',
    'A card that needs authentication fires invoice.payment_action_required as well: send the customer the hosted page.',
    'Another card does not make Stripe retry at once: pay the open invoice yourself, or wait for the next attempt.',
  ],
  paths: {
    classic: { steps: STEPS, run: (stage) => untilCancelled(stage, [1]), fires },
    current: {
      steps: STEPS,
      conditions: { planned: 'Another attempt was planned when the subscription was cancelled.' },
      run: (stage) => untilCancelled(stage, stage.holds('planned') ? [1, 3] : [1]),
      fires: [
        ...fires,
        {
          type: 'invoice.updated',
          step: 't4',
          if: 'planned',
          do: 'ignore',
          why: 'The attempt that was planned will not be made.',
        },
      ],
    },
  },
});
