import { sameJson, type Json, type JsonObject } from '../../src/base/json.ts';
import { aCharge, anEvent, NOW, type TestEvent } from './events.ts';

/** A step of an object's life: the event it fires and what it changes. `told: false`: without previous_attributes. */
export interface Step {
  type: string;
  set?: JsonObject;
  told?: boolean;
  /** Seconds since the step before. */
  after?: number;
}

/** The events of a life, in the order in which they happened. */
export function live(start: JsonObject, steps: readonly Step[], { from = NOW, prefix = 'evt' } = {}): TestEvent[] {
  let object = start;
  let created = from;
  return steps.map(({ type, set = {}, told = true, after = 0 }, index) => {
    const before = object;
    object = { ...object, ...set };
    created += after;
    const previous = told ? difference(before, set) : undefined;
    // The id says nothing about the order: hex of a scrambled number.
    const id = `${prefix}_${((index * 7919 + 13) % 97).toString(16).padStart(2, '0')}`;
    return anEvent({ id, type, created, object, request: null, ...(previous && { previous }) });
  });
}

function difference(before: JsonObject, set: JsonObject): JsonObject | undefined {
  const changed = Object.keys(set).filter((key) => !sameJson(before[key], set[key]));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((key): [string, Json] => [key, before[key] ?? null]));
}

const charge = aCharge({ id: 'ch_1', captured: false, amount_captured: 0 });
const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_payment_method',
  latest_charge: null,
  last_payment_error: null,
  amount_received: 0,
};
const dispute = { id: 'dp_1', object: 'dispute', status: 'needs_response', evidence: {}, balance_transactions: [] };
const invoice = {
  id: 'in_1',
  object: 'invoice',
  status: 'draft',
  attempt_count: 0,
  attempted: false,
  amount_paid: 0,
  number: null,
  status_transitions: { finalized_at: null, paid_at: null },
};
const subscription = {
  id: 'sub_1',
  object: 'subscription',
  status: 'incomplete',
  cancel_at_period_end: false,
  latest_invoice: 'in_1',
  ended_at: null,
};
const customer = { id: 'cus_1', object: 'customer', email: null, name: 'a', metadata: {} };
const failed = { last_payment_error: { code: 'card_declined', charge: 'ch_1' } };
const withdrawn = { id: 'txn_1', object: 'balance_transaction', amount: -2000 };

/** Lives as real accounts show them, each as it happens within one second. */
export const HISTORIES: Record<string, TestEvent[]> = {
  'a charge that is captured, described and refunded twice': live(charge, [
    { type: 'charge.succeeded', told: false },
    { type: 'charge.captured', set: { captured: true, amount_captured: 2000 } },
    { type: 'charge.updated', set: { description: 'a' } },
    { type: 'charge.updated', set: { balance_transaction: 'txn_1' } },
    { type: 'charge.refunded', set: { amount_refunded: 500 } },
    { type: 'charge.refunded', set: { amount_refunded: 2000, refunded: true } },
  ]),
  'a charge described to and fro': live(charge, [
    { type: 'charge.succeeded', told: false },
    { type: 'charge.updated', set: { description: 'a' } },
    { type: 'charge.updated', set: { description: 'b' } },
    { type: 'charge.updated', set: { description: 'a' } },
    { type: 'charge.updated', set: { description: null } },
  ]),
  'an intent that succeeds at once': live(intent, [
    { type: 'payment_intent.created', told: false },
    {
      type: 'payment_intent.succeeded',
      told: false,
      set: { status: 'succeeded', latest_charge: 'ch_1', amount_received: 2000 },
    },
  ]),
  'an intent that is declined, then paid': live(intent, [
    { type: 'payment_intent.created', told: false },
    { type: 'payment_intent.payment_failed', told: false, set: { latest_charge: 'ch_1', ...failed } },
    {
      type: 'payment_intent.succeeded',
      told: false,
      set: { status: 'succeeded', latest_charge: 'ch_2', last_payment_error: null, amount_received: 2000 },
    },
  ]),
  'an intent whose customer does not authenticate': live(intent, [
    { type: 'payment_intent.created', told: false },
    { type: 'payment_intent.requires_action', told: false, set: { status: 'requires_action' } },
    {
      type: 'payment_intent.payment_failed',
      told: false,
      set: { status: 'requires_payment_method', last_payment_error: { code: 'payment_intent_authentication_failure' } },
    },
  ]),
  'an intent that is declined, then wants authentication': live(intent, [
    { type: 'payment_intent.created', told: false },
    { type: 'payment_intent.payment_failed', told: false, set: { latest_charge: 'ch_1', ...failed } },
    {
      type: 'payment_intent.requires_action',
      told: false,
      set: { status: 'requires_action', last_payment_error: null },
    },
  ]),
  'a bank debit that is returned': live(intent, [
    { type: 'payment_intent.created', told: false },
    { type: 'payment_intent.processing', told: false, set: { status: 'processing', latest_charge: 'ch_1' } },
    { type: 'payment_intent.payment_failed', told: false, set: { status: 'requires_payment_method', ...failed } },
  ]),
  'an intent captured later': live(intent, [
    { type: 'payment_intent.created', told: false },
    {
      type: 'payment_intent.amount_capturable_updated',
      told: false,
      set: { status: 'requires_capture', latest_charge: 'ch_1' },
    },
    { type: 'payment_intent.canceled', told: false, set: { status: 'canceled' } },
  ]),
  'a dispute that is won': live(dispute, [
    { type: 'charge.dispute.created', told: false },
    { type: 'charge.dispute.funds_withdrawn', told: false, set: { balance_transactions: [withdrawn] } },
    { type: 'charge.dispute.updated', set: { status: 'under_review', evidence: { uncategorized_text: 'x' } } },
    { type: 'charge.dispute.closed', set: { status: 'won' } },
    {
      type: 'charge.dispute.funds_reinstated',
      told: false,
      set: { balance_transactions: [withdrawn, { ...withdrawn, id: 'txn_2' }] },
    },
  ]),
  'a refund told by two types': live({ id: 're_1', object: 'refund', status: 'pending', destination_details: null }, [
    { type: 'refund.created', told: false },
    { type: 'refund.updated', set: { status: 'succeeded' } },
    { type: 'charge.refund.updated', told: true },
    { type: 'refund.failed', set: { status: 'failed' } },
  ]),
  'an invoice that is finalised and paid': live(invoice, [
    { type: 'invoice.created', told: false },
    {
      type: 'invoice.finalized',
      told: false,
      set: { status: 'open', number: 'A-1', status_transitions: { finalized_at: NOW, paid_at: null } },
    },
    { type: 'invoice.updated', set: { attempt_count: 1, attempted: true } },
    {
      type: 'invoice.paid',
      told: false,
      set: { status: 'paid', amount_paid: 2000, status_transitions: { finalized_at: NOW, paid_at: NOW } },
    },
    { type: 'invoice.payment_succeeded', told: false },
  ]),
  'a subscription that begins, is to end, is not, and ends': live(subscription, [
    { type: 'customer.subscription.created', told: false },
    { type: 'customer.subscription.updated', set: { status: 'active' } },
    { type: 'customer.subscription.updated', set: { cancel_at_period_end: true } },
    { type: 'customer.subscription.updated', set: { cancel_at_period_end: false } },
    { type: 'customer.subscription.deleted', told: false, set: { status: 'canceled', ended_at: NOW } },
  ]),
  'a customer that is changed and deleted': live(customer, [
    { type: 'customer.created', told: false },
    { type: 'customer.updated', set: { email: 'a@example.com' } },
    { type: 'customer.updated', set: { metadata: { k: 'v' } } },
    { type: 'customer.updated', set: { name: 'b', metadata: {} } },
    { type: 'customer.deleted', told: false },
  ]),
  'a card that is attached and detached': live({ id: 'pm_1', object: 'payment_method', customer: null }, [
    { type: 'payment_method.attached', told: false, set: { customer: 'cus_1' } },
    { type: 'payment_method.detached', set: { customer: null } },
  ]),
  'a coupon made again under its old id': [
    ...live({ id: 'SALE', object: 'coupon', created: NOW, name: 'first' }, [
      { type: 'coupon.created', told: false },
      { type: 'coupon.deleted', told: false },
    ]),
    ...live(
      { id: 'SALE', object: 'coupon', created: NOW + 5, name: 'second' },
      [
        { type: 'coupon.created', told: false },
        { type: 'coupon.updated', set: { name: 'third' } },
      ],
      { from: NOW + 5, prefix: 'evt_b' },
    ),
  ],
  'twelve changes of a customer within one second': live(customer, [
    { type: 'customer.created', told: false },
    ...Array.from({ length: 12 }, (_, i) => ({ type: 'customer.updated', set: { name: `name ${i}` } })),
  ]),
};
