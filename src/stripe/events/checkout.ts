import { snapshots } from './define.ts';

/** Snapshot events: checkout. */
export const checkout = snapshots('Payments', {
  'checkout.session.async_payment_failed': {
    subject: 'checkout.session',
    text: 'The delayed payment behind a completed Checkout Session finally failed.',
    since: '8.100.0',
  },
  'checkout.session.async_payment_succeeded': {
    subject: 'checkout.session',
    text: 'The delayed payment behind a completed Checkout Session finally succeeded.',
    since: '8.100.0',
  },
  'checkout.session.completed': {
    subject: 'checkout.session',
    text: 'The customer finished a Checkout Session; check payment_status before fulfilling.',
  },
  'checkout.session.expired': {
    subject: 'checkout.session',
    text: 'A Checkout Session ran out of time or was expired through the API.',
    since: '8.222.0',
  },
  'payment_link.created': { subject: 'payment_link', text: 'A payment link was created.', since: '8.222.0' },
  'payment_link.updated': {
    subject: 'payment_link',
    text: 'A payment link was changed or deactivated.',
    since: '8.222.0',
  },
});
