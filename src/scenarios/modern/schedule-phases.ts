import type Stripe from 'stripe';
import { defineScenario, type Stage } from '../define.ts';
import { jennyWithCard } from '../invoices.ts';
import {
  FIRST_BILL,
  finalizedLater,
  firstBilled,
  invoicePaid,
  monthly,
  paymentMade,
  subscriptionCreated,
  subscriptionEnded,
  subscriptionUpdated,
} from '../subscriptions.ts';

/** Two months at one price, then at another. */
async function phases(stage: Stage): Promise<Stripe.SubscriptionScheduleCreateParams.Phase[]> {
  const [a, b] = [await monthly(stage, 2000), await monthly(stage, 3000)];
  const month = { interval: 'month' } as const;
  return [
    { items: [{ price: a.id }], duration: month },
    { items: [{ price: b.id }], duration: month },
  ];
}

const PITFALLS = [
  'The first invoice of a schedule is a draft for an hour: access granted on invoice.paid comes an hour late.',
  'A subscription that a schedule manages refuses cancel_at_period_end: change the schedule, or release it first.',
  'The last phase ends with subscription_schedule.completed; released is told for a call to release only.',
];

export const schedulePhases = defineScenario({
  id: 'schedule-phases',
  group: 'Quotes and schedules',
  title: 'Subscription schedule with phases',
  story: 'I signed up at an introductory price; after a month I paid the regular one, as agreed.',
  pitfalls: PITFALLS,
  paths: {
    current: {
      steps: {
        s1: 'Your server creates a schedule with two phases, beginning now.',
        t1: 'An hour later the first invoice is final and paid.',
        t2: 'The second phase begins with a new period, at the new price.',
        t3: 'The last phase comes near its end.',
        t4: 'It ends; the subscription goes on by itself.',
      },
      conditions: FIRST_BILL,
      run: async (stage) => {
        const { stripe, step, wait, holds } = stage;
        stage.dashboard({ upcomingDays: null });
        const { id: customer } = await jennyWithCard(stripe);
        if (!holds('first_bill')) {
          const { id: price } = await monthly(stage);
          const { id } = await stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 90 });
          await stripe.subscriptions.cancel(id);
        }
        const list = await phases(stage);
        await step('s1', () =>
          stripe.subscriptionSchedules.create({ customer, start_date: 'now', end_behavior: 'release', phases: list }),
        );
        await step('t1', () => wait('1h'));
        await wait('30d 22h 59m');
        await step('t2', () => wait('1m'));
        await wait('2h');
        await step('t3', () => wait('20d 22h'));
        await wait('6d 23h 59m');
        await step('t4', () => wait('1m'));
      },
      fires: [
        firstBilled('s1'),
        subscriptionCreated('s1'),
        { type: 'subscription_schedule.created', step: 's1', do: 'ignore', why: 'Your own call made it.' },
        { type: 'invoice.created', step: 's1', do: 'ignore', why: 'A draft for an hour.' },
        ...finalizedLater('t1'),
        ...paymentMade('t1'),
        ...invoicePaid('t1'),
        { type: 'invoice.created', step: 't2', do: 'ignore', why: 'The first invoice at the new price, a draft.' },
        subscriptionUpdated('t2', 'Give what the new price includes; the old one is in previous_attributes.'),
        { type: 'subscription_schedule.updated', step: 't2', do: 'ignore', why: 'The next phase runs.' },
        {
          type: 'subscription_schedule.expiring',
          step: 't3',
          do: 'handle',
          why: 'Last chance to add phases before it ends.',
        },
        { type: 'subscription_schedule.completed', step: 't4', do: 'ignore', why: 'Its phases are over.' },
        { type: 'invoice.created', step: 't4', do: 'ignore', why: 'It renews in the same moment.' },
        subscriptionUpdated(
          't4',
          'It is no longer scheduled: it renewed as it is, until somebody changes it.',
          'ignore',
        ),
      ],
    },
    release: {
      steps: { r1: 'Your server releases the schedule.' },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        const { id: customer } = await jennyWithCard(stripe);
        const list = await phases(stage);
        const { id } = await stripe.subscriptionSchedules.create({ customer, start_date: 'now', phases: list });
        await wait('2h');
        await step('r1', () => stripe.subscriptionSchedules.release(id));
      },
      fires: [
        { type: 'subscription_schedule.released', step: 'r1', do: 'ignore', why: 'Your own call released it.' },
        subscriptionUpdated('r1', 'It goes on as it is; what was planned will not happen.', 'ignore'),
      ],
    },
    cancel: {
      steps: { c1: 'Your server cancels the schedule, and the subscription with it.' },
      conditions: { prorated: 'What is left of the period is credited (`prorate`, the default).' },
      run: async (stage) => {
        const { stripe, step, wait, holds } = stage;
        const { id: customer } = await jennyWithCard(stripe);
        const list = await phases(stage);
        const { id } = await stripe.subscriptionSchedules.create({ customer, start_date: 'now', phases: list });
        await wait('10d');
        await step('c1', () => stripe.subscriptionSchedules.cancel(id, { prorate: holds('prorated') }));
      },
      fires: [
        {
          type: 'invoiceitem.created',
          step: 'c1',
          if: 'prorated',
          do: 'ignore',
          why: 'Credit for what is left; the customer’s next invoice takes it up.',
        },
        subscriptionEnded('c1'),
        { type: 'subscription_schedule.canceled', step: 'c1', do: 'ignore', why: 'Your own call cancelled it.' },
      ],
    },
  },
});
