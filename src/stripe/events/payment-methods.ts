import { snapshots } from './define.ts';

/** Snapshot events: payment methods. */
export const paymentMethods = snapshots('Payments', {
  'mandate.updated': { subject: 'mandate', text: 'A payment mandate changed, typically becoming active or inactive.' },
  'payment_method.attached': { subject: 'payment_method', text: 'A payment method was saved to a customer.' },
  'payment_method.automatically_updated': {
    subject: 'payment_method',
    text: 'The card network pushed new details for a saved card.',
    since: '8.100.0',
  },
  'payment_method.detached': { subject: 'payment_method', text: 'A payment method was removed from its customer.' },
  'payment_method.updated': { subject: 'payment_method', text: 'A payment method was edited through the update API.' },
  'source.canceled': { subject: 'source', text: 'A legacy Source expired or was cancelled.' },
  'source.chargeable': { subject: 'source', text: 'A legacy Source can now be charged.' },
  'source.failed': {
    subject: 'source',
    text: 'A legacy Source failed, often because the customer declined authorisation.',
  },
  'source.mandate_notification': {
    subject: 'source_mandate_notification',
    text: 'With manual notification, you must tell the customer about an upcoming debit.',
    thin: false,
  },
  'source.refund_attributes_required': {
    subject: 'source',
    text: "A legacy receiver Source needs the customer's details before a refund.",
  },
  'source.transaction.created': {
    subject: 'source_transaction',
    text: 'Money arrived at a legacy Source.',
    thin: false,
  },
  'source.transaction.updated': {
    subject: 'source_transaction',
    text: 'A transaction on a legacy Source changed.',
    thin: false,
  },
});
