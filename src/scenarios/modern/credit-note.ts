import { defineScenario, type Fire } from '../define.ts';
import { openInvoice, paidInvoice, updated } from '../invoices.ts';

const noteCreated = (step: string): Fire => ({
  type: 'credit_note.created',
  step,
  do: 'handle',
  why: 'Part of what was billed is taken back: book it.',
});

const UPDATED = 'The credit note tells the same; the invoice shows what is left to pay.';

export const creditNote = defineScenario({
  id: 'credit-note',
  group: 'Invoices',
  title: 'Credit note before and after payment',
  story: 'Part of what I was billed was taken back: first from what I owed, then from what I had paid.',
  pitfalls: [
    'Crediting all that is open makes the invoice paid: invoice.paid fires, and no charge.',
    'Refund, credit and out-of-band amounts must add up to the credit note, and tax is part of it.',
    'A credit note on a paid invoice cannot be voided; issue an invoice for what it took back too much.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server takes back part of an open invoice.' },
      run: async (stage) => {
        const { id: invoice } = await openInvoice(stage, 5000);
        await stage.step('s1', () => stage.stripe.creditNotes.create({ invoice, amount: 2000 }));
      },
      fires: [noteCreated('s1'), updated('s1', UPDATED)],
    },
    paid_refund: {
      steps: { p1: 'Your server takes back part of a paid invoice, and gives the money back to the card.' },
      run: async (stage) => {
        const { id: invoice, lines } = await paidInvoice(stage, 5000);
        await stage.step('p1', () =>
          stage.stripe.creditNotes.create({
            invoice,
            lines: [{ type: 'invoice_line_item', invoice_line_item: lines.data[0]!.id, amount: 2000 }],
            refund_amount: 2000,
          }),
        );
      },
      fires: [
        { type: 'refund.created', step: 'p1', do: 'ignore', why: 'The credit note names it.' },
        { type: 'charge.refunded', step: 'p1', do: 'ignore', why: 'The credit note tells why.' },
        noteCreated('p1'),
        updated('p1', UPDATED),
      ],
    },
    to_balance: {
      steps: { b1: 'Your server takes back part of a paid invoice, as credit for the next one.' },
      run: async (stage) => {
        const { id: invoice, lines } = await paidInvoice(stage, 5000);
        await stage.step('b1', () =>
          stage.stripe.creditNotes.create({
            invoice,
            lines: [{ type: 'invoice_line_item', invoice_line_item: lines.data[0]!.id, amount: 2000 }],
            credit_amount: 2000,
          }),
        );
      },
      fires: [
        noteCreated('b1'),
        { type: 'customer.updated', step: 'b1', do: 'ignore', why: 'The balance it shows pays for the next invoice.' },
      ],
    },
    void: {
      steps: { v1: 'Your server voids a credit note on an invoice that is still open.' },
      run: async (stage) => {
        const { id: invoice } = await openInvoice(stage, 5000);
        const { id } = await stage.stripe.creditNotes.create({ invoice, amount: 2000 });
        await stage.step('v1', () => stage.stripe.creditNotes.voidCreditNote(id));
      },
      fires: [
        { type: 'credit_note.voided', step: 'v1', do: 'handle', why: 'What it took back is owed again.' },
        updated('v1', UPDATED),
      ],
    },
  },
});
