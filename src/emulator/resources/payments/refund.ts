import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { became, changed, created, defineResource, type Call } from '../define.ts';
import { moveCash, tellAvailable } from '../billing/customer-balance/cash-balance.ts';
import { listOf } from '../lists.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { post } from './balance.ts';
import { accountOf, cardOf, settle } from './charge-record.ts';
import { endCashRefund, needWaiting, refundCash } from './cash-refund.ts';
import { nothingLeftToDo } from './early-fraud-warning.ts';
import { closeReview } from './review.ts';

/** Seconds until the card network gives a refund its reference number: some seconds in test mode, days in life. */
const REFERENCE_AFTER = 5;
/** Seconds until the bank answers for the cards whose refunds are pending or fail. */
const BANK_ANSWERS_AFTER = 10;

const failed = became<'refund'>('status', 'failed');
const updated = changed<'refund'>('status', 'destination_details', 'metadata', 'failure_reason');

export const refund = defineResource('refund', {
  prefix: 're',
  operations: {
    'refunds.create': create,
    'refunds.update': ({ tx, params, path }) => {
      const { id, metadata } = need(tx, 'refund', path[0]!);
      return tx.update('refund', id, { metadata: mergeMetadata(metadata ?? {}, params['metadata']) });
    },
    'refunds.cancel': ({ path, tx }) => endCashRefund(tx, needWaiting(tx, path[0]!, 'canceled'), 'canceled'),
    'testHelpers.refunds.expire': ({ path, tx }) => endCashRefund(tx, needWaiting(tx, path[0]!, 'expired'), 'failed'),
    'refunds.list': ({ tx, params }) => listOf(tx, 'refund', params, '/v1/refunds'),
  },
  events: [
    { type: 'refund.created', when: created, rank: RANK.refund },
    { type: 'refund.failed', when: failed, rank: RANK.refund },
    { type: 'refund.updated', when: updated, rank: RANK.refundUpdated, previous: true },
    {
      type: 'charge.refund.updated',
      when: (change) => change.after.object.charge !== null && updated(change),
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
    {
      // The customer never said where the money is to go.
      name: 'expire',
      at: ({ status, next_action: next }) => (status === 'requires_action' ? next?.display_details?.expires_at : null),
      run: (tx, refund) => void endCashRefund(tx, refund, 'failed'),
    },
  ],
});

function create({ tx, params }: Call) {
  const given = params as unknown as Stripe.RefundCreateParams;
  if (given.origin === 'customer_balance') return refundCash(tx, given);
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
  const card = cardOf(hidden);
  const transaction = post(tx, {
    amount: -amount,
    currency: charge.currency,
    type: card ? 'refund' : 'payment_refund',
    reportingCategory: 'refund',
    source: id,
    description: card ? 'REFUND FOR CHARGE' : 'REFUND FOR PAYMENT',
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
      destination_details: destinationOf(hidden),
      payment_intent: charge.payment_intent,
      payment_method: charge.payment_method,
      status: card?.refund === 'pending' ? 'pending' : 'succeeded',
      ...(card?.refund === 'pending' && { pending_reason: 'processing' }),
      ...fields,
    },
    {
      referenceAt: card ? tx.now + REFERENCE_AFTER : null,
      bankAt: card?.refund ? tx.now + BANK_ANSWERS_AFTER : null,
    },
  );
  if (hidden['cash'] && tx.get('customer', charge.customer as string)) backToCash(tx, charge, refund);
  const refunded = charge.amount_refunded + amount;
  tx.update('charge', charge.id, { amount_refunded: refunded, refunded: refunded === charge.amount });
  if (refunded === charge.amount) {
    nothingLeftToDo(tx, charge.id);
    closeReview(tx, charge, refund.reason === 'fraudulent' ? 'refunded_as_fraud' : 'refunded');
  }
  return refund;
}

/** Where the money goes: the way it came. */
function destinationOf(hidden: Hidden): NonNullable<Stored<'refund'>['destination_details']> {
  const account = accountOf(hidden);
  if (hidden['cash']) return { customer_cash_balance: {}, type: 'customer_cash_balance' };
  if (!account) {
    const card = { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' as const };
    return { card, type: 'card' };
  }
  const type = TRANSFER[account.type];
  return { [type]: type === 'au_bank_transfer' ? {} : { reference: null, reference_status: 'unavailable' }, type };
}

/** What paid by debit is refunded by transfer. */
const TRANSFER = {
  us_bank_account: 'us_bank_transfer',
  sepa_debit: 'eu_bank_transfer',
  bacs_debit: 'gb_bank_transfer',
  au_becs_debit: 'au_bank_transfer',
} as const;

/** What was paid from a cash balance is in it again. */
function backToCash(tx: Transaction, { customer, currency }: Stored<'charge'>, { id, amount }: Stored<'refund'>) {
  const refunded_from_payment = { refund: id };
  moveCash(tx, customer as string, { amount, currency, type: 'refunded_from_payment', refunded_from_payment });
  tellAvailable(tx, customer as string);
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
