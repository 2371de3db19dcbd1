import { defineScenario, type Fire, type Stage } from '../define.ts';
import {
  declined,
  finalizedLater,
  invoicePaid,
  owes,
  payWith,
  renewed,
  subscribed,
  subscriptionEnded,
  subscriptionUpdated,
} from '../subscriptions.ts';

const DECLINES = 'pm_card_chargeCustomerFail';

/** A subscription whose renewal fails; eight retries follow, three days apart. */
async function failing(stage: Stage, afterLastRetry: 'cancel' | 'unpaid'): Promise<string> {
  const { wait, dashboard } = stage;
  dashboard({ upcomingDays: null, retryAfterDays: Array<number>(8).fill(3), afterLastRetry });
  const { customer } = await subscribed(stage, {}, DECLINES);
  await wait('30d 23h 58m');
  return customer as string;
}

const intent: Fire = {
  type: 'payment_intent.created',
  step: 't2',
  do: 'ignore',
  why: 'The invoice’s payment; what comes of it is told next.',
};

export const smartRetriesCancel = defineScenario({
  id: 'smart-retries-cancel',
  group: 'Subscriptions',
  title: 'Smart Retries exhaust, subscription cancelled',
  story: 'My card was declined again and again over weeks, until my subscription ended.',
  pitfalls: [
    'When the last retry fails, next_payment_attempt is null; the subscription’s end comes in the same moment.',
    'Marked unpaid instead, a subscription goes on and makes drafts that nobody collects.',
    'The invoice stays open: void it, or mark it uncollectible, if you no longer expect the money.',
  ],
  paths: {
    current: {
      steps: {
        t1: 'The period ends.',
        t2: 'An hour later: the first attempt.',
        t3: 'The first retry, three days later.',
        t4: 'The last retry.',
      },
      run: async (stage) => {
        const { step, wait } = stage;
        await failing(stage, 'cancel');
        await step('t1', () => wait('1m'));
        await step('t2', () => wait('1h'));
        await step('t3', () => wait('3d'));
        await wait('18d');
        await step('t4', () => wait('3d'));
      },
      fires: [
        ...renewed('t1'),
        ...finalizedLater('t2'),
        intent,
        ...declined('t2'),
        ...owes('t2'),
        ...declined('t3'),
        ...declined('t4'),
        subscriptionEnded('t4', 'The retries are used up: take access away.'),
      ],
    },
    recovery: {
      steps: { t3: 'A retry, with the card that the customer has given since.' },
      run: async (stage) => {
        const customer = await failing(stage, 'cancel');
        await stage.wait('1h 1m');
        await payWith(stage.stripe, customer, 'pm_card_visa');
        await stage.step('t3', () => stage.wait('3d'));
      },
      fires: [
        { type: 'charge.succeeded', step: 't3', do: 'ignore', why: 'invoice.paid tells the same.' },
        { type: 'payment_intent.succeeded', step: 't3', do: 'ignore', why: 'invoice.paid tells the same.' },
        ...invoicePaid('t3'),
        subscriptionUpdated('t3', 'It is active again: lift what you had limited.'),
        { type: 'customer.updated', step: 't3', do: 'ignore', why: 'The customer is no longer delinquent.' },
      ],
    },
    unpaid: {
      steps: { t4: 'The time for retries is over, and the subscription is marked unpaid.' },
      run: async (stage) => {
        await failing(stage, 'unpaid');
        stage.dashboard({ endAfterDays: 25 });
        await stage.wait('1h 1m 24d');
        await stage.step('t4', () => stage.wait('1d'));
      },
      fires: [subscriptionUpdated('t4', 'It is unpaid: take access away. It goes on when its invoice is paid.')],
    },
  },
});
