import { snapshots } from './define.ts';

/** Snapshot events: issuing. */
export const issuing = snapshots('Issuing', {
  'issuing_authorization.created': {
    subject: 'issuing.authorization',
    text: 'An issued card was presented and an authorisation record was created.',
  },
  'issuing_authorization.request': {
    subject: 'issuing.authorization',
    text: 'Stripe asks synchronously whether to approve an issued-card purchase; answer within about two seconds.',
  },
  'issuing_authorization.updated': {
    subject: 'issuing.authorization',
    text: 'An issued-card authorisation changed, for instance reversed, expired or incremented.',
  },
  'issuing_card.created': { subject: 'issuing.card', text: 'A card was issued.' },
  'issuing_card.updated': {
    subject: 'issuing.card',
    text: 'An issued card changed, for example status, shipping or limits.',
  },
  'issuing_cardholder.created': { subject: 'issuing.cardholder', text: 'A cardholder was created.' },
  'issuing_cardholder.updated': {
    subject: 'issuing.cardholder',
    text: "A cardholder's details, status or requirements changed.",
  },
  'issuing_dispute.closed': {
    subject: 'issuing.dispute',
    text: 'A dispute on an issued-card transaction was won, lost or expired.',
    since: '8.100.0',
  },
  'issuing_dispute.created': {
    subject: 'issuing.dispute',
    text: 'A dispute on an issued-card transaction was drafted.',
  },
  'issuing_dispute.funds_reinstated': {
    subject: 'issuing.dispute',
    text: 'Money for an issued-card dispute was credited to your balance.',
    since: '8.100.0',
  },
  'issuing_dispute.funds_rescinded': {
    subject: 'issuing.dispute',
    text: 'Money earlier credited for an issued-card dispute was taken back.',
    since: '16.12.0',
  },
  'issuing_dispute.submitted': {
    subject: 'issuing.dispute',
    text: 'A dispute on an issued-card transaction was sent to the network.',
    since: '8.100.0',
  },
  'issuing_dispute.updated': { subject: 'issuing.dispute', text: 'A dispute on an issued-card transaction changed.' },
  'issuing_personalization_design.activated': {
    subject: 'issuing.personalization_design',
    text: 'A card design became usable because its physical bundle was activated.',
    since: '15.12.0',
  },
  'issuing_personalization_design.deactivated': {
    subject: 'issuing.personalization_design',
    text: 'A card design became unusable because its physical bundle was deactivated.',
    since: '15.12.0',
  },
  'issuing_personalization_design.rejected': {
    subject: 'issuing.personalization_design',
    text: 'Design review turned down a card design.',
    since: '15.12.0',
  },
  'issuing_personalization_design.updated': {
    subject: 'issuing.personalization_design',
    text: 'A card design was edited.',
    since: '15.12.0',
  },
  'issuing_token.created': {
    subject: 'issuing.token',
    text: 'An issued card was added to a digital wallet.',
    since: '13.11.0',
  },
  'issuing_token.updated': {
    subject: 'issuing.token',
    text: 'A digital-wallet token of an issued card changed.',
    since: '13.11.0',
  },
  'issuing_transaction.created': {
    subject: 'issuing.transaction',
    text: 'Money moved on an issued card: a capture or refund settled.',
  },
  'issuing_transaction.purchase_details_receipt_updated': {
    subject: 'issuing.transaction',
    text: 'Receipt line items arrived for an issued-card transaction.',
    since: '17.7.0',
  },
  'issuing_transaction.updated': { subject: 'issuing.transaction', text: 'An issued-card transaction changed.' },
});
