import { snapshots } from './define.ts';

/** Snapshot events: customers. */
export const customers = snapshots('Customers', {
  'customer.created': { subject: 'customer', text: 'A new customer was created.', seed: true },
  'customer.deleted': {
    subject: 'customer',
    text: 'A customer was permanently deleted, which also ends its subscriptions.',
    seed: true,
  },
  'customer.source.created': {
    subject: ['card', 'bank_account', 'source', 'account'],
    text: 'A legacy card, bank account or Source was attached to a customer.',
    seed: true,
    thin: false,
  },
  'customer.source.deleted': {
    subject: ['card', 'bank_account', 'source', 'account'],
    text: 'A legacy card, bank account or Source was removed from a customer.',
    seed: true,
    thin: false,
  },
  'customer.source.expiring': {
    subject: ['card', 'bank_account', 'source', 'account'],
    text: 'A legacy card or Source expires at the end of this month; never sent for PaymentMethods.',
    thin: false,
  },
  'customer.source.updated': {
    subject: ['card', 'bank_account', 'source', 'account'],
    text: "Details of a customer's legacy card, bank account or Source changed.",
    seed: true,
    thin: false,
  },
  'customer.tax_id.created': { subject: 'tax_id', text: 'A tax ID was added to a customer.' },
  'customer.tax_id.deleted': { subject: 'tax_id', text: 'A tax ID was removed from a customer.' },
  'customer.tax_id.updated': {
    subject: 'tax_id',
    text: "A customer's tax ID changed, for example its verification result arrived.",
  },
  'customer.updated': {
    subject: 'customer',
    text: 'Some property of a customer changed, such as email, currency, balance, delinquency or default payment method.',
    seed: true,
  },
});
