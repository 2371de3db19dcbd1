import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { became, changed, defineResource, type Call, type Change } from '../define.ts';
import { completeField } from '../../shapes/complete.ts';
import { mergeMetadata } from '../metadata.ts';
import { mustBeChargeable, readCurrency } from '../money.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { declineBody, declined } from './card-error.ts';
import { settle } from './charge-record.ts';
import { charge as chargeCard, recordCapture } from './charging.ts';
import { bankAnswers } from './debit.ts';
import { openDisputes } from './dispute-opening.ts';
import { warn } from './early-fraud-warning.ts';
import { expireIntent } from './intent-outcomes.ts';
import { chooseSource } from './source-choice.ts';

type Rule = Change<'charge'>;
const hiddenBecame = (name: string) => (change: Rule) =>
  change.after.hidden[name] === true && change.before?.hidden[name] !== true;

/** A refund may still fail; then the amount refunded shrinks again, which is told as an update. */
const refundedMore = ({ before, after }: Rule) =>
  before !== undefined && after.object.amount_refunded > before.object.amount_refunded;
const refundedLess = ({ before, after }: Rule) =>
  before !== undefined && after.object.amount_refunded < before.object.amount_refunded;
const captured = ({ before, after }: Rule) => before?.object.captured === false && after.object.captured;
const EDITABLE = [
  'customer',
  'description',
  'metadata',
  'receipt_email',
  'shipping',
  'fraud_details',
  'transfer_group',
] as const;

export const charge = defineResource('charge', {
  prefix: 'ch',
  operations: { 'charges.create': create, 'charges.update': update, 'charges.capture': capture },
  events: [
    { type: 'charge.pending', when: became('status', 'pending'), rank: RANK.charge },
    { type: 'charge.succeeded', when: became('status', 'succeeded'), rank: RANK.charge },
    { type: 'charge.failed', when: became('status', 'failed'), rank: RANK.charge },
    { type: 'charge.captured', when: captured, rank: RANK.charge, previous: true },
    { type: 'charge.expired', when: hiddenBecame('expired'), rank: RANK.chargeExpired, previous: true },
    {
      type: 'charge.refunded',
      when: (c) => refundedMore(c) && !captured(c) && !hiddenBecame('expired')(c),
      rank: RANK.chargeRefunded,
      previous: true,
    },
    {
      // `disputed` and the like change silently: only edits and an asynchronous capture are announced.
      type: 'charge.updated',
      when: changed<'charge'>(...EDITABLE, 'balance_transaction', 'amount_refunded'),
      otherwise: true,
      rank: (change) => (refundedLess(change) ? RANK.refundTakenBack : RANK.charge),
      previous: true,
    },
  ],
  timers: [
    {
      name: 'settle',
      at: (_, hidden) => hidden['settlesAt'] as number | null,
      run: (tx, { id }) => void settle(tx, id),
    },
    {
      name: 'debit',
      at: (_, hidden) => hidden['answersAt'] as number | null,
      run: (tx, { id }) => bankAnswers(tx, id),
    },
    {
      name: 'dispute',
      at: (_, hidden) => hidden['disputesAt'] as number | null,
      run(tx, { id }) {
        tx.update('charge', id, {}, { disputesAt: null });
        openDisputes(tx, id);
      },
    },
    {
      name: 'warn',
      at: (_, hidden) => hidden['warnsAt'] as number | null,
      run(tx, { id }) {
        tx.update('charge', id, {}, { warnsAt: null });
        warn(tx, id);
      },
    },
    { name: 'expire', at: (_, hidden) => hidden['expiresAt'] as number | null, run: (tx, { id }) => expire(tx, id) },
  ],
  includes: { refunds: ({ id }) => ({ object: 'refund', field: 'charge', value: id }) },
});

/** Nobody captured in time: the bank lets the money go. */
function expire(tx: Transaction, id: string) {
  const { amount, payment_intent: intent } = tx.get('charge', id)!;
  tx.update('charge', id, { amount_refunded: amount, refunded: true }, { expiresAt: null, expired: true });
  if (intent) expireIntent(tx, intent);
}

function create(call: Call) {
  const { tx } = call;
  const params = call.params as unknown as Stripe.ChargeCreateParams;
  for (const name of ['amount', 'currency'] as const)
    if (params[name] === undefined) throw stripeError('parameter_missing', [name], name);
  const currency = readCurrency(params.currency!);
  mustBeChargeable(params.amount!, currency);
  const customer = params.customer ? (tx.get('customer', params.customer) ?? null) : null;
  if (params.customer && !customer) throw noSuch('customer', params.customer, 'customer');
  const source = params.source ?? customer?.default_source;
  if (!source) {
    if (customer) throw stripeError('missing', ['Cannot charge a customer that has no active card'], 'card');
    throw stripeError('missing', ['Must provide source or customer.']);
  }
  const { charge: made, decline } = chargeCard(tx, {
    amount: params.amount!,
    currency,
    choice: chooseSource(tx, source, customer?.id ?? null),
    capture: params.capture ?? true,
    settlement: 'sync',
    fields: {
      description: params.description ?? null,
      metadata: mergeMetadata({}, call.params['metadata']),
      receipt_email: params.receipt_email ?? null,
      shipping: completeField('charge', 'shipping', params.shipping),
      statement_descriptor: params.statement_descriptor ?? null,
      statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
      transfer_group: params.transfer_group ?? null,
    },
  });
  if (decline) throw declined(declineBody(decline, made.id));
  return made;
}

function update({ tx, params, path }: Call) {
  const charge = need(tx, 'charge', path[0]!);
  const { customer } = params as unknown as Stripe.ChargeUpdateParams;
  if (customer && charge.customer && charge.customer !== customer)
    throw stripeError('missing', [`Charge ${charge.id} already belongs to a customer.`], 'customer');
  if (customer && !tx.get('customer', customer)) throw noSuch('customer', customer, 'customer');
  const edits = Object.fromEntries(EDITABLE.filter((name) => name in params).map((name) => [name, params[name]]));
  if (params['shipping']) edits['shipping'] = completeField('charge', 'shipping', params['shipping'], charge.shipping);
  return tx.update('charge', charge.id, { ...edits, metadata: mergeMetadata(charge.metadata, params['metadata']) });
}

function capture({ tx, params, path }: Call) {
  const charge = need(tx, 'charge', path[0]!, 'charge');
  if (charge.payment_intent)
    throw stripeError('missing', [`Charge ${charge.id} was made by ${charge.payment_intent}; capture that instead.`]);
  return captureCharge(tx, charge.id, (params['amount'] as number | undefined) ?? charge.amount);
}

/** Takes an authorised amount, or part of it; the rest is released. */
export function captureCharge(tx: Transaction, id: string, amount: number): Stored<'charge'> {
  const { object: charge, hidden } = tx.row('charge', id)!;
  if (charge.status !== 'succeeded')
    throw stripeError('wrong_state', [`Charge ${id} failed; nothing can be captured.`]);
  if (hidden['expired']) throw stripeError('charge_expired_for_capture', [id]);
  if (charge.captured) throw stripeError('charge_already_captured', [id]);
  if (charge.refunded) throw stripeError('charge_already_refunded', [id]);
  if (amount < 1) throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  if (amount > charge.amount)
    throw stripeError('amount_too_large', [`the ${charge.amount} that were authorised`], 'amount');
  tx.update('charge', id, { captured: true, amount_captured: amount, amount_refunded: charge.amount - amount });
  return recordCapture(tx, id);
}
