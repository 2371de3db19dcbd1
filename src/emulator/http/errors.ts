import type { JsonObject } from '../../base/json.ts';

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
type Entry = { status: number; type: ErrorType; message: (...words: string[]) => string };

const invalid = (message: Entry['message'], status = 400): Entry => ({
  status,
  type: 'invalid_request_error',
  message,
});

/**
 * The errors of the emulated API: code → HTTP status, type and message. Codes and types are Stripe's
 * (docs.stripe.com/error-codes); messages say the same in the same places. Codes that begin with `paybell_` are ours.
 */
export const STRIPE_ERRORS = {
  account_invalid: invalid(
    (key, account) => `The key ${key} has no access to account '${account}', or there is no such account.`,
    403,
  ),
  api_key_missing: invalid(
    () => 'You did not provide an API key. Send it as `Authorization: Bearer sk_test_…`; any sk_test_ key will do.',
    401,
  ),
  api_key_invalid: invalid((key) => `Invalid API key provided: ${key}. Keys here look like sk_test_….`, 401),
  api_key_live: invalid(
    () =>
      'A live key was sent to the local Stripe. It was neither used nor stored; use a key that begins with sk_test_.',
    401,
  ),
  secret_key_required: invalid(
    () => 'This call needs a secret key (sk_test_… or rk_test_…); a publishable key was sent.',
    403,
  ),
  amount_too_large: invalid((max) => `Amount must be no more than ${max}.`),
  amount_too_small: invalid((min) => `Amount must be at least ${min}.`),
  api_version_invalid: invalid(
    (version, newest) => `Invalid Stripe API version: ${version}. The newest here is ${newest}.`,
  ),
  body_too_large: invalid((limit) => `The request body is larger than ${limit} bytes.`, 413),
  body_unreadable: invalid((why) => `The request body could not be read: ${why}.`),
  charge_already_captured: invalid((id) => `Charge ${id} has already been captured.`),
  charge_already_refunded: invalid((id) => `Charge ${id} has already been refunded.`),
  charge_disputed: invalid((id) => `Charge ${id} has been charged back; it cannot be refunded.`),
  charge_expired_for_capture: invalid((id) => `Charge ${id} has expired and can no longer be captured.`),
  charge_not_refundable: invalid((id) => `Charge ${id} cannot be refunded: it did not succeed.`),
  refund_exceeds_charge: invalid(
    (amount, rest) => `Refund amount (${amount}) is greater than unrefunded amount on charge (${rest})`,
  ),
  idempotency_key_in_use: {
    status: 400,
    type: 'idempotency_error',
    message: (key) =>
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  } as Entry,
  internal_error: {
    status: 500,
    type: 'api_error',
    message: (why) => `The local Stripe failed while it handled this request; nothing was changed. ${why}`,
  } as Entry,
  invoice_already_paid: invalid(() => 'Invoice is already paid'),
  invoice_item_frozen: invalid(
    (item, invoice) =>
      `Invoice item ${item} is on the invoice ${invoice}, which is no longer a draft: it can be neither changed nor deleted.`,
  ),
  invoice_not_editable: invalid(
    (invoice) =>
      `The invoice ${invoice} is finalized and can no longer be edited in this way; void it or issue a credit note instead.`,
  ),
  invoice_upcoming_none: invalid((customer) => `No upcoming invoices for customer: ${customer}`, 404),
  missing: invalid((what) => what),
  parameter_invalid_empty: invalid(
    (param) =>
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however ` +
      `'${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
  ),
  parameter_invalid_integer: invalid((_, value) => `Invalid integer: ${value}`),
  parameter_invalid: invalid((param, why) => `Invalid ${param}: ${why}`),
  parameter_missing: invalid((param) => `Missing required param: ${param}.`),
  parameter_unknown: invalid(
    (param, hint) => `Received unknown parameter: ${param}${hint ? `. Did you mean ${hint}?` : ''}`,
  ),
  parameters_exclusive: invalid((a, b) => `You may only specify one of these parameters: ${a}, ${b}.`),
  bank_account_unverified: invalid((message) => message),
  payment_intent_mandate_invalid: invalid((message) => message),
  payment_intent_unexpected_state: invalid((message) => message),
  setup_intent_unexpected_state: invalid((message) => message),
  payment_method_unexpected_state: invalid((message) => message),
  paybell_not_modelled: invalid(
    (operation) =>
      `The local Stripe does not model ${operation} yet, and does not pretend to. ` +
      'See docs/coverage.md for what it does model.',
    501,
  ),
  resource_missing: invalid((object, id) => `No such ${object}: '${id}'`, 404),
  resource_already_exists: invalid((object, id) => `${object} already exists: '${id}'.`),
  test_clock_advancing: invalid(
    (id) =>
      `Test clock advancement underway - cannot perform modifications. Wait until ${id} is ready: retrieve it, or listen for test_helpers.test_clock.ready.`,
    429,
  ),
  token_already_used: invalid((id) => `You cannot use a Stripe token more than once: ${id}.`),
  url_unknown: invalid(
    (method, path) =>
      `Unrecognized request URL (${method}: ${path}). Stripe has no such call in the version known here.`,
    404,
  ),
  coupon_expired: invalid((what) => what),
  customer_tax_location_invalid: invalid((why) => why),
  tax_id_invalid: invalid((value, type) => `Invalid value for ${type}: ${value}.`),
  taken: invalid((what) => what),
  dispute_closed: invalid((id) => `Dispute ${id} is closed; its evidence can no longer change.`),
  wrong_state: invalid((message) => message),
} satisfies Record<string, Entry>;

export type StripeErrorCode = keyof typeof STRIPE_ERRORS;

// Names of ours for entries to which Stripe gives no code, or the same code as another entry.
const CODE: Partial<Record<StripeErrorCode, string | null>> = {
  api_key_missing: null,
  api_key_invalid: null,
  api_key_live: 'paybell_live_key',
  api_version_invalid: null,
  body_too_large: 'paybell_body_too_large',
  body_unreadable: null,
  charge_not_refundable: null,
  refund_exceeds_charge: null,
  idempotency_key_in_use: null,
  internal_error: 'paybell_internal_error',
  invoice_already_paid: null,
  invoice_item_frozen: 'invoice_not_editable',
  missing: null,
  parameter_invalid: null,
  parameters_exclusive: null,
  taken: 'resource_already_exists',
  test_clock_advancing: null,
  url_unknown: null,
  dispute_closed: null,
  wrong_state: null,
};

/** An error as Stripe answers it: `error.type`, `code`, `message`, `param`, and what else belongs to it. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: JsonObject;
  /** Whether what the transaction did so far is kept: a decline is an outcome, not an error. */
  readonly keep: boolean;

  constructor(status: number, body: JsonObject, keep = false) {
    super(String(body['message']));
    this.name = 'StripeError';
    this.status = status;
    this.body = body;
    this.keep = keep;
  }
}

/** Builds an error from the table. `words` fill its message; `param` names the parameter at fault, as Stripe writes it. */
export function stripeError(code: StripeErrorCode, words: string[] = [], param?: string): StripeError {
  const { status, type, message } = STRIPE_ERRORS[code];
  const shown = code in CODE ? CODE[code] : code;
  return new StripeError(status, {
    ...(shown && { code: shown, doc_url: `https://stripe.com/docs/error-codes/${shown.replaceAll('_', '-')}` }),
    message: message(...words),
    ...(param && { param }),
    type,
  });
}
