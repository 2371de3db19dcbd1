import { defineScenario, type Fire } from '../define.ts';
import { monthly, subscribed, subscriptionUpdated } from '../subscriptions.ts';

const item = (why: string): Fire => ({ type: 'invoiceitem.created', step: 's1', do: 'ignore', why });

export const upgradeDowngradeProration = defineScenario({
  id: 'upgrade-downgrade-proration',
  group: 'Subscriptions',
  title: 'Upgrade or downgrade with prorations on the next invoice',
  story: 'I moved to the bigger plan in the middle of my month; the difference came with my next bill.',
  pitfalls: [
    'create_prorations charges nothing now: the items wait for the next invoice. always_invoice bills them at once.',
    'A downgrade is a credit on the next invoice, never a refund by itself.',
    'Another interval (monthly to yearly) begins a new period and is invoiced at once, whatever the behaviour.',
    'Preview with invoices.createPreview and the same proration_date, or the seconds in between change the amount.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server moves the subscription to another price.' },
      run: async (stage) => {
        const { id, items } = await subscribed(stage);
        const { id: price } = await monthly(stage, 5000);
        await stage.wait('14d');
        await stage.step('s1', () =>
          stage.stripe.subscriptions.update(id, {
            items: [{ id: items.data[0]!.id, price }],
            proration_behavior: 'create_prorations',
          }),
        );
      },
      fires: [
        subscriptionUpdated('s1', 'Give what the new price includes; the old one is in previous_attributes.'),
        item('The credit for what is left of the old price.'),
        item('What the new price costs until the period’s end.'),
      ],
    },
  },
});
