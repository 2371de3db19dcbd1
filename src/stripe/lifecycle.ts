import type { JsonObject } from '../base/json.ts';

/**
 * What is known of how an object of one type lives: the evidence for which of two states was first when their events
 * carry the same second. Only what never goes back belongs here. Paths are dotted.
 */
export interface Lifecycle {
  /** Events that begin it and are not named `….created`, or that precede it; the earliest first. */
  births?: readonly string[];
  /** Field → value → rank: a lower rank is never seen after a higher one. Values without a rank say nothing. */
  ranks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Fields that only grow: numbers, lists that get longer, false → true, null → any value. */
  grows?: readonly string[];
  /** How events of one second are usually told; the weakest evidence. Undefined: nothing is known. */
  told?: (type: string, object: JsonObject) => number | undefined;
}

const usually =
  (...types: readonly string[]) =>
  (type: string): number | undefined => {
    const at = types.indexOf(type);
    return at < 0 ? undefined : at;
  };

/** `payment_intent.requires_action` after a failed attempt still shows that attempt's charge; before one it shows none. */
function intentTold(type: string, object: JsonObject): number | undefined {
  const triedBefore = object['latest_charge'] != null || object['latest_attempt'] != null;
  const error = (object['last_payment_error'] ?? object['last_setup_error']) as JsonObject | null | undefined;
  switch (type.slice(type.indexOf('.') + 1)) {
    case 'created':
      return 0;
    case 'requires_action':
      return type.startsWith('payment_intent') && triedBefore ? 5 : 1;
    case 'processing':
      return 2;
    case 'amount_capturable_updated':
    case 'partially_funded':
      return 3;
    case 'payment_failed':
    case 'setup_failed':
      // A failed authentication makes no charge: what it shows is the charge of an attempt before.
      return triedBefore && error?.['code'] === 'payment_intent_authentication_failure' ? 6 : 4;
    case 'succeeded':
      return 7;
    case 'canceled':
      return 8;
    default:
      return undefined;
  }
}

const moneyMovement: Lifecycle = {
  ranks: { status: { processing: 0, posted: 1, succeeded: 1, canceled: 1, failed: 2, returned: 2, reversed: 2 } },
};
const reserve: Lifecycle = { ranks: { status: { active: 0, disabled: 1, expired: 1, released: 1 } } };

/** Object type → its life. An object without an entry is ordered by its deletion, creation and `previous_attributes`. */
export const LIFECYCLES: Readonly<Record<string, Lifecycle>> = {
  application_fee: { grows: ['amount_refunded', 'refunded', 'refunds'] },
  'billing.credit_grant': { grows: ['voided_at'] },
  charge: {
    births: ['charge.pending', 'payment.created'],
    ranks: { status: { pending: 0, succeeded: 1, failed: 2 } },
    grows: [
      'amount_captured',
      'amount_refunded',
      'captured',
      'refunded',
      'disputed',
      'balance_transaction',
      'failure_balance_transaction',
      'refunds',
      'transfer',
    ],
    // The first event of a card payment; a bank debit's comes days after `charge.pending`, so it is no birth.
    told: (type) => (type === 'charge.succeeded' || type === 'charge.failed' ? 0 : 1),
  },
  'checkout.session': {
    ranks: {
      status: { open: 0, complete: 1, expired: 1 },
      payment_status: { unpaid: 0, paid: 1, no_payment_required: 1 },
    },
    told: usually(
      'checkout.session.completed',
      'checkout.session.async_payment_failed',
      'checkout.session.async_payment_succeeded',
    ),
  },
  'climate.order': { ranks: { status: { awaiting_funds: 0, confirmed: 1, delivered: 2, canceled: 2 } } },
  coupon: { ranks: { valid: { true: 0, false: 1 } }, grows: ['times_redeemed'] },
  credit_note: { ranks: { status: { issued: 0, void: 1 } }, grows: ['voided_at'] },
  customer: { grows: ['next_invoice_sequence'] },
  dispute: {
    // An inquiry may become a chargeback, so the warning states come before the others.
    ranks: {
      status: {
        warning_needs_response: 0,
        warning_under_review: 1,
        needs_response: 2,
        under_review: 3,
        warning_closed: 4,
        won: 4,
        lost: 4,
        prevented: 4,
      },
      is_charge_refundable: { true: 0, false: 1 },
    },
    grows: ['balance_transactions', 'evidence_details.submission_count', 'evidence_details.has_evidence'],
    told: usually(
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ),
  },
  'financial_connections.account': { ranks: { status: { active: 0, inactive: 0, disconnected: 1 } } },
  'identity.verification_session': {
    ranks: { status: { requires_input: 0, processing: 0, verified: 1, canceled: 2 } },
    told: usually(
      'identity.verification_session.created',
      'identity.verification_session.processing',
      'identity.verification_session.requires_input',
    ),
  },
  invoice: {
    ranks: { status: { draft: 0, open: 1, uncollectible: 2, paid: 3, void: 3 } },
    grows: [
      'attempt_count',
      'attempted',
      'amount_paid',
      'number',
      'hosted_invoice_url',
      'invoice_pdf',
      'post_payment_credit_notes_amount',
      'pre_payment_credit_notes_amount',
      'webhooks_delivered_at',
      'status_transitions.finalized_at',
      'status_transitions.marked_uncollectible_at',
      'status_transitions.paid_at',
      'status_transitions.voided_at',
    ],
    told: usually(
      'invoice.created',
      'invoice.finalized',
      'invoice.sent',
      'invoice.payment_action_required',
      'invoice.payment_failed',
      'invoice.marked_uncollectible',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice.voided',
    ),
  },
  invoice_payment: { ranks: { status: { open: 0, paid: 1, canceled: 1 } }, grows: ['amount_paid'] },
  'issuing.authorization': {
    births: ['issuing_authorization.request', 'issuing_authorization.created'],
    ranks: { status: { pending: 0, closed: 1, reversed: 1, expired: 1 } },
    grows: ['balance_transactions', 'transactions', 'request_history'],
  },
  'issuing.card': { ranks: { status: { inactive: 0, active: 0, canceled: 1 } } },
  'issuing.dispute': {
    ranks: { status: { unsubmitted: 0, submitted: 1, won: 2, lost: 2, expired: 2 } },
    grows: ['balance_transactions'],
  },
  mandate: { ranks: { status: { pending: 0, active: 1, inactive: 2 } } },
  order: { ranks: { status: { created: 0, paid: 1, fulfilled: 2, canceled: 3, returned: 3 } } },
  payment_intent: {
    // Before capture or success it may go round: requires_action and processing lead back to requires_payment_method.
    ranks: {
      status: {
        requires_payment_method: 0,
        requires_confirmation: 0,
        requires_action: 0,
        processing: 0,
        requires_capture: 1,
        succeeded: 2,
        canceled: 2,
      },
    },
    grows: ['amount_received', 'latest_charge'],
    told: intentTold,
  },
  // Only one that a customer has can be updated, and one that was detached is never attached again.
  payment_method: {
    births: ['payment_method.attached'],
    told: usually('payment_method.attached', 'payment_method.updated', 'payment_method.detached'),
  },
  payout: {
    // A paid payout may still fail when the bank sends it back.
    ranks: {
      status: { pending: 0, in_transit: 1, paid: 2, failed: 3, canceled: 3 },
      reconciliation_status: { in_progress: 0, completed: 1 },
    },
    grows: ['failure_balance_transaction'],
    told: usually('payout.created', 'payout.paid', 'payout.reconciliation_completed', 'payout.failed'),
  },
  promotion_code: { grows: ['times_redeemed'] },
  quote: { ranks: { status: { draft: 0, open: 1, accepted: 2, canceled: 2 } } },
  refund: {
    // A refund that succeeded may still fail when the bank sends it back.
    ranks: { status: { pending: 0, requires_action: 0, succeeded: 1, failed: 2, canceled: 2 } },
    grows: ['balance_transaction', 'failure_balance_transaction', 'destination_details.card.reference'],
  },
  'reporting.report_run': { ranks: { status: { pending: 0, succeeded: 1, failed: 1 } } },
  'reserve.hold': reserve,
  'reserve.plan': reserve,
  review: { births: ['review.opened'], ranks: { open: { true: 0, false: 1 } } },
  setup_intent: {
    ranks: {
      status: {
        requires_payment_method: 0,
        requires_confirmation: 0,
        requires_action: 0,
        processing: 0,
        succeeded: 1,
        canceled: 1,
      },
    },
    grows: ['latest_attempt'],
    told: intentTold,
  },
  source: { ranks: { status: { pending: 0, chargeable: 1, consumed: 2, failed: 2, canceled: 2 } } },
  subscription: {
    ranks: {
      status: {
        incomplete: 0,
        trialing: 1,
        active: 1,
        past_due: 1,
        unpaid: 1,
        paused: 1,
        incomplete_expired: 2,
        canceled: 2,
      },
    },
    grows: ['ended_at'],
  },
  subscription_schedule: {
    ranks: { status: { not_started: 0, active: 1, completed: 2, canceled: 2, released: 2 } },
    grows: ['canceled_at', 'completed_at', 'released_at'],
  },
  tax_id: { ranks: { 'verification.status': { pending: 0, verified: 1, unverified: 1, unavailable: 1 } } },
  'test_helpers.test_clock': {
    grows: ['frozen_time'],
    told: usually(
      'test_helpers.test_clock.created',
      'test_helpers.test_clock.advancing',
      'test_helpers.test_clock.ready',
      'test_helpers.test_clock.internal_failure',
    ),
  },
  topup: { ranks: { status: { pending: 0, succeeded: 1, failed: 1, canceled: 1, reversed: 2 } } },
  transfer: { grows: ['amount_reversed', 'reversed', 'reversals'] },
  'treasury.credit_reversal': moneyMovement,
  'treasury.debit_reversal': moneyMovement,
  'treasury.inbound_transfer': moneyMovement,
  'treasury.outbound_payment': moneyMovement,
  'treasury.outbound_transfer': moneyMovement,
  'treasury.received_credit': moneyMovement,
};

/** Whether an event says that its object is gone. A cancelled subscription is not: it stays, cancelled. */
export function deletes(type: string, object: JsonObject): boolean {
  return (type.endsWith('.deleted') && type !== 'customer.subscription.deleted') || object['deleted'] === true;
}

/** How early in its object's life an event stands: 0 is the first, Infinity says nothing. */
export function birthRank(type: string, object: string): number {
  const at = LIFECYCLES[object]?.births?.indexOf(type) ?? -1;
  if (at >= 0) return at;
  return type.endsWith('.created') ? 0 : Infinity;
}
