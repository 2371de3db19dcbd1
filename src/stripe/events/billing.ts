import { snapshots, thins } from './define.ts';

/** Snapshot events: billing. */
export const billing = snapshots('Billing', {
  'billing.alert.triggered': {
    subject: 'billing.alert_triggered',
    text: 'A usage alert crossed the threshold configured for it.',
    since: '16.12.0',
    thin: { subject: 'billing.alert' },
  },
  'billing.credit_balance_transaction.created': {
    subject: 'billing.credit_balance_transaction',
    text: "Billing credits were granted to, or drawn from, a customer's credit balance.",
    since: '18.5.0',
  },
  'billing.credit_grant.created': {
    subject: 'billing.credit_grant',
    text: 'A billing credit grant was issued to a customer.',
    since: '18.5.0',
  },
  'billing.credit_grant.updated': {
    subject: 'billing.credit_grant',
    text: 'A billing credit grant changed, for instance it expired, was voided or edited.',
    since: '18.5.0',
  },
  'billing.meter.created': { subject: 'billing.meter', text: 'A new usage meter was defined.', since: '18.5.0' },
  'billing.meter.deactivated': {
    subject: 'billing.meter',
    text: 'A usage meter was switched off and stops accepting usage.',
    since: '18.5.0',
  },
  'billing.meter.reactivated': {
    subject: 'billing.meter',
    text: 'A previously deactivated usage meter was switched on again.',
    since: '18.5.0',
  },
  'billing.meter.updated': {
    subject: 'billing.meter',
    text: "A usage meter's editable attributes, such as its display name, changed.",
    since: '18.5.0',
  },
  'billing_portal.configuration.created': {
    subject: 'billing_portal.configuration',
    text: 'A customer portal configuration was created.',
    since: '8.222.0',
  },
  'billing_portal.configuration.updated': {
    subject: 'billing_portal.configuration',
    text: 'A customer portal configuration was changed.',
    since: '8.222.0',
  },
  'billing_portal.session.created': {
    subject: 'billing_portal.session',
    text: 'A customer portal session was opened for a customer.',
    since: '9.16.0',
    thin: { subject: null },
  },
  'entitlements.active_entitlement_summary.updated': {
    subject: 'entitlements.active_entitlement_summary',
    text: 'The set of features a customer is entitled to changed.',
    since: '15.12.0',
    thin: { subject: null },
  },
  'quote.accepted': {
    subject: 'quote',
    text: "A customer's quote was accepted, producing an invoice, subscription or schedule.",
    since: '8.222.0',
  },
  'quote.canceled': { subject: 'quote', text: 'A quote was cancelled or lapsed.', since: '8.222.0' },
  'quote.created': { subject: 'quote', text: 'A draft quote was created.', since: '8.222.0' },
  'quote.finalized': { subject: 'quote', text: 'A quote was finalized and is open for acceptance.', since: '8.222.0' },
});

/** Thin events without a snapshot twin: billing. */
export const billingThin = thins('Billing', {
  'v1.billing.meter.error_report_triggered': {
    subject: 'billing.meter',
    text: 'A meter received usage events that were invalid when processed asynchronously.',
    since: '17.7.0',
    data: true,
  },
  'v1.billing.meter.no_meter_found': {
    subject: null,
    text: 'Usage events arrived that match no meter.',
    since: '17.7.0',
    data: true,
  },
  'v1.entitlements.active_entitlement_summary.entitlement_added': {
    subject: null,
    text: 'A customer gained a feature entitlement.',
    since: '23.1.0',
  },
  'v1.entitlements.active_entitlement_summary.entitlement_removed': {
    subject: null,
    text: 'A customer lost a feature entitlement.',
    since: '23.1.0',
  },
});
