import { defineScenario, type Fire, type Stage } from '../define.ts';
import { jenny } from '../invoices.ts';
import {
  CARD_METHOD,
  CARD_SOURCE,
  customerMade,
  FIRST_BILL,
  firstBilled,
  invoiceMade,
  invoicePaid,
  jennyBilledBefore,
  monthly,
  PAYMENT_TOLD,
  paymentMade,
  paymentTold,
  subscriptionCreated,
  subscriptionUpdated,
} from '../subscriptions.ts';

const CONDITIONS = { ...FIRST_BILL, ...PAYMENT_TOLD };

async function subscribe(stage: Stage, step: string, customer: string) {
  const { id: price } = await monthly(stage);
  await stage.step(step, async () => {
    await stage.stripe.subscriptions.create({ customer, items: [{ price }] });
    if (stage.holds('payment_told')) await stage.wait('20s');
  });
}

const fires = (step: string): Fire[] => [
  firstBilled(step),
  subscriptionCreated(step),
  ...paymentMade(step),
  ...invoiceMade(step),
  ...invoicePaid(step),
  paymentTold(step),
];

export const subscriptionNoTrial = defineScenario({
  id: 'subscription-no-trial',
  number: 8,
  title: 'Create a customer with a plan without a trial',
  story: 'I left my card and subscribed; my first month was paid at once.',
  pitfalls: [
    'The first invoice is finalised and paid within the request: there is no draft for an hour, as renewals have it.',
    'Grant access on invoice.paid: customer.subscription.created may also tell of one that is incomplete.',
    'An incomplete subscription that is not paid within 23 hours becomes incomplete_expired; make a new one then.',
    'Since API 2025-03-31 an invoice has no subscription field: read parent.subscription_details.subscription.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server makes a customer with the card’s token.', s2: 'Your server subscribes the customer.' },
      conditions: CONDITIONS,
      run: async (stage) => {
        const { id } = await jennyBilledBefore(stage, CARD_SOURCE);
        await subscribe(stage, 's2', id);
      },
      fires: [...customerMade.s1, ...fires('s2')],
    },
    current: {
      steps: { p1: 'Your server makes a customer with a card.', p2: 'Your server subscribes the customer.' },
      conditions: CONDITIONS,
      run: async (stage) => {
        const { id } = await jennyBilledBefore(stage, CARD_METHOD);
        await subscribe(stage, 'p2', id);
      },
      fires: [...customerMade.p1, ...fires('p2')],
    },
    default_incomplete: {
      steps: {
        i2: 'Your server makes a subscription that waits for its first payment.',
        i3: 'The customer confirms the payment in the browser.',
      },
      conditions: CONDITIONS,
      run: async (stage) => {
        const { stripe, step, wait, holds } = stage;
        const { id: customer } = await jenny(stripe, holds('first_bill') ? {} : { balance: 0 });
        if (!holds('first_bill')) {
          const { id: price } = await monthly(stage);
          await stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 90 });
        }
        const { id: price } = await monthly(stage);
        const { latest_invoice } = await step('i2', () =>
          stripe.subscriptions.create({
            customer,
            items: [{ price }],
            payment_behavior: 'default_incomplete',
            payment_settings: { save_default_payment_method: 'on_subscription' },
            expand: ['latest_invoice.payments'],
          }),
        );
        const { payments } = latest_invoice as Exclude<typeof latest_invoice, string | null>;
        await step('i3', async () => {
          await stripe.paymentIntents.confirm(payments!.data[0]!.payment.payment_intent as string, {
            payment_method: 'pm_card_visa',
            return_url: 'https://example.com/back',
          });
          if (holds('payment_told')) await wait('20s');
        });
      },
      fires: [
        firstBilled('i2'),
        subscriptionCreated('i2'),
        { type: 'payment_intent.created', step: 'i2', do: 'ignore', why: 'Your page confirms it with its secret.' },
        ...invoiceMade('i2'),
        { type: 'charge.succeeded', step: 'i3', do: 'ignore', why: 'invoice.paid tells the same.' },
        { type: 'payment_method.attached', step: 'i3', do: 'ignore', why: 'The card pays the renewals, too.' },
        { type: 'payment_intent.succeeded', step: 'i3', do: 'ignore', why: 'invoice.paid tells the same.' },
        subscriptionUpdated('i3', 'It is active now, and has its own default payment method.'),
        { type: 'invoice.updated', step: 'i3', do: 'ignore', why: 'invoice.paid says the same and more.' },
        ...invoicePaid('i3'),
        paymentTold('i3'),
      ],
    },
  },
});
