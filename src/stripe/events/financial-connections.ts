import { snapshots, thins } from './define.ts';

/** Snapshot events: financial connections. */
export const financialConnections = snapshots('Financial Connections', {
  'financial_connections.account.account_numbers_updated': {
    subject: 'financial_connections.account',
    text: 'The account numbers of a linked bank account changed.',
    since: '20.4.1',
  },
  'financial_connections.account.created': {
    subject: 'financial_connections.account',
    text: 'A customer linked a new bank account through Financial Connections.',
    since: '9.16.0',
  },
  'financial_connections.account.deactivated': {
    subject: 'financial_connections.account',
    text: 'A linked bank account went from active to inactive.',
    since: '9.16.0',
  },
  'financial_connections.account.disconnected': {
    subject: 'financial_connections.account',
    text: 'A linked bank account was disconnected.',
    since: '9.16.0',
  },
  'financial_connections.account.expected_deactivation_date_updated': {
    subject: 'financial_connections.account',
    text: 'The date on which a linked bank account should become inactive was set or moved.',
    since: '22.6.2',
  },
  'financial_connections.account.reactivated': {
    subject: 'financial_connections.account',
    text: 'A linked bank account went from inactive back to active.',
    since: '9.16.0',
  },
  'financial_connections.account.refreshed_balance': {
    subject: 'financial_connections.account',
    text: 'A balance refresh on a linked bank account finished, successfully or not.',
    since: '9.16.0',
  },
  'financial_connections.account.refreshed_ownership': {
    subject: 'financial_connections.account',
    text: 'An ownership refresh on a linked bank account finished, successfully or not.',
    since: '14.25.0',
  },
  'financial_connections.account.refreshed_transactions': {
    subject: 'financial_connections.account',
    text: 'A transaction refresh on a linked bank account finished, successfully or not.',
    since: '14.25.0',
  },
  'financial_connections.account.supported_payment_method_types_updated': {
    subject: 'financial_connections.account',
    text: 'The payment method types a linked bank account can be used for changed.',
    since: '22.6.2',
  },
  'financial_connections.account.upcoming_account_number_expiry': {
    subject: 'financial_connections.account',
    text: "A linked account's tokenised account number will soon expire.",
    since: '20.4.1',
  },
  'financial_connections.account.upcoming_deactivation': {
    subject: 'financial_connections.account',
    text: 'A linked bank account is expected to become inactive in about 30 days.',
    since: '22.6.2',
  },
  'financial_connections.authorization.expected_deactivation_date_updated': {
    subject: 'financial_connections.authorization',
    text: 'The expected deactivation date of a bank login authorisation was set or moved.',
    since: '22.6.2',
    thin: false,
  },
  'financial_connections.authorization.upcoming_deactivation': {
    subject: 'financial_connections.authorization',
    text: 'A bank login authorisation is expected to become inactive in about 30 days.',
    since: '22.6.2',
    thin: false,
  },
});

/** Thin events without a snapshot twin: financial connections. */
export const financialConnectionsThin = thins('Financial Connections', {
  'v1.financial_connections.account.balance_refresh_failed': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's balance failed.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.balance_refresh_succeeded': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's balance succeeded.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.inferred_balances_refresh_failed': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's inferred balances failed.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.inferred_balances_refresh_succeeded': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's inferred balances succeeded.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.ownership_refresh_failed': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's ownership failed.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.ownership_refresh_succeeded': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's ownership succeeded.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.risk_intelligence_refresh_failed': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's risk intelligence failed.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.risk_intelligence_refresh_succeeded': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's risk intelligence succeeded.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.transactions_refresh_failed': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's transactions failed.",
    since: '23.1.0',
  },
  'v1.financial_connections.account.transactions_refresh_succeeded': {
    subject: 'financial_connections.account',
    text: "Refreshing a linked bank account's transactions succeeded.",
    since: '23.1.0',
  },
});
