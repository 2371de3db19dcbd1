import { defineRecipe } from './define.ts';
import { buyer, draft } from './people.ts';

/** Invoices, beyond what the scenarios tell. */
export const invoices = [
  defineRecipe({
    id: 'invoice-deleted',
    about: 'A draft is thrown away.',
    fires: ['invoice.deleted'],
    fidelity: 'behaviour',
    async run(stage) {
      const { id } = await draft(stage);
      await stage.stripe.invoices.del(id);
    },
  }),
  defineRecipe({
    id: 'invoice-uncollectible',
    about: 'An open invoice is given up on.',
    fires: ['invoice.marked_uncollectible'],
    fidelity: 'behaviour',
    async run(stage) {
      const { id } = await draft(stage);
      await stage.stripe.invoices.finalizeInvoice(id);
      await stage.stripe.invoices.markUncollectible(id);
    },
  }),
  defineRecipe({
    id: 'invoice-action-required',
    about: 'The bank wants to see the customer before it pays a subscription’s first invoice.',
    fires: ['invoice.payment_action_required'],
    fidelity: 'behaviour',
    async run(stage) {
      const { stripe } = stage;
      const { id: customer } = await buyer(stage, 'pm_card_authenticationRequired');
      const { id: price } = await stripe.prices.create({
        currency: 'usd',
        unit_amount: 2000,
        recurring: { interval: 'month' },
        product_data: { name: 'Starter' },
      });
      await stripe.subscriptions.create({ customer, items: [{ price }], payment_behavior: 'allow_incomplete' });
    },
  }),
  defineRecipe({
    id: 'invoiceitem-deleted',
    about: 'What was to be billed next is taken off again.',
    fires: ['invoiceitem.deleted'],
    fidelity: 'behaviour',
    async run(stage) {
      const { id: customer } = await buyer(stage);
      const { id } = await stage.stripe.invoiceItems.create({
        customer,
        amount: 1500,
        currency: 'usd',
        description: 'Setup fee',
      });
      await stage.stripe.invoiceItems.del(id);
    },
  }),
  defineRecipe({
    id: 'credit-note-updated',
    about: 'A credit note’s memo is corrected.',
    fires: ['credit_note.updated'],
    fidelity: 'behaviour',
    async run(stage) {
      const { id: invoice } = await draft(stage);
      await stage.stripe.invoices.finalizeInvoice(invoice);
      const { id } = await stage.stripe.creditNotes.create({ invoice, amount: 1000, memo: 'An hour less' });
      await stage.stripe.creditNotes.update(id, { memo: 'One hour less than billed' });
    },
  }),
];
