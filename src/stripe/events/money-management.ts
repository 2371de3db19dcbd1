import { thins } from './define.ts';

/** Thin events without a snapshot twin: money management. */
export const moneyManagementThin = thins('Money management', {
  'v2.money_management.adjustment.created': {
    subject: 'v2.money_management.adjustment',
    text: 'A balance adjustment was made on a v2 financial account.',
    since: '23.1.0',
  },
  'v2.money_management.financial_account.created': {
    subject: 'v2.money_management.financial_account',
    text: 'A v2 financial account was created.',
    since: '23.1.0',
  },
  'v2.money_management.financial_account.updated': {
    subject: 'v2.money_management.financial_account',
    text: 'A v2 financial account changed.',
    since: '23.1.0',
  },
  'v2.money_management.financial_address.activated': {
    subject: 'v2.money_management.financial_address',
    text: 'A financial address is ready to receive money.',
    since: '23.1.0',
  },
  'v2.money_management.financial_address.failed': {
    subject: 'v2.money_management.financial_address',
    text: 'A financial address could not be activated.',
    since: '23.1.0',
  },
  'v2.money_management.inbound_transfer.available': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'Money from an inbound transfer became available.',
    since: '23.1.0',
    data: true,
  },
  'v2.money_management.inbound_transfer.bank_debit_failed': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'The bank debit behind an inbound transfer failed.',
    since: '23.1.0',
  },
  'v2.money_management.inbound_transfer.bank_debit_processing': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'The bank debit behind an inbound transfer is being processed.',
    since: '23.1.0',
  },
  'v2.money_management.inbound_transfer.bank_debit_queued': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'The bank debit behind an inbound transfer was queued.',
    since: '23.1.0',
  },
  'v2.money_management.inbound_transfer.bank_debit_returned': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'The bank debit behind an inbound transfer was returned.',
    since: '23.1.0',
  },
  'v2.money_management.inbound_transfer.bank_debit_succeeded': {
    subject: 'v2.money_management.inbound_transfer',
    text: 'The bank debit behind an inbound transfer succeeded.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.canceled': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment was cancelled.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.created': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment was created.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.failed': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment failed.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.posted': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment was posted.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.returned': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment came back.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.under_review': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment is held for review.',
    since: '23.1.0',
  },
  'v2.money_management.outbound_payment.updated': {
    subject: 'v2.money_management.outbound_payment',
    text: 'A v2 outbound payment changed.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.canceled': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent was cancelled.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.created': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent was created.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.pending': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent became pending.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.posted': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent was posted.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.processing': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent is being processed.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.requires_action': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent needs further action.',
    since: '23.1.0',
  },
  'v2.money_management.payout_intent.updated': {
    subject: 'v2.money_management.payout_intent',
    text: 'A payout intent changed.',
    since: '23.1.0',
  },
  'v2.money_management.payout_method.created': {
    subject: 'v2.money_management.payout_method',
    text: "A recipient's payout method was created.",
    since: '23.1.0',
  },
  'v2.money_management.payout_method.updated': {
    subject: 'v2.money_management.payout_method',
    text: "A recipient's payout method changed.",
    since: '23.1.0',
  },
  'v2.money_management.received_credit.available': {
    subject: 'v2.money_management.received_credit',
    text: 'Received money became available in the v2 balance.',
    since: '23.1.0',
    data: true,
  },
  'v2.money_management.received_credit.failed': {
    subject: 'v2.money_management.received_credit',
    text: 'An incoming credit to the v2 balance failed.',
    since: '23.1.0',
  },
  'v2.money_management.received_credit.returned': {
    subject: 'v2.money_management.received_credit',
    text: 'An incoming credit was sent back to its originator.',
    since: '23.1.0',
  },
  'v2.money_management.received_credit.succeeded': {
    subject: 'v2.money_management.received_credit',
    text: 'An incoming credit succeeded.',
    since: '23.1.0',
  },
  'v2.money_management.recipient_verification.created': {
    subject: 'v2.money_management.recipient_verification',
    text: "A check of a recipient's bank details was started.",
    since: '23.1.0',
  },
  'v2.money_management.recipient_verification.updated': {
    subject: 'v2.money_management.recipient_verification',
    text: "A check of a recipient's bank details changed.",
    since: '23.1.0',
  },
  'v2.money_management.transaction.created': {
    subject: 'v2.money_management.transaction',
    text: 'A transaction was recorded on a v2 financial account.',
    since: '23.1.0',
    data: true,
  },
  'v2.money_management.transaction.updated': {
    subject: 'v2.money_management.transaction',
    text: 'A transaction on a v2 financial account changed.',
    since: '23.1.0',
    data: true,
  },
});
