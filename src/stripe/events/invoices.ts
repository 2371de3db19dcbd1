import { snapshots, thins } from './define.ts';

/** Snapshot events: invoices. */
export const invoices = snapshots('Billing', {
  'credit_note.created': { subject: 'credit_note', text: 'A credit note was issued against a finalized invoice.' },
  'credit_note.updated': { subject: 'credit_note', text: "A credit note's memo or metadata was edited." },
  'credit_note.voided': { subject: 'credit_note', text: 'A credit note was voided.' },
  'invoice.created': {
    subject: 'invoice',
    text: 'An invoice came into being; renewals stay draft and wait about an hour for webhooks.',
    seed: true,
  },
  'invoice.deleted': { subject: 'invoice', text: 'A draft invoice was deleted.' },
  'invoice.finalization_failed': {
    subject: 'invoice',
    text: 'A draft invoice could not be finalized; see last_finalization_error.',
    since: '8.222.0',
  },
  'invoice.finalized': {
    subject: 'invoice',
    text: 'A draft invoice was finalized, numbered and became open, or paid when nothing is due.',
  },
  'invoice.marked_uncollectible': { subject: 'invoice', text: 'An open invoice was written off as bad debt.' },
  'invoice.overdue': {
    subject: 'invoice',
    text: 'An invoice is past its due date by the number of days set in Automations.',
    since: '16.12.0',
  },
  'invoice.overpaid': {
    subject: 'invoice',
    text: 'An invoice became paid with more money than was owed.',
    since: '18.5.0',
  },
  'invoice.paid': {
    subject: 'invoice',
    text: 'An invoice became paid, by a payment, zero amount, credit or being marked out-of-band.',
    since: '8.100.0',
  },
  'invoice.payment_action_required': {
    subject: 'invoice',
    text: 'Paying an invoice needs the customer to act, usually 3D Secure authentication.',
  },
  'invoice.payment_attempt_required': {
    subject: 'invoice',
    text: 'An invoice must be paid with a custom method that you, not Stripe, process.',
    since: '19.3.1',
  },
  'invoice.payment_failed': {
    subject: 'invoice',
    text: 'An attempt to pay an invoice failed or no payment method was available.',
    seed: true,
  },
  'invoice.payment_succeeded': {
    subject: 'invoice',
    text: 'An attempt to pay an invoice succeeded; not sent for out-of-band payments.',
    seed: true,
  },
  'invoice.sent': {
    subject: 'invoice',
    text: 'An invoice email was sent; in test mode the event fires without an email.',
  },
  'invoice.upcoming': {
    subject: 'invoice',
    text: 'A renewal invoice will be created in some days; the invoice in it has no id.',
    thin: { subject: null, data: true },
  },
  'invoice.updated': {
    subject: 'invoice',
    text: 'Any attribute of an invoice changed, such as status, amounts or next payment attempt.',
    seed: true,
  },
  'invoice.voided': { subject: 'invoice', text: 'A finalized invoice was voided.' },
  'invoice.will_be_due': {
    subject: 'invoice',
    text: "An invoice's due date is the number of days away that Automations specify.",
    since: '16.12.0',
  },
  'invoice_payment.paid': {
    subject: 'invoice_payment',
    text: 'One payment allocated to an invoice was paid; arrives some seconds after invoice.paid.',
    since: '18.5.0',
  },
  'invoiceitem.created': {
    subject: 'invoiceitem',
    text: 'An invoice item was created, by you or as a proration by Stripe.',
    seed: true,
  },
  'invoiceitem.deleted': { subject: 'invoiceitem', text: 'A pending invoice item was deleted.', seed: true },
});

/** Thin events without a snapshot twin: invoices. */
export const invoicesThin = thins('Billing', {
  'v1.invoice.discount_added': { subject: 'invoice', text: 'A discount was applied to an invoice.', since: '23.1.0' },
  'v1.invoice.discount_removed': { subject: 'invoice', text: 'A discount was taken off an invoice.', since: '23.1.0' },
  'v1.invoice.line_item_added': { subject: 'invoice', text: 'A line was added to a draft invoice.', since: '23.1.0' },
  'v1.invoice.line_item_pricing_changed': {
    subject: 'invoice',
    text: "An invoice line's pricing changed.",
    since: '23.1.0',
  },
  'v1.invoice.line_item_quantity_changed': {
    subject: 'invoice',
    text: "An invoice line's quantity changed.",
    since: '23.1.0',
  },
  'v1.invoice.line_item_removed': {
    subject: 'invoice',
    text: 'A line was removed from a draft invoice.',
    since: '23.1.0',
  },
  'v1.invoice_payment.canceled': {
    subject: 'invoice_payment',
    text: 'A payment allocated to an invoice was cancelled.',
    since: '23.1.0',
  },
  'v1.invoice_payment.open': {
    subject: 'invoice_payment',
    text: 'A payment record was opened on an invoice.',
    since: '23.1.0',
  },
  'v1.invoiceitem.amount_changed': {
    subject: 'invoiceitem',
    text: "An invoice item's amount changed.",
    since: '23.1.0',
  },
  'v1.invoiceitem.discount_added': {
    subject: 'invoiceitem',
    text: 'A discount was applied to an invoice item.',
    since: '23.1.0',
  },
  'v1.invoiceitem.discount_removed': {
    subject: 'invoiceitem',
    text: 'A discount was taken off an invoice item.',
    since: '23.1.0',
  },
});
