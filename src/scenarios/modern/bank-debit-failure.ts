import type Stripe from 'stripe';
import { defineScenario } from '../define.ts';

/** Confirms a debit of a US bank account with what the customer agreed to. */
const debit = (stripe: Stripe, payment_method: string) =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method,
    allowed_payment_method_types: ['us_bank_account'],
    mandate_data: {
      customer_acceptance: { type: 'online', online: { ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' } },
    },
    confirm: true,
  });

export const bankDebitFailure = defineScenario({
  id: 'bank-debit-failure',
  group: 'Bank debits and transfers',
  title: 'Asynchronous payment method fails',
  story: 'I paid from my bank account, but there was not enough on it.',
  pitfalls: [
    'The failure comes days after the call that confirmed: without webhooks you would never know.',
    'The intent goes back to requires_payment_method. Its payment_method is null; last_payment_error still names it.',
    'After it has succeeded a debit no longer fails: what the bank takes back then is a dispute, and it is lost.',
  ],
  paths: {
    current: {
      steps: { p1: 'Your server confirms a payment intent with a bank account.', x1: 'The bank returns the debit.' },
      run: async ({ stripe, step, wait }) => {
        await step('p1', () => debit(stripe, 'pm_usBankAccount_insufficientFunds'));
        await step('x1', () => wait('5s'));
      },
      fires: [
        {
          type: 'payment_intent.created',
          step: 'p1',
          do: 'ignore',
          why: 'Nothing is paid yet; your own call made it.',
        },
        { type: 'charge.pending', step: 'p1', do: 'ignore', why: 'The debit is on its way.' },
        { type: 'payment_intent.processing', step: 'p1', do: 'handle', why: 'Confirm the order, but do not ship.' },
        { type: 'charge.failed', step: 'x1', do: 'ignore', why: 'The intent tells the same with more context.' },
        {
          type: 'payment_intent.payment_failed',
          step: 'x1',
          do: 'handle',
          why: 'The money does not come: tell the customer, ask for another payment method.',
        },
      ],
    },
    late_return: {
      steps: { x9: 'The bank takes the money back after it had come.' },
      run: async ({ stripe, step, wait }) => {
        await debit(stripe, 'pm_usBankAccount_dispute');
        await wait('3s');
        await step('x9', () => wait('5s'));
      },
      fires: [
        { type: 'charge.dispute.created', step: 'x9', do: 'handle', why: 'The payment is being taken back.' },
        { type: 'charge.dispute.funds_withdrawn', step: 'x9', do: 'handle', why: 'Book the amount and the fee.' },
        { type: 'charge.dispute.closed', step: 'x9', do: 'handle', why: 'Lost: a bank’s return is final.' },
      ],
    },
  },
});
