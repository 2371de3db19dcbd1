import { defineScenario } from '../define.ts';
import { payWith, subscribed, subscriptionEnded } from '../subscriptions.ts';

export const cancelNow = defineScenario({
  id: 'cancel-now',
  group: 'Subscriptions',
  title: 'Cancel immediately',
  story: 'I cancelled, and it was over at once.',
  pitfalls: [
    'No customer.subscription.updated goes with it: only customer.subscription.deleted.',
    'Nothing is given back unless you ask for it (prorate), and the credit stays pending unless you invoice it (invoice_now).',
    'Open invoices are not voided: they are only no longer collected by themselves.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server cancels the subscription.' },
      conditions: {
        prorated: 'The unused time is given back (prorate).',
        invoiced: 'What is pending is invoiced at once (invoice_now).',
        owing: 'An invoice is open and would have been tried again.',
      },
      run: async (stage) => {
        const { stripe, step, wait, holds, dashboard } = stage;
        dashboard({ upcomingDays: null, afterLastRetry: 'past_due' });
        const { id, customer } = await subscribed(stage);
        if (holds('owing')) await payWith(stripe, customer as string, 'pm_card_chargeCustomerFail');
        await wait('1mo 2h');
        await step('s1', () =>
          stripe.subscriptions.cancel(id, { prorate: holds('prorated'), invoice_now: holds('invoiced') }),
        );
      },
      fires: [
        {
          type: 'invoiceitem.created',
          step: 's1',
          if: 'prorated',
          do: 'ignore',
          why: 'The credit for the unused time.',
        },
        {
          type: 'invoice.created',
          step: 's1',
          if: 'invoiced',
          do: 'ignore',
          why: 'The last invoice: what was pending, credits included.',
        },
        subscriptionEnded('s1'),
        {
          type: 'invoice.updated',
          step: 's1',
          if: 'owing',
          do: 'ignore',
          why: 'The open invoice is no longer collected by itself.',
        },
      ],
    },
  },
});
