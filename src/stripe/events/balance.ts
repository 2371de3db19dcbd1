import { snapshots } from './define.ts';

/** Snapshot events: balance. */
export const balance = snapshots('Balance', {
  'balance.available': {
    subject: 'balance',
    text: 'Pending funds became available in the balance; not sent for negative transactions.',
    seed: true,
  },
  'balance_settings.updated': {
    subject: 'balance_settings',
    text: 'Payout schedule or other balance settings of the account were changed.',
    since: '19.3.1',
  },
  'cash_balance.funds_available': {
    subject: 'cash_balance',
    text: "Unapplied money remains in a customer's cash balance after automatic reconciliation, or arrives under manual reconciliation.",
    since: '8.222.0',
  },
  'customer_cash_balance_transaction.created': {
    subject: 'customer_cash_balance_transaction',
    text: "Money moved into or out of a customer's cash balance.",
    since: '10.17.0',
  },
  'reserve.hold.created': {
    subject: 'reserve.hold',
    text: 'Funds were placed in a reserve hold.',
    since: '20.4.1',
    thin: false,
  },
  'reserve.hold.updated': { subject: 'reserve.hold', text: 'A reserve hold changed.', since: '20.4.1', thin: false },
  'reserve.plan.created': {
    subject: 'reserve.plan',
    text: 'A reserve plan was set on the account.',
    since: '20.4.1',
    thin: false,
  },
  'reserve.plan.disabled': {
    subject: 'reserve.plan',
    text: 'A reserve plan was switched off.',
    since: '20.4.1',
    thin: false,
  },
  'reserve.plan.expired': {
    subject: 'reserve.plan',
    text: 'A reserve plan reached its end.',
    since: '20.4.1',
    thin: false,
  },
  'reserve.plan.updated': { subject: 'reserve.plan', text: 'A reserve plan changed.', since: '20.4.1', thin: false },
  'reserve.release.created': {
    subject: 'reserve.release',
    text: 'Reserved funds were released.',
    since: '20.4.1',
    thin: false,
  },
});
