import { defineScenario } from '../define.ts';
import { jenny, jennyWithCard } from '../invoices.ts';
import {
  CARD_SOURCE,
  FIRST_BILL,
  finalizedLater,
  firstBilled,
  invoicePaid,
  monthly,
  paymentMade,
  PAYMENT_TOLD,
  paymentTold,
  renewed,
  subscriptionCreated,
} from '../subscriptions.ts';

export const meteredUsage = defineScenario({
  id: 'metered-usage',
  group: 'Usage',
  title: 'Metered usage',
  story: 'I pay at the end of the month for what I used.',
  pitfalls: [
    'Usage that you report fires no webhook: keep your own record, and compare it with the meter’s summaries.',
    'The invoice.created of the renewal is the last moment to add usage that came late: the invoice is final an hour later.',
    'One identifier counts once in 24 hours. Give each report one of its own, so that a retry does not bill twice.',
    'A meter that nobody finds, or a customer that it does not know, is told in a thin event only, not to the caller.',
  ],
  paths: {
    current: {
      steps: {
        s0: 'Your server makes a meter that adds up events of one name.',
        s1: 'It subscribes the customer to a price that is billed by the meter.',
        s2: 'It reports usage while the customer uses the service.',
        t1: 'The period ends.',
        t2: 'An hour later the invoice is final and paid.',
      },
      conditions: {
        ...FIRST_BILL,
        saved:
          'The card was saved as a payment method: nothing is due at first, so it is set up for later instead of being ' +
          'charged. One that was saved the older way needs no setting up.',
        ...PAYMENT_TOLD,
      },
      run: async (stage) => {
        const { stripe, step, wait, holds, dashboard } = stage;
        dashboard({ upcomingDays: null });
        const { id: customer } = await (holds('saved') ? jennyWithCard(stripe) : jenny(stripe, CARD_SOURCE));
        if (!holds('first_bill')) {
          const { id: price } = await monthly(stage);
          const { id } = await stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 90 });
          await stripe.subscriptions.cancel(id);
        }
        const meter = await step('s0', () =>
          stripe.billing.meters.create({
            display_name: 'API calls',
            event_name: 'api_call',
            default_aggregation: { formula: 'sum' },
          }),
        );
        const { id: price } = await stripe.prices.create({
          currency: 'usd',
          unit_amount: 80,
          recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
          product_data: { name: 'API calls' },
        });
        await step('s1', () => stripe.subscriptions.create({ customer, items: [{ price }] }));
        await step('s2', () =>
          stripe.billing.meterEvents.create({
            event_name: 'api_call',
            payload: { stripe_customer_id: customer, value: '25' },
          }),
        );
        await wait('30d 23h 59m');
        await step('t1', () => wait('1m'));
        await step('t2', () => wait(holds('payment_told') ? '1h 1m' : '1h'));
      },
      fires: [
        { type: 'billing.meter.created', step: 's0', do: 'ignore', why: 'Your own call made it.' },
        firstBilled('s1'),
        subscriptionCreated('s1'),
        {
          type: 'setup_intent.created',
          step: 's1',
          if: 'saved',
          do: 'ignore',
          why: 'The card is checked and set up for later.',
        },
        { type: 'setup_intent.succeeded', step: 's1', if: 'saved', do: 'ignore', why: 'It can be charged later.' },
        { type: 'invoice.created', step: 's1', do: 'ignore', why: 'Over nothing, and paid already.' },
        { type: 'invoice.finalized', step: 's1', do: 'ignore', why: 'Over nothing.' },
        ...invoicePaid('s1'),
        ...renewed('t1'),
        ...finalizedLater('t2'),
        ...paymentMade('t2'),
        ...invoicePaid('t2'),
        paymentTold('t2'),
      ],
    },
  },
});
