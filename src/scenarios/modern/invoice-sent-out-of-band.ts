import { defineScenario } from '../define.ts';
import { jenny, updated } from '../invoices.ts';

export const invoiceSentOutOfBand = defineScenario({
  id: 'invoice-sent-out-of-band',
  group: 'Invoices',
  title: 'Manual invoice sent, paid by bank transfer outside Stripe',
  story: 'I got an invoice by email and paid it by bank transfer.',
  pitfalls: [
    'invoice.paid is the only sign of payment: invoice.payment_succeeded does not fire for payments outside Stripe.',
    'will_be_due and overdue come only when Automations in the Dashboard say so, and as many days apart as they say.',
    'In test mode nothing is emailed; invoice.sent fires all the same.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server creates an invoice that the customer has thirty days to pay.',
        s2: 'It adds an item.',
        s3: 'It sends the invoice, which finalises it.',
        t1: 'The due date comes near, and passes.',
        s4: 'The money arrives at your bank; you mark the invoice as paid.',
      },
      conditions: { automations: 'Automations in the Dashboard tell of due dates, before and after.' },
      run: async ({ stripe, step, wait, holds, dashboard }) => {
        if (holds('automations')) dashboard({ willBeDueDays: 3, overdueDays: 1 });
        const { id: customer } = await jenny(stripe);
        const { id: invoice } = await step('s1', () =>
          stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 30 }),
        );
        await step('s2', () => stripe.invoiceItems.create({ customer, invoice, amount: 2000, currency: 'usd' }));
        await step('s3', () => stripe.invoices.sendInvoice(invoice));
        await step('t1', () => wait('31d'));
        await step('s4', () => stripe.invoices.pay(invoice, { paid_out_of_band: true }));
      },
      fires: [
        { type: 'invoice.created', step: 's1', do: 'ignore', why: 'A draft that you made yourself.' },
        { type: 'invoiceitem.created', step: 's2', do: 'ignore', why: 'Your own call made it.' },
        updated('s2', 'The draft’s total changed; wait until it is finalised.'),
        {
          type: 'invoice.finalized',
          step: 's3',
          do: 'handle',
          why: 'The invoice has its number and will not change: book it as owed.',
        },
        { type: 'payment_intent.created', step: 's3', do: 'ignore', why: 'Made for the hosted page, if it is used.' },
        updated('s3'),
        { type: 'invoice.sent', step: 's3', do: 'ignore', why: 'Tells that the email went out.' },
        {
          type: 'invoice.will_be_due',
          step: 't1',
          if: 'automations',
          do: 'ignore',
          why: 'For a reminder of your own, if Stripe sends none.',
        },
        {
          type: 'invoice.overdue',
          step: 't1',
          if: 'automations',
          do: 'handle',
          why: 'The due date has passed: remind the customer, or pause what you deliver.',
        },
        { type: 'payment_intent.canceled', step: 's4', do: 'ignore', why: 'It is no longer needed.' },
        updated('s4'),
        { type: 'invoice.paid', step: 's4', do: 'handle', why: 'The money is there: deliver, and book it.' },
      ],
    },
  },
});
