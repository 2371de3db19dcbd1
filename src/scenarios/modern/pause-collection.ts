import { defineScenario } from '../define.ts';
import { renewed, subscribed, subscriptionUpdated } from '../subscriptions.ts';

export const pauseCollection = defineScenario({
  id: 'pause-collection',
  group: 'Subscriptions',
  title: 'Pause and resume collection (pause_collection)',
  story: 'I asked for a break: nothing was charged for a month, and then it went on.',
  pitfalls: [
    'The status stays active: look at pause_collection. customer.subscription.paused is about something else.',
    'void gives the service away, keep_as_draft collects later, mark_uncollectible writes it off.',
    'With resumes_at it goes on by itself, which customer.subscription.updated tells.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server pauses collection.',
        t1: 'The period ends, and an hour later what was not collected is void.',
        s2: 'Your server resumes collection.',
      },
      run: async (stage) => {
        const { stripe, step, wait, dashboard } = stage;
        dashboard({ upcomingDays: null });
        const { id } = await subscribed(stage);
        await step('s1', () => stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } }));
        await wait('30d');
        await step('t1', () => wait('1d 1h'));
        await step('s2', () => stripe.subscriptions.update(id, { pause_collection: null as never }));
      },
      fires: [
        subscriptionUpdated('s1', 'Collection is paused: grant access, or not, as you agreed.'),
        ...renewed('t1'),
        { type: 'invoice.voided', step: 't1', do: 'ignore', why: 'Nothing is owed for this period.' },
        subscriptionUpdated('s2', 'Collection goes on with the next period.'),
      ],
    },
  },
});
