import { defineScenario } from '../define.ts';

export const testClock = defineScenario({
  id: 'test-clock',
  group: 'Subscriptions',
  title: 'Test clock run',
  story: 'Before we sell a yearly plan, we let a test clock run ahead and watch what happens.',
  pitfalls: [
    'Advancing is asynchronous: wait for test_helpers.test_clock.ready (or internal_failure) before you look.',
    'Objects on the clock show its time; event.created and the retries of deliveries stay in real time.',
    'Deleting a clock deletes its customers and cancels their subscriptions.',
    'These events exist in test mode only: no handler of yours should need them in production.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your test makes a clock.',
        s2: 'Your test lets it advance by a day.',
        s3: 'Your test deletes the clock.',
      },
      conditions: { customer: 'A customer lives on the clock.' },
      run: async ({ stripe, step, holds }) => {
        const start = Date.UTC(2027, 0, 1) / 1000;
        const clock = await step('s1', () =>
          stripe.testHelpers.testClocks.create({ frozen_time: start, name: 'A yearly plan' }),
        );
        if (holds('customer'))
          await stripe.customers.create({ email: 'jenny.rosen@example.com', test_clock: clock.id });
        await step('s2', () => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 86_400 }));
        await step('s3', () => stripe.testHelpers.testClocks.del(clock.id));
      },
      fires: [
        { type: 'test_helpers.test_clock.created', step: 's1', do: 'ignore', why: 'You made it yourself.' },
        { type: 'test_helpers.test_clock.advancing', step: 's2', do: 'ignore', why: 'Nothing can be looked at yet.' },
        {
          type: 'test_helpers.test_clock.ready',
          step: 's2',
          do: 'handle',
          why: 'In a test: everything due has happened, now look.',
        },
        {
          type: 'customer.deleted',
          step: 's3',
          if: 'customer',
          do: 'handle',
          why: 'As for any other customer that goes.',
        },
        { type: 'test_helpers.test_clock.deleted', step: 's3', do: 'ignore', why: 'You deleted it yourself.' },
      ],
    },
  },
});
