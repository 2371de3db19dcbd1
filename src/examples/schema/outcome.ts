import type { JsonObject } from '../../base/json.ts';

/** What an event says became of its subject, and which fields that is told in. */
export type Outcome = {
  /** The last word of the event's name: `failed` of `payout.failed`. */
  verb: string;
  /** Values that an event of this type cannot go without. */
  fields: JsonObject;
  /** Whether a field that tells of an end (`failure_code`, `canceled_at`) has something to tell here. */
  tells(field: string): boolean;
};

/** Fields that are empty as long as nothing came to an end. */
const ENDS =
  /original|fail|error|cancel|reject|clos|expired|return|revers|delet|archiv|deactivat|disabl|redact|void|declin|refund|replac|transform|previous|dispute|loss|reduc/;

/** States that are not what an event means unless it says so. */
const UNHAPPY =
  /fail|cancel|reject|clos|expired|return|revers|delet|inactive|disabl|redact|lost|error|archived|void|declin|unsub|uninstall|withdrawn|other|none|unknown|not_|suspended|blocked/;

/** How Stripe calls in a state what an event calls by its verb, where the two words differ. */
const SAYS: Record<string, readonly string[]> = {
  closed: ['closed', 'won'],
  completed: ['complete', 'completed', 'succeeded'],
  activated: ['active'],
  reactivated: ['active'],
  deactivated: ['inactive'],
  delayed: ['confirmed'],
  async_payment_failed: ['complete'],
  async_payment_succeeded: ['complete'],
  action_succeeded: ['online', 'succeeded'],
  action_failed: ['online', 'failed'],
  action_updated: ['online', 'in_progress'],
  funds_reinstated: ['won'],
  funds_rescinded: ['lost'],
  errored: ['errored', 'failed'],
  challenge_started: ['challenge_started', 'requires_challenge'],
  initial_credit_granted: ['pending', 'processing'],
  disconnected: ['disconnected'],
  created: [
    'created',
    'requires_input',
    'requires_submission',
    'pending',
    'processing',
    'open',
    'active',
    'unsubmitted',
  ],
};
const USUAL = [
  'active',
  'installed',
  'verified',
  'enabled',
  'succeeded',
  'posted',
  'paid',
  'open',
  'pending',
  'processing',
  'complete',
];

/** What only events of one type say. */
const FIELDS: Record<string, JsonObject> = {
  'application_fee.refunded': { amount: 88, amount_refunded: 88, refunded: true },
  'checkout.session.completed': { payment_status: 'paid' },
  'checkout.session.async_payment_succeeded': { payment_status: 'paid' },
  'checkout.session.async_payment_failed': { payment_status: 'unpaid' },
  'checkout.session.expired': { status: 'expired', payment_status: 'unpaid', payment_intent: null },
  'invoice.finalization_failed': {
    status: 'draft',
    last_finalization_error: {
      code: 'customer_tax_location_invalid',
      message: "The customer's location isn't recognized.",
      type: 'invalid_request_error',
    },
  },
  'invoice.payment_attempt_required': { status: 'open', attempted: false, auto_advance: true },
  'payout.paid': { status: 'paid', trace_id: { status: 'supported', value: '1234567890' } },
  'payout.canceled': { status: 'canceled' },
  'payout.reconciliation_completed': { status: 'paid', reconciliation_status: 'completed' },
  'payout.failed': {
    status: 'failed',
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed.',
  },
  'source.failed': { status: 'failed' },
  'source.canceled': { status: 'canceled' },
  'source.refund_attributes_required': { status: 'consumed' },
  'topup.failed': { failure_code: 'insufficient_funds', failure_message: 'The bank account has insufficient funds.' },
  'test_helpers.test_clock.internal_failure': { status: 'internal_failure' },
  'transfer.reversed': { amount: 2000, amount_reversed: 2000, reversed: true },
};

export function outcomeOf(type: string): Outcome {
  const verb = type.slice(type.lastIndexOf('.') + 1);
  const stem = verb.replace(/^.*_/, '').slice(0, 5);
  const ends = ENDS.test(verb);
  return {
    verb,
    fields: FIELDS[type] ?? {},
    tells: (field) => !ENDS.test(field) || (ends && field.includes(stem.slice(0, 4))),
  };
}

/** The value of an enumeration that fits what happened. */
export function choose(name: string, values: readonly string[], { verb }: Outcome): string {
  const first = (wanted: readonly string[]) => wanted.find((value) => values.includes(value));
  const said = /^(status|state|outcome)$/.test(name) && first([verb, ...(SAYS[verb] ?? []), ...USUAL]);
  const usual = first(['card', 'us_bank_account', 'individual', 'usd', 'US', 'visa', 'standard', 'month']);
  return said || usual || (values.find((value) => !UNHAPPY.test(value)) ?? values[0]!);
}
