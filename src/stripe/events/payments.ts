import { snapshots } from './define.ts';

/** Snapshot events: payments. */
export const payments = snapshots('Payments', {
  'charge.captured': {
    subject: 'charge',
    text: 'A charge that was only authorised has now been captured, in full or in part.',
    seed: true,
  },
  'charge.expired': { subject: 'charge', text: 'An authorised charge lapsed because it was never captured in time.' },
  'charge.failed': { subject: 'charge', text: 'An attempt to charge was declined or otherwise failed.', seed: true },
  'charge.pending': {
    subject: 'charge',
    text: 'A charge with a slow-settling payment method was created and awaits its result.',
  },
  'charge.refund.updated': {
    subject: 'refund',
    text: 'A refund changed, for selected payment methods only; refund.updated covers all methods.',
  },
  'charge.refunded': {
    subject: 'charge',
    text: 'A charge was partly or fully refunded; the charge carries the running refunded total.',
    seed: true,
  },
  'charge.succeeded': {
    subject: 'charge',
    text: 'A charge succeeded; for manual capture this means the authorisation succeeded.',
    seed: true,
  },
  'charge.updated': {
    subject: 'charge',
    text: "A charge's description or metadata changed, or its asynchronous capture produced a balance transaction.",
    seed: true,
  },
  'payment_intent.amount_capturable_updated': {
    subject: 'payment_intent',
    text: 'A manual-capture payment is authorised, so an amount can now be captured.',
  },
  'payment_intent.canceled': {
    subject: 'payment_intent',
    text: 'A PaymentIntent was cancelled by you, by expiry or with its session.',
  },
  'payment_intent.created': { subject: 'payment_intent', text: 'A PaymentIntent was created.' },
  'payment_intent.partially_funded': {
    subject: 'payment_intent',
    text: "A bank transfer covered part of a PaymentIntent's amount.",
    since: '8.222.0',
  },
  'payment_intent.payment_failed': {
    subject: 'payment_intent',
    text: 'An attempt to pay a PaymentIntent failed; it can be retried with another method.',
  },
  'payment_intent.processing': {
    subject: 'payment_intent',
    text: 'A delayed-notification payment was submitted and awaits its outcome.',
    since: '8.100.0',
  },
  'payment_intent.requires_action': {
    subject: 'payment_intent',
    text: 'A PaymentIntent needs the customer to act, such as 3D Secure.',
    since: '8.100.0',
  },
  'payment_intent.succeeded': {
    subject: 'payment_intent',
    text: "A PaymentIntent's money was collected; under manual capture, that is when it is captured.",
  },
  'refund.created': { subject: 'refund', text: 'A refund was created, whatever the payment method.', since: '11.18.0' },
  'refund.failed': {
    subject: 'refund',
    text: 'A refund failed and its amount returned to your balance.',
    since: '17.7.0',
  },
  'refund.updated': {
    subject: 'refund',
    text: 'A refund changed, such as its status, metadata or reference number.',
    since: '11.18.0',
  },
  'setup_intent.canceled': { subject: 'setup_intent', text: 'A SetupIntent was cancelled.' },
  'setup_intent.created': { subject: 'setup_intent', text: 'A SetupIntent was created.' },
  'setup_intent.requires_action': {
    subject: 'setup_intent',
    text: 'Saving a payment method needs the customer to act, such as 3D Secure.',
    since: '8.222.0',
  },
  'setup_intent.setup_failed': { subject: 'setup_intent', text: 'An attempt to save a payment method failed.' },
  'setup_intent.succeeded': { subject: 'setup_intent', text: 'A payment method was set up for future use.' },
  'three_d_secure.authentication.canceled': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication was cancelled.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.challenge_started': {
    subject: 'three_d_secure.authentication',
    text: 'The cardholder began the challenge of a standalone 3D Secure authentication.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.errored': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication broke with a technical error.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.failed': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication was not passed.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.requires_challenge': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication needs a cardholder challenge.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.requires_submission': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication waits to be submitted.',
    since: '23.1.0',
    thin: false,
  },
  'three_d_secure.authentication.succeeded': {
    subject: 'three_d_secure.authentication',
    text: 'A standalone 3D Secure authentication passed.',
    since: '23.1.0',
    thin: false,
  },
});
