import { defineScenario } from '../define.ts';
import { jennyWithCard, updated } from '../invoices.ts';

export const invoiceVoid = defineScenario({
  id: 'invoice-void',
  group: 'Invoices',
  title: 'Invoice voided',
  story: 'I was sent an invoice by mistake, and it was taken back.',
  pitfalls: [
    'A finalised invoice cannot be deleted, only voided: its number stays taken. A draft is deleted (invoice.deleted).',
    'Voiding cancels the invoice’s payment intent; a payment that succeeds in the same moment makes voiding fail.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server creates an invoice of what is pending.',
        s2: 'It finalises the invoice.',
        s3: 'It notices the mistake and voids it.',
      },
      run: async ({ stripe, step }) => {
        const { id: customer } = await jennyWithCard(stripe);
        await stripe.invoiceItems.create({ customer, amount: 2000, currency: 'usd' });
        const { id } = await step('s1', () =>
          stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' }),
        );
        await step('s2', () => stripe.invoices.finalizeInvoice(id));
        await step('s3', () => stripe.invoices.voidInvoice(id));
      },
      fires: [
        { type: 'invoice.created', step: 's1', do: 'ignore', why: 'A draft that you made yourself.' },
        {
          type: 'invoice.finalized',
          step: 's2',
          do: 'handle',
          why: 'The invoice has its number and will not change: book it as owed.',
        },
        updated('s2'),
        { type: 'payment_intent.created', step: 's2', do: 'ignore', why: 'Nothing is paid yet.' },
        { type: 'payment_intent.canceled', step: 's3', do: 'ignore', why: 'The invoice tells the same.' },
        {
          type: 'invoice.voided',
          step: 's3',
          do: 'handle',
          why: 'Nothing is owed any more: take it out of the books.',
        },
        updated('s3'),
      ],
    },
  },
});
