import { defineScenario } from '../define.ts';
import { subscribed, subscriptionEnded, subscriptionUpdated } from '../subscriptions.ts';

export const cancelAtPeriodEnd = defineScenario({
  id: 'cancel-at-period-end',
  group: 'Subscriptions',
  title: 'Cancel at period end, with undo',
  story: 'I cancelled, and could use what I had paid for until my month was over.',
  pitfalls: [
    'The status stays active until the end: look at cancel_at, which newer portals set without cancel_at_period_end.',
    'canceled_at is when the customer asked, ended_at when it is over.',
    'An undo before the end is one more customer.subscription.updated, with the reverse previous_attributes.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server cancels at the period’s end.', t1: 'The period ends.' },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        const { id } = await subscribed(stage);
        await step('s1', () => stripe.subscriptions.update(id, { cancel_at_period_end: true }));
        await step('t1', () => wait('31d'));
      },
      fires: [
        subscriptionUpdated('s1', 'Show until when it lasts (cancel_at), and a way back.'),
        subscriptionEnded('t1'),
      ],
    },
    undo: {
      steps: { u1: 'Your server takes the cancellation back.' },
      run: async (stage) => {
        const { id } = await subscribed(stage);
        await stage.stripe.subscriptions.update(id, { cancel_at_period_end: true });
        await stage.step('u1', () => stage.stripe.subscriptions.update(id, { cancel_at_period_end: false }));
      },
      fires: [subscriptionUpdated('u1', 'It goes on: show the next renewal again.')],
    },
  },
});
