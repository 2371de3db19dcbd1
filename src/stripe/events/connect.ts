import { snapshots, thins } from './define.ts';

/** Snapshot events: connect. */
export const connect = snapshots('Connect', {
  'account.application.authorized': {
    subject: 'application',
    text: "A Connect user granted your platform's application access to their account; only that application receives it.",
    thin: { subject: null },
  },
  'account.application.deauthorized': {
    subject: 'application',
    text: "A connected account revoked your application's access; only the platform that lost access hears about it.",
    seed: true,
    thin: { subject: null },
  },
  'account.external_account.created': {
    subject: ['bank_account', 'card'],
    text: 'A bank account or debit card for payouts was added to an account.',
    seed: true,
    thin: { subject: null },
  },
  'account.external_account.deleted': {
    subject: ['bank_account', 'card'],
    text: 'A payout bank account or debit card was removed from an account.',
    seed: true,
    thin: { subject: null },
  },
  'account.external_account.updated': {
    subject: ['bank_account', 'card'],
    text: "Details or status of an account's payout bank account or debit card changed.",
    seed: true,
    thin: { subject: null },
  },
  'account.updated': {
    subject: 'account',
    text: 'Any attribute of an account changed: requirements, capabilities, charges_enabled, payouts_enabled, profile or settings.',
    seed: true,
  },
  'application_fee.created': {
    subject: 'application_fee',
    text: 'A platform collected its application fee from a charge made for a connected account.',
    seed: true,
  },
  'application_fee.refund.updated': {
    subject: 'fee_refund',
    text: 'An existing refund of an application fee was edited, typically its metadata.',
    seed: true,
  },
  'application_fee.refunded': {
    subject: 'application_fee',
    text: 'An application fee was returned in full or in part, directly or through a charge refund.',
    seed: true,
  },
  'capability.updated': {
    subject: 'capability',
    text: "A connected account's capability changed status or gained new requirements.",
  },
  'person.created': {
    subject: 'person',
    text: 'A person such as an owner or representative was added to a connected account.',
  },
  'person.deleted': { subject: 'person', text: 'A person was removed from a connected account.' },
  'person.updated': {
    subject: 'person',
    text: "Details or verification state of a connected account's person changed.",
  },
  'transfer.created': {
    subject: 'transfer',
    text: 'Money was transferred from the platform to a connected account.',
    seed: true,
  },
  'transfer.reversed': {
    subject: 'transfer',
    text: 'A transfer to a connected account was reversed, in full or in part.',
    seed: true,
  },
  'transfer.updated': { subject: 'transfer', text: "A transfer's description or metadata changed.", seed: true },
});

/** Thin events without a snapshot twin: connect. */
export const connectThin = thins('Connect', {
  'v2.core.account.closed': { subject: 'v2.core.account', text: 'A v2 account was closed.', since: '20.4.1' },
  'v2.core.account.created': { subject: 'v2.core.account', text: 'A v2 account was created.', since: '20.4.1' },
  'v2.core.account.updated': { subject: 'v2.core.account', text: 'A v2 account changed.', since: '20.4.1' },
  'v2.core.account[configuration.customer].capability_status_updated': {
    subject: 'v2.core.account',
    text: "A capability in a v2 account's customer configuration changed status.",
    since: '20.4.1',
    data: true,
  },
  'v2.core.account[configuration.customer].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's customer configuration changed.",
    since: '20.4.1',
  },
  'v2.core.account[configuration.merchant].capability_status_updated': {
    subject: 'v2.core.account',
    text: "A capability in a v2 account's merchant configuration changed status.",
    since: '20.4.1',
    data: true,
  },
  'v2.core.account[configuration.merchant].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's merchant configuration changed.",
    since: '20.4.1',
  },
  'v2.core.account[configuration.recipient].capability_status_updated': {
    subject: 'v2.core.account',
    text: "A capability in a v2 account's recipient configuration changed status.",
    since: '20.4.1',
    data: true,
  },
  'v2.core.account[configuration.recipient].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's recipient configuration changed.",
    since: '20.4.1',
  },
  'v2.core.account[defaults].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's defaults were set or changed.",
    since: '20.4.1',
  },
  'v2.core.account[future_requirements].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's future requirements changed.",
    since: '20.4.1',
  },
  'v2.core.account[identity].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's identity data changed.",
    since: '20.4.1',
  },
  'v2.core.account[requirements].updated': {
    subject: 'v2.core.account',
    text: "A v2 account's current requirements changed.",
    since: '20.4.1',
  },
  'v2.core.account_link.returned': {
    subject: null,
    text: 'A user finished the flow behind a v2 account link.',
    since: '20.4.1',
    data: true,
  },
  'v2.core.account_person.created': {
    subject: 'v2.core.account_person',
    text: 'A person was added to a v2 account.',
    since: '20.4.1',
    data: true,
  },
  'v2.core.account_person.deleted': {
    subject: 'v2.core.account_person',
    text: 'A person was removed from a v2 account.',
    since: '20.4.1',
    data: true,
  },
  'v2.core.account_person.updated': {
    subject: 'v2.core.account_person',
    text: 'A person on a v2 account changed.',
    since: '20.4.1',
    data: true,
  },
});
