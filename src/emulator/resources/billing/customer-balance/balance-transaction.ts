import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import { defineResource, type Call } from '../../define.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { need } from '../../references.ts';
import { moveBalance } from './move.ts';

/** A change of what a customer has as credit, or owes. No event tells of it but the customer's own. */
export const customerBalanceTransaction = defineResource('customer_balance_transaction', {
  prefix: 'cbtxn',
  operations: { 'customers.createBalanceTransaction': create },
  events: [],
});

/** Adjusts a balance by hand: below zero the customer gets credit, above zero it owes more on its next invoice. */
function create({ tx, params: given, path }: Call) {
  const { id, currency: settled } = need(tx, 'customer', path[0]!, 'customer');
  const params = given as unknown as Stripe.CustomerCreateBalanceTransactionParams;
  const currency = readCurrency(params.currency);
  if (settled && settled !== currency)
    throw stripeError(
      'parameter_invalid',
      ['currency', `the customer ${id} is billed in ${settled}, and its balance is in that currency alone`],
      'currency',
    );
  return moveBalance(tx, id, {
    amount: params.amount,
    currency,
    type: 'adjustment',
    description: params.description || null,
    metadata: mergeMetadata({}, given['metadata']),
  });
}
