import type Stripe from 'stripe';
import { defineScenario, type Fire, type Stage } from '../define.ts';
import { returning } from './bank-debit-success.ts';
import { PAYMENT_TOLD } from '../subscriptions.ts';

async function run({ stripe, step, wait, holds }: Stage) {
  const { id: price } = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });
  const { customer, payment_method } = await returning(stripe);
  const subscribe = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price }], default_payment_method: payment_method, ...params });
  // Subscribed before: so that the customer's first bill, and what it changes, is not among the news.
  const { id: earlier } = await subscribe({ trial_period_days: 90 });
  await stripe.subscriptions.cancel(earlier);
  await step('k1', () => subscribe());
  await step('x1', () => wait(holds('payment_told') ? '30s' : '5s'));
}

const told = (type: string, why: string): Fire => ({ type, step: 'k1', do: 'ignore', why });

export const bankDebitSubscription = defineScenario({
  id: 'bank-debit-subscription',
  group: 'Bank debits and transfers',
  title: 'Subscription paid by bank debit',
  story: 'I subscribed with my bank account; what I had subscribed to was mine when the money had come, days later.',
  pitfalls: [
    'invoice.paid is the signal to grant access, not customer.subscription.created: days lie between them.',
    'Until then the subscription may be incomplete (through Checkout) or already active (through the API): read its status.',
    'A debit that the bank returns fires invoice.payment_failed; the subscription stays incomplete and expires after 23 hours.',
    'A debit needs a mandate: save the bank account with a setup intent first, or let Checkout ask for it.',
    'Through Checkout two events come besides: checkout.session.completed (payment_status unpaid) at once, and checkout.session.async_payment_succeeded with the money.',
  ],
  paths: {
    current: {
      steps: {
        k1: 'A customer who agreed to debits subscribes: your server names the bank account.',
        x1: 'The bank settles.',
      },
      conditions: PAYMENT_TOLD,
      run,
      fires: [
        {
          type: 'customer.subscription.created',
          step: 'k1',
          do: 'handle',
          why: 'Note it, and read its status: it is incomplete, and nothing is paid.',
        },
        told('payment_intent.created', 'The invoice’s payment; what comes of it is told next.'),
        told('charge.pending', 'The debit is on its way.'),
        told('payment_intent.processing', 'Tell the customer that the bank takes some days.'),
        told('invoice.created', 'Open, and not paid yet.'),
        told('invoice.finalized', 'Finalised in the same moment.'),
        { type: 'charge.succeeded', step: 'x1', do: 'ignore', why: 'The invoice tells the same with more context.' },
        { type: 'payment_intent.succeeded', step: 'x1', do: 'ignore', why: 'The invoice tells the same.' },
        {
          type: 'customer.subscription.updated',
          step: 'x1',
          do: 'ignore',
          why: 'It is active now; invoice.paid says until when.',
        },
        { type: 'invoice.updated', step: 'x1', do: 'ignore', why: 'What changed with the payment.' },
        { type: 'invoice.paid', step: 'x1', do: 'handle', why: 'The money came: grant access until the period’s end.' },
        { type: 'invoice.payment_succeeded', step: 'x1', do: 'ignore', why: 'The same news as invoice.paid.' },
        {
          type: 'invoice_payment.paid',
          step: 'x1',
          if: 'payment_told',
          do: 'ignore',
          why: 'Which payment paid which invoice: for those who keep the books.',
        },
      ],
    },
  },
});
