/** A list that the API pages through without further parameters. */
export interface Listable {
  path: string;
  /** What to add, so that nothing is left out. */
  query?: Readonly<Record<string, string>>;
  /** Whether it is backfilled when nothing is named: what most accounts have. */
  usual?: true;
}

const at = (path: string): Listable => ({ path: `/v1/${path}` });
const usual = (path: string, query?: Record<string, string>): Listable => ({
  path: `/v1/${path}`,
  usual: true,
  ...(query && { query }),
});

/** Object type → where the API lists all of them. */
export const LISTABLE: Readonly<Record<string, Listable>> = {
  customer: usual('customers'),
  product: usual('products'),
  price: usual('prices'),
  coupon: usual('coupons'),
  promotion_code: usual('promotion_codes'),
  tax_rate: usual('tax_rates'),
  payment_intent: usual('payment_intents'),
  setup_intent: usual('setup_intents'),
  charge: usual('charges'),
  refund: usual('refunds'),
  dispute: usual('disputes'),
  // Cancelled ones are left out unless all are asked for.
  subscription: usual('subscriptions', { status: 'all' }),
  subscription_schedule: usual('subscription_schedules'),
  invoice: usual('invoices'),
  invoiceitem: usual('invoiceitems'),
  credit_note: usual('credit_notes'),
  payout: usual('payouts'),

  account: at('accounts'),
  apple_pay_domain: at('apple_pay/domains'),
  application_fee: at('application_fees'),
  balance_transaction: at('balance_transactions'),
  'billing.alert': at('billing/alerts'),
  'billing.credit_balance_transaction': at('billing/credit_balance_transactions'),
  'billing.credit_grant': at('billing/credit_grants'),
  'billing.meter': at('billing/meters'),
  'billing_portal.configuration': at('billing_portal/configurations'),
  'checkout.session': at('checkout/sessions'),
  'climate.order': at('climate/orders'),
  'entitlements.feature': at('entitlements/features'),
  file: at('files'),
  file_link: at('file_links'),
  'financial_connections.account': at('financial_connections/accounts'),
  'forwarding.request': at('forwarding/requests'),
  'identity.verification_report': at('identity/verification_reports'),
  'identity.verification_session': at('identity/verification_sessions'),
  invoice_payment: at('invoice_payments'),
  invoice_rendering_template: at('invoice_rendering_templates'),
  'issuing.authorization': at('issuing/authorizations'),
  'issuing.card': at('issuing/cards'),
  'issuing.cardholder': at('issuing/cardholders'),
  'issuing.dispute': at('issuing/disputes'),
  'issuing.personalization_design': at('issuing/personalization_designs'),
  'issuing.physical_bundle': at('issuing/physical_bundles'),
  'issuing.transaction': at('issuing/transactions'),
  payment_link: at('payment_links'),
  payment_method: at('payment_methods'),
  payment_method_configuration: at('payment_method_configurations'),
  payment_method_domain: at('payment_method_domains'),
  payment_record: at('payment_records'),
  plan: at('plans'),
  quote: at('quotes'),
  'radar.early_fraud_warning': at('radar/early_fraud_warnings'),
  'radar.value_list': at('radar/value_lists'),
  'reporting.report_run': at('reporting/report_runs'),
  review: at('reviews'),
  scheduled_query_run: at('sigma/scheduled_query_runs'),
  shipping_rate: at('shipping_rates'),
  'tax.registration': at('tax/registrations'),
  tax_id: at('tax_ids'),
  'terminal.configuration': at('terminal/configurations'),
  'terminal.location': at('terminal/locations'),
  'terminal.reader': at('terminal/readers'),
  'test_helpers.test_clock': at('test_helpers/test_clocks'),
  topup: at('topups'),
  transfer: at('transfers'),
  'treasury.financial_account': at('treasury/financial_accounts'),
};

/** What is backfilled when nothing is named. */
export const USUAL: readonly string[] = Object.keys(LISTABLE).filter((object) => LISTABLE[object]!.usual);
