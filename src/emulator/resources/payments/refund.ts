import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { became, changed, created, defineResource, type Call, type Change } from '../define.ts';
import { listOf } from '../lists.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { post } from './balance.ts';
import { cardOf, settle } from './charging.ts';
import { nothingLeftToDo } from './early-fraud-warning.ts';

/** Seconds until the card network gives a refund its reference number: some seconds in test mode, days in life. */
const REFERENCE_AFTER = 5;
/** Seconds until the bank answers for the cards whose refunds are pending or fail. */
const BANK_ANSWERS_AFTER = 10;

const failed = became<'refund'>('status', 'failed');
const updated = (change: Change<'refund'>) =>
  changed<'refund'>('status', 'destination_details', 'metadata', 'failure_reason')(change) && !failed(change);

export const refund = defineResource('refund', {
  prefix: 're',
  operations: {
    'refunds.create': create,
    'refunds.update': ({ tx, params, path }) => {
      const { id, metadata } = need(tx, 'refund', path[0]!);
      return tx.update('refund', id, { metadata: mergeMetadata(metadata ?? {}, params['metadata']) });
    },
    'refunds.cancel': ({ path, tx }) => {
      const { id, status } = need(tx, 'refund', path[0]!);
      throw stripeError('wrong_state', [
        `Refund ${id} is ${status}; only a refund that requires action can be cancelled.`,
      ]);
    },
    'refunds.list': ({ tx, params }) => listOf(tx, 'refund', params, '/v1/refunds'),
  },
  events: [
    { type: 'refund.created', when: created, rank: RANK.refund },
    { type: 'refund.failed', when: failed, rank: RANK.refund },
    { type: 'refund.updated', when: updated, rank: RANK.refundUpdated, previous: true },
    {
      type: 'charge.refund.updated',
      when: (change) => updated(change) || failed(change),
      rank: RANK.chargeRefundUpdated,
      previous: true,
    },
  ],
  timers: [
    {
      name: 'reference',
      at: ({ status }, hidden) => (status === 'succeeded' ? (hidden['referenceAt'] as number | null) : null),
      run: (tx, { id }) => void reference(tx, id),
    },
    {
      name: 'bank',
      at: (_, hidden) => hidden['bankAt'] as number | null,
      run: (tx, { id }) => bankAnswers(tx, id),
    },
  ],
});

function create({ tx, params }: Call) {
  const given = params as unknown as Stripe.RefundCreateParams;
  const charge = refundable(tx, given);
  const rest = charge.amount_captured - refundedSoFar(charge);
  const amount = given.amount ?? rest;
  if (rest === 0 || charge.refunded) throw stripeError('charge_already_refunded', [charge.id]);
  if (amount < 1) throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  if (amount > rest) throw stripeError('refund_exceeds_charge', [String(amount), String(rest)], 'amount');
  return refundCharge(tx, charge, amount, {
    metadata: mergeMetadata({}, params['metadata']),
    reason: (given.reason ?? null) as Stored<'refund'>['reason'],
  });
}

// What a partial capture released counts as refunded on the charge, but was never there to be refunded.
const refundedSoFar = (charge: Stored<'charge'>) => charge.amount_refunded - (charge.amount - charge.amount_captured);

function refundable(
  tx: Transaction,
  { charge: id, payment_intent: intent }: Stripe.RefundCreateParams,
): Stored<'charge'> {
  if (id && intent) throw stripeError('parameters_exclusive', ['charge', 'payment_intent']);
  if (!id && !intent)
    throw stripeError('missing', [
      'One of the following params should be provided for this request: payment_intent or charge.',
    ]);
  if (id) return mustHaveSucceeded(tx, tx.get('charge', id) ?? fail('charge', id, 'charge'));
  const found = tx.get('payment_intent', intent) ?? fail('payment_intent', intent!, 'payment_intent');
  const charge = tx.get('charge', found.latest_charge);
  if (!charge || charge.status !== 'succeeded')
    throw stripeError(
      'missing',
      [`This PaymentIntent (${intent}) does not have a successful charge to refund.`],
      'payment_intent',
    );
  return mustHaveSucceeded(tx, charge);
}

function mustHaveSucceeded(tx: Transaction, charge: Stored<'charge'>) {
  if (charge.status !== 'succeeded' || !charge.captured) throw stripeError('charge_not_refundable', [charge.id]);
  // An inquiry leaves the payment refundable; that is the way to settle it.
  for (const { object } of tx.newest('dispute', { field: 'charge', value: charge.id }))
    if (!object.is_charge_refundable) throw stripeError('charge_disputed', [charge.id]);
  return charge;
}

function fail(object: string, id: string, param: string): never {
  throw noSuch(object, id, param);
}

/** Gives back part of a captured charge, in minor units; whoever calls has made sure that so much is left. */
export function refundCharge(
  tx: Transaction,
  charge: Stored<'charge'>,
  amount: number,
  fields: Partial<Stored<'refund'>>,
): Stored<'refund'> {
  const id = tx.id('re');
  const { hidden } = tx.row('charge', charge.id)!;
  // A refund needs what it takes back to be in the books first.
  if (hidden['settlesAt'] != null) settle(tx, charge.id);
  const behaviour = cardOf(hidden).refund;
  const transaction = post(tx, {
    amount: -amount,
    currency: charge.currency,
    type: 'refund',
    reportingCategory: 'refund',
    source: id,
    description: 'REFUND FOR CHARGE',
    atOnce: true,
  });
  const refund = tx.insert(
    'refund',
    {
      id,
      object: 'refund',
      amount,
      balance_transaction: transaction.id,
      charge: charge.id,
      created: tx.now,
      currency: charge.currency,
      customer: charge.customer as string | null,
      destination_details: {
        card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
        type: 'card',
      },
      payment_intent: charge.payment_intent,
      payment_method: charge.payment_method,
      status: behaviour === 'pending' ? 'pending' : 'succeeded',
      ...(behaviour === 'pending' && { pending_reason: 'processing' }),
      ...fields,
    },
    { referenceAt: tx.now + REFERENCE_AFTER, bankAt: behaviour ? tx.now + BANK_ANSWERS_AFTER : null },
  );
  const refunded = charge.amount_refunded + amount;
  tx.update('charge', charge.id, { amount_refunded: refunded, refunded: refunded === charge.amount });
  if (refunded === charge.amount) nothingLeftToDo(tx, charge.id);
  return refund;
}

function reference(tx: Transaction, id: string) {
  const reference = Array.from(tx.text(23), (letter) => letter.charCodeAt(0) % 10).join('');
  tx.update(
    'refund',
    id,
    {
      destination_details: {
        card: { reference, reference_status: 'available', reference_type: 'acquirer_reference_number', type: 'refund' },
        type: 'card',
      },
    },
    { referenceAt: null },
  );
}

function bankAnswers(tx: Transaction, id: string) {
  const { object, hidden: before } = tx.row('refund', id)!;
  if (object.status === 'pending') {
    tx.update(
      'refund',
      id,
      { status: 'succeeded', pending_reason: undefined },
      { ...before, bankAt: null, referenceAt: tx.now + REFERENCE_AFTER },
    );
    return;
  }
  const back = post(tx, {
    amount: object.amount,
    currency: object.currency,
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    source: id,
    description: 'REFUND FAILURE',
    atOnce: true,
  });
  const fields = { status: 'failed', failure_reason: 'expired_or_canceled_card', failure_balance_transaction: back.id };
  tx.update('refund', id, fields, { bankAt: null });
  const charge = tx.get('charge', object.charge as string)!;
  tx.update('charge', charge.id, { amount_refunded: charge.amount_refunded - object.amount, refunded: false });
}
