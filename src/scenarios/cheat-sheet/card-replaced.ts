import { defineScenario } from '../define.ts';
import { jenny, jennyWithCard } from '../invoices.ts';

export const cardReplaced = defineScenario({
  id: 'card-replaced',
  number: 15,
  title: 'Customer changes to a different card',
  story: 'I gave another card, and the old one was forgotten.',
  pitfalls: [
    'With `source` on an update the old default card goes; adding a card by itself leaves both.',
    'A subscription that names its own default payment method keeps drawing on it: change it there, too.',
    'Before API 2015-02-18 the events were customer.card.created and customer.card.deleted.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server replaces the customer’s card by a new one.' },
      run: async ({ stripe, step }) => {
        const { id } = await jenny(stripe, { source: 'tok_visa' });
        await step('s1', () => stripe.customers.update(id, { source: 'tok_mastercard' }));
      },
      fires: [
        { type: 'customer.source.created', step: 's1', do: 'handle', why: 'Show the new card’s brand and last4.' },
        { type: 'payment_method.attached', step: 's1', do: 'ignore', why: 'The same card under its newer name.' },
        { type: 'customer.updated', step: 's1', do: 'ignore', why: 'The new card is the default.' },
        { type: 'customer.source.deleted', step: 's1', do: 'handle', why: 'Forget what you show of the old card.' },
        { type: 'payment_method.detached', step: 's1', do: 'ignore', why: 'The same card under its newer name.' },
      ],
    },
    current: {
      steps: {
        p1: 'Your server sets the new card up for later.',
        p2: 'Your server makes it the default.',
        p3: 'Your server takes the old card off.',
      },
      run: async ({ stripe, step }) => {
        const { id: customer, invoice_settings } = await jennyWithCard(stripe);
        const { payment_method: card } = await step('p1', () =>
          stripe.setupIntents.create({
            customer,
            payment_method: 'pm_card_mastercard',
            confirm: true,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          }),
        );
        await step('p2', () =>
          stripe.customers.update(customer, { invoice_settings: { default_payment_method: card as string } }),
        );
        await step('p3', () => stripe.paymentMethods.detach(invoice_settings.default_payment_method as string));
      },
      fires: [
        { type: 'setup_intent.created', step: 'p1', do: 'ignore', why: 'Nothing is set up yet.' },
        { type: 'payment_method.attached', step: 'p1', do: 'handle', why: 'Show the new card’s brand and last4.' },
        { type: 'setup_intent.succeeded', step: 'p1', do: 'ignore', why: 'The card can be charged later.' },
        { type: 'customer.updated', step: 'p2', do: 'ignore', why: 'The new card pays the invoices from now on.' },
        { type: 'payment_method.detached', step: 'p3', do: 'handle', why: 'Forget what you show of the old card.' },
      ],
    },
  },
});
