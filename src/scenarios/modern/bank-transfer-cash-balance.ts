import type Stripe from 'stripe';
import { defineScenario, type Stage } from '../define.ts';

const BY_TRANSFER = {
  allowed_payment_method_types: ['customer_balance'],
  payment_method_data: { type: 'customer_balance' },
  payment_method_options: {
    customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
  },
  confirm: true,
} satisfies Partial<Stripe.PaymentIntentCreateParams>;

async function run({ stripe, step, holds }: Stage) {
  const byHand = holds('by_hand');
  const { id: customer } = await stripe.customers.create({
    email: 'jenny.rosen@example.com',
    cash_balance: { settings: { reconciliation_mode: byHand ? 'manual' : 'automatic' } },
  });
  const amount = holds('short') ? 2500 : 2000;
  const { id } = await step('s1', () =>
    stripe.paymentIntents.create({ amount, currency: 'usd', customer, ...BY_TRANSFER }),
  );
  await step('x1', async () => {
    await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 2000, currency: 'usd' });
    if (byHand) await stripe.paymentIntents.applyCustomerBalance(id);
    // What is missing is let go of.
    if (holds('short')) await stripe.paymentIntents.update(id, { amount: 2000 });
  });
}

export const bankTransferCashBalance = defineScenario({
  id: 'bank-transfer-cash-balance',
  group: 'Bank debits and transfers',
  title: 'Customer pays by bank transfer (cash balance)',
  story: 'I was given an account number and sent the money from my bank, a few days later.',
  pitfalls: [
    'Customers type amounts: too little leaves the intent open (partially_funded), too much stays in their cash balance.',
    'Money is matched to what waits longest, not to what the customer meant, unless reconciliation is manual.',
    'What stays in the cash balance is the customer’s: apply it to a payment, or send it back.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server creates a payment intent to be paid by transfer.',
        x1: 'The transfer arrives, and is put to the payment.',
      },
      conditions: {
        by_hand:
          'You reconcile by hand (reconciliation_mode manual), so the money first stays in the cash balance. With automatic ' +
          'reconciliation the event comes only for what no payment waits for.',
        short: 'The customer sent too little, and you lower the amount to what came.',
      },
      run,
      fires: [
        {
          type: 'payment_intent.created',
          step: 's1',
          do: 'ignore',
          why: 'Nothing is paid yet; your own call made it.',
        },
        {
          type: 'payment_intent.requires_action',
          step: 's1',
          do: 'handle',
          why: 'Send the customer the instructions in next_action: account, amount, reference.',
        },
        { type: 'customer_cash_balance_transaction.created', step: 'x1', do: 'ignore', why: 'funded: money came in.' },
        {
          type: 'cash_balance.funds_available',
          step: 'x1',
          if: 'by_hand',
          do: 'handle',
          why: 'Decide what the money is for: apply it to a payment, or send it back.',
        },
        {
          type: 'customer_cash_balance_transaction.created',
          step: 'x1',
          do: 'ignore',
          why: 'applied_to_payment: the intent tells the rest.',
        },
        {
          type: 'payment_intent.partially_funded',
          step: 'x1',
          if: 'short',
          do: 'handle',
          why: 'Ask for the rest, amount_remaining in next_action, or lower the amount.',
        },
        { type: 'charge.succeeded', step: 'x1', do: 'ignore', why: 'The intent tells the same with more context.' },
        { type: 'payment_intent.succeeded', step: 'x1', do: 'handle', why: 'All of it has come: fulfil the order.' },
      ],
    },
  },
});
