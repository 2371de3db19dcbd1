import type Stripe from 'stripe';
import { defineScenario, type Stage } from '../define.ts';

const ACCEPTED = {
  customer_acceptance: { type: 'online', online: { ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' } },
} satisfies Stripe.PaymentIntentCreateParams.MandateData;

/** A customer who agreed to debits some time ago. */
export async function returning(stripe: Stripe) {
  const { id: customer } = await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny.rosen@example.com' });
  const { payment_method } = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_sepaDebit_success_de',
    allowed_payment_method_types: ['sepa_debit'],
    mandate_data: ACCEPTED,
    confirm: true,
  });
  return { customer, payment_method: payment_method as string };
}

const debit = (stripe: Stripe, how: Partial<Stripe.PaymentIntentCreateParams>) =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'eur',
    allowed_payment_method_types: ['sepa_debit'],
    confirm: true,
    ...how,
  });

async function run({ stripe, step, wait, holds }: Stage) {
  const known = holds('new_mandate') ? undefined : await returning(stripe);
  await step('p1', () => debit(stripe, known ?? { payment_method: 'pm_sepaDebit_success_de', mandate_data: ACCEPTED }));
  await step('x1', () => wait('5s'));
}

export const bankDebitSuccess = defineScenario({
  id: 'bank-debit-success',
  group: 'Bank debits and transfers',
  title: 'Asynchronous payment method succeeds (SEPA, ACH, Bacs, BECS)',
  story: 'I paid from my bank account; the shop told me that it would take some days until the money is there.',
  pitfalls: [
    'The call answers with status processing: nothing is paid. Fulfil on payment_intent.succeeded, days later.',
    'In test mode the bank answers at once, or after three minutes for the accounts named “delayed”.',
    'A debit needs a mandate: pass mandate_data with what the customer agreed to, or use a method that was set up before.',
    'A debit that succeeded can still be taken back by the bank for weeks: as a dispute, which you cannot win.',
  ],
  paths: {
    current: {
      steps: { p1: 'Your server confirms a payment intent with a bank account.', x1: 'The bank settles.' },
      conditions: {
        new_mandate:
          'The customer agrees to the debit with this payment. With a mandate given earlier, and with ACH, where no bank ' +
          'has to confirm it, the event does not come.',
      },
      run,
      fires: [
        {
          type: 'payment_intent.created',
          step: 'p1',
          do: 'ignore',
          why: 'Nothing is paid yet; your own call made it.',
        },
        {
          type: 'mandate.updated',
          step: 'p1',
          if: 'new_mandate',
          do: 'ignore',
          why: 'The permission is in force. Handle it when its status is inactive: no more debits.',
        },
        { type: 'charge.pending', step: 'p1', do: 'ignore', why: 'The debit is on its way.' },
        {
          type: 'payment_intent.processing',
          step: 'p1',
          do: 'handle',
          why: 'Confirm the order, but do not ship: the money may still not come.',
        },
        { type: 'charge.succeeded', step: 'x1', do: 'ignore', why: 'The intent tells the same with more context.' },
        { type: 'payment_intent.succeeded', step: 'x1', do: 'handle', why: 'The money came: fulfil the order.' },
      ],
    },
  },
});
