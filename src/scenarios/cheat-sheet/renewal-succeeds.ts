import { defineScenario, type Fire, type Stage } from '../define.ts';
import {
  finalizedLater,
  invoicePaid,
  PAYMENT_TOLD,
  paymentMade,
  paymentTold,
  payWith,
  renewed,
  subscribed,
} from '../subscriptions.ts';

const CONDITIONS = {
  reminder: 'The Dashboard sends invoice.upcoming some days before a renewal; here it is 7.',
  owing: 'The customer was delinquent: an earlier invoice was not paid.',
};

const STEPS = {
  t0: 'Seven days before the period’s end.',
  t1: 'The period ends.',
  t2: 'An hour later the invoice is finalised and paid.',
};

const fires = (...later: Fire[]): Fire[] => [
  {
    type: 'invoice.upcoming',
    step: 't0',
    if: 'reminder',
    do: 'handle',
    why: 'A preview: tell the customer what will be charged, or add to it in time.',
  },
  ...renewed('t1'),
  ...finalizedLater('t2'),
  ...paymentMade('t2'),
  ...invoicePaid('t2'),
  {
    type: 'customer.updated',
    step: 't2',
    if: 'owing',
    do: 'ignore',
    why: 'The customer is no longer delinquent.',
  },
  ...later,
];

/** A month and its renewal; `told` waits for the record of the payment as well. */
async function month(stage: Stage, told: boolean) {
  const { step, wait, holds, dashboard } = stage;
  dashboard({ upcomingDays: holds('reminder') ? 7 : null });
  const { customer } = await subscribed(stage);
  if (holds('owing')) await fallBehind(stage, customer as string);
  await wait(holds('owing') ? '23d 22h 58m' : '23d 23h 58m');
  await step('t0', () => wait('1m'));
  await wait('6d');
  await step('t1', () => wait('1d'));
  await step('t2', () => wait(told ? '1h 20s' : '1h'));
}

/** An invoice that the clock fails to collect, and nobody tries again. */
async function fallBehind({ stripe, dashboard, wait }: Stage, customer: string) {
  dashboard({ retryAfterDays: [] });
  await payWith(stripe, customer, 'pm_card_chargeCustomerFail');
  const { id } = await stripe.invoices.create({ customer, auto_advance: true });
  await stripe.invoices.addLines(id, { lines: [{ amount: 500 }] });
  await wait('1h');
  await payWith(stripe, customer, 'pm_card_visa');
}

export const renewalSucceeds = defineScenario({
  id: 'renewal-succeeds',
  number: 11,
  title: 'Invoice charge attempt succeeds',
  story: 'My month was over; the next one was charged to my card without my doing anything.',
  pitfalls: [
    'A renewal is a draft for an hour, and for up to three days while invoice.created is not answered with 2xx.',
    'customer.subscription.updated comes an hour before the money: extend access on invoice.paid.',
    'Nobody called the API: request.id is null on all of these events.',
    'Since API 2025-03-31 the period is told by items.data[], not by the subscription.',
  ],
  paths: {
    classic: {
      steps: STEPS,
      conditions: CONDITIONS,
      run: (stage) => month(stage, false),
      fires: fires(),
    },
    current: {
      steps: STEPS,
      conditions: { ...CONDITIONS, ...PAYMENT_TOLD },
      run: (stage) => month(stage, stage.holds('payment_told')),
      fires: fires(paymentTold('t2')),
    },
  },
});
