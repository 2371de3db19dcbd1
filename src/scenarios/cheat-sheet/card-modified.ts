import { defineScenario } from '../define.ts';
import { jenny } from '../invoices.ts';

export const cardModified = defineScenario({
  id: 'card-modified',
  number: 14,
  title: 'Customer modifies existing card',
  story: 'My card was renewed, and I entered the new expiry date.',
  pitfalls: [
    'Only expiry and billing details can change; another number is another card.',
    'Banks tell of new expiry dates by themselves: payment_method.automatically_updated, without any call of yours.',
    'Before API 2015-02-18 the event was customer.card.updated.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server changes the expiry date of the customer’s card.' },
      run: async ({ stripe, step }) => {
        const { id, default_source: card } = await jenny(stripe, { source: 'tok_visa' });
        await step('s1', () => stripe.customers.updateSource(id, card as string, { exp_month: '3', exp_year: '2040' }));
      },
      fires: [
        { type: 'customer.source.updated', step: 's1', do: 'ignore', why: 'Show the new expiry if you show it.' },
      ],
    },
    current: {
      steps: { p1: 'Your server changes the expiry date of the payment method.' },
      run: async ({ stripe, step, wait }) => {
        const { id: customer } = await jenny(stripe);
        const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
        await wait('1d');
        await step('p1', () => stripe.paymentMethods.update(id, { card: { exp_month: 3, exp_year: 2040 } }));
      },
      fires: [{ type: 'payment_method.updated', step: 'p1', do: 'ignore', why: 'Show the new expiry if you show it.' }],
    },
  },
});
