import { snapshots } from './define.ts';

/** Snapshot events: payouts. */
export const payouts = snapshots('Payouts', {
  'payout.canceled': { subject: 'payout', text: 'A pending payout was cancelled.' },
  'payout.created': { subject: 'payout', text: 'A payout to your bank account or card was created.' },
  'payout.failed': { subject: 'payout', text: 'A payout could not be delivered, possibly after it was reported paid.' },
  'payout.paid': {
    subject: 'payout',
    text: 'A payout should now have reached its destination; it may still fail later.',
  },
  'payout.reconciliation_completed': {
    subject: 'payout',
    text: 'All balance transactions of an automatic payout can now be listed.',
    since: '11.18.0',
  },
  'payout.updated': { subject: 'payout', text: "A payout's metadata, status details or trace id changed." },
  'topup.canceled': { subject: 'topup', text: 'A balance top-up was cancelled.' },
  'topup.created': { subject: 'topup', text: 'A balance top-up was created.' },
  'topup.failed': { subject: 'topup', text: 'A balance top-up failed.' },
  'topup.reversed': { subject: 'topup', text: 'A balance top-up was reversed.' },
  'topup.succeeded': { subject: 'topup', text: 'A balance top-up arrived.' },
});
