import { snapshots } from './define.ts';

/** Snapshot events: identity. */
export const identity = snapshots('Identity', {
  'identity.verification_session.canceled': {
    subject: 'identity.verification_session',
    text: 'An identity verification session was cancelled.',
    since: '8.222.0',
  },
  'identity.verification_session.created': {
    subject: 'identity.verification_session',
    text: 'An identity verification session was created.',
    since: '8.222.0',
  },
  'identity.verification_session.processing': {
    subject: 'identity.verification_session',
    text: 'The person submitted their documents and Stripe is checking them.',
    since: '8.222.0',
  },
  'identity.verification_session.redacted': {
    subject: 'identity.verification_session',
    text: 'Personal data of an identity verification session was erased.',
    since: '8.222.0',
  },
  'identity.verification_session.requires_input': {
    subject: 'identity.verification_session',
    text: 'An identity check failed or needs more input from the person.',
    since: '8.222.0',
  },
  'identity.verification_session.verified': {
    subject: 'identity.verification_session',
    text: 'An identity check passed.',
    since: '8.222.0',
  },
});
