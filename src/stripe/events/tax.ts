import { snapshots } from './define.ts';

/** Snapshot events: tax. */
export const tax = snapshots('Tax', {
  'tax.settings.updated': {
    subject: 'tax.settings',
    text: "The account's Stripe Tax settings changed.",
    since: '12.18.0',
  },
  'tax_rate.created': { subject: 'tax_rate', text: 'A tax rate was created.' },
  'tax_rate.updated': { subject: 'tax_rate', text: 'A tax rate changed.' },
});
