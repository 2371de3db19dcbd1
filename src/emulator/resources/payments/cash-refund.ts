import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { cashAvailable, moveCash, tellAvailable } from '../billing/customer-balance/cash-balance.ts';
import { mergeMetadata } from '../metadata.ts';
import { need, noSuch } from '../references.ts';

type Refund = Stored<'refund'>;

/** Seconds in which the customer may say where the money is to go (docs.stripe.com/payments/customer-balance/refunding). */
const ANSWER_WITHIN = 45 * 24 * 60 * 60;

/**
 * Sends money of a customer's cash balance back to its bank: asked by email, the customer says where to. Until then the
 * refund requires action, can be cancelled, and expires.
 */
export function refundCash(tx: Transaction, params: Stripe.RefundCreateParams): Refund {
  for (const name of ['customer', 'amount', 'currency'] as const)
    if (params[name] === undefined) throw stripeError('parameter_missing', [name], name);
  const { customer: id, amount, currency, instructions_email: email } = params as Required<typeof params>;
  const customer = tx.get('customer', id);
  if (!customer) throw noSuch('customer', id, 'customer');
  const to = email ?? customer.email;
  if (!to) throw stripeError('parameter_missing', ['instructions_email'], 'instructions_email');
  const code = currency.toLowerCase();
  const available = cashAvailable(tx, id, code);
  if (amount < 1) throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  if (amount > available)
    throw stripeError('amount_too_large', [`the ${available} ${code} in the customer's cash balance`], 'amount');
  moveCash(tx, id, { amount: -amount, currency: code, type: 'return_initiated' });
  return tx.insert('refund', {
    id: tx.id('re'),
    object: 'refund',
    amount,
    created: tx.now,
    currency: code,
    customer: id,
    instructions_email: to,
    metadata: mergeMetadata({}, params.metadata as never),
    next_action: {
      display_details: {
        email_sent: { email_sent_at: tx.now, email_sent_to: to },
        expires_at: tx.now + ANSWER_WITHIN,
      },
      type: 'display_details',
    },
    reason: (params.reason ?? null) as Refund['reason'],
    status: 'requires_action',
  });
}

/** The refund that a call names, still waiting for the customer. */
export function needWaiting(tx: Transaction, id: string, past: string): Refund {
  const refund = need(tx, 'refund', id);
  if (refund.status !== 'requires_action')
    throw stripeError('wrong_state', [
      `Refund ${id} is ${refund.status}; only a refund that requires action can be ${past}.`,
    ]);
  return refund;
}

/** It will not be paid out: the money is in the cash balance again. */
export function endCashRefund(tx: Transaction, refund: Refund, status: 'canceled' | 'failed'): Refund {
  const customer = refund.customer as string;
  if (tx.get('customer', customer)) {
    moveCash(tx, customer, { amount: refund.amount, currency: refund.currency, type: 'return_canceled' });
    tellAvailable(tx, customer);
  }
  return tx.update('refund', refund.id, {
    next_action: undefined,
    status,
    ...(status === 'failed' && { failure_reason: 'unknown' }),
  });
}
