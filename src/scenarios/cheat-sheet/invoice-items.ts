import { defineScenario, type Fire } from '../define.ts';
import { jenny, updated } from '../invoices.ts';

const itemCreated = (step: string): Fire => ({
  type: 'invoiceitem.created',
  step,
  do: 'ignore',
  why: 'Your own call made it; what counts is the invoice that takes it.',
});

export const invoiceItems = defineScenario({
  id: 'invoice-items',
  number: 13,
  title: 'Existing customer, adding invoice items',
  story: 'I ordered something extra, and find it on my next invoice.',
  pitfalls: [
    'An item waits for the customer’s next invoice and fires nothing more: invoiceitem.updated is gone since API 2024-04-10.',
    'A new invoice takes pending items only with pending_invoice_items_behavior: include; a renewal always does.',
    'Metered usage is reported as billing meter events today, which fire no webhook each.',
  ],
  paths: {
    classic: {
      steps: { s1: 'Your server adds an item of a given amount to the customer.' },
      run: async ({ stripe, step }) => {
        const { id: customer } = await jenny(stripe);
        await step('s1', () =>
          stripe.invoiceItems.create({ customer, amount: 2000, currency: 'usd', description: 'Setup fee' }),
        );
      },
      fires: [itemCreated('s1')],
    },
    current: {
      steps: { p1: 'Your server adds an item by its price to the customer.' },
      run: async ({ stripe, step }) => {
        const { id: customer } = await jenny(stripe);
        const product = await stripe.products.create({ name: 'Setup' });
        const price = await stripe.prices.create({ product: product.id, unit_amount: 2000, currency: 'usd' });
        await step('p1', () => stripe.invoiceItems.create({ customer, pricing: { price: price.id } }));
      },
      fires: [itemCreated('p1')],
    },
    onto_draft: {
      steps: { p2: 'Your server adds an item to an invoice that is still a draft.' },
      run: async ({ stripe, step }) => {
        const { id: customer } = await jenny(stripe);
        const { id: invoice } = await stripe.invoices.create({ customer });
        await step('p2', () => stripe.invoiceItems.create({ customer, invoice, amount: 2000, currency: 'usd' }));
      },
      fires: [itemCreated('p2'), updated('p2', 'The draft’s total changed; wait until it is finalised.')],
    },
  },
});
