import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { cashAvailable, moveCash, reconcilesAlone, tellAvailable } from '../billing/customer-balance/cash-balance.ts';
import type { Call } from '../define.ts';
import { need } from '../references.ts';
import { fromIntent, insertCharge, receiptUrl, settle } from './charge-record.ts';
import { attemptSucceeded, settled } from './intent-ends.ts';
import { transferInstructions } from './transfer-instructions.ts';

type Intent = Stored<'payment_intent'>;

/** Confirmed with the customer's cash balance: paid from it as far as it goes, the rest by a transfer yet to come. */
export function awaitTransfer(tx: Transaction, id: string): Intent {
  const intent = tx.get('payment_intent', id)!;
  const { customer, currency } = intent;
  if (!customer)
    throw stripeError('parameter_missing', ['customer, because a customer_balance payment needs one'], 'customer');
  const options = intent.payment_method_options?.customer_balance;
  if (options?.funding_type !== 'bank_transfer' && cashAvailable(tx, customer, currency) < intent.amount)
    throw stripeError(
      'parameter_missing',
      ['payment_method_options[customer_balance][funding_type]'],
      'payment_method_options[customer_balance][funding_type]',
    );
  // The index by which a transfer finds what waits for it.
  tx.update(
    'payment_intent',
    id,
    { status: 'requires_action' },
    { transferFrom: `${customer} ${currency}`, funded: 0 },
  );
  ask(tx, id);
  if (reconcilesAlone(tx, customer)) apply(tx, id);
  const asked = tx.get('payment_intent', id)!;
  return asked.status === 'requires_action' ? settled(tx, asked) : asked;
}

/** Says how much is still to be transferred, and whereto. */
function ask(tx: Transaction, id: string): void {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  const next_action = transferInstructions(tx, intent, intent.amount - Number(hidden['funded']));
  tx.update('payment_intent', id, { next_action });
}

/** A transfer arrived: what waits for one in this currency is paid, the oldest first. */
export function payWaiting(tx: Transaction, customer: string, currency: string): void {
  const waiting = Array.from(
    tx.oldest('payment_intent', { field: 'hidden.transferFrom', value: `${customer} ${currency}` }),
    ({ id }) => id,
  );
  for (const id of waiting) if (cashAvailable(tx, customer, currency) > 0) apply(tx, id);
}

/** Puts cash to an intent, `most` of it in minor units at the utmost; what is funded in full is paid. */
function apply(tx: Transaction, id: string, most = Infinity): void {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  const { currency } = intent;
  const customer = intent.customer as string;
  const funded = Number(hidden['funded']);
  const amount = Math.min(cashAvailable(tx, customer, currency), intent.amount - funded, most);
  if (amount < 1) return;
  const applied_to_payment = { payment_intent: id };
  moveCash(tx, customer, { amount: -amount, currency, type: 'applied_to_payment', applied_to_payment });
  tx.update('payment_intent', id, {}, { funded: funded + amount });
  complete(tx, id);
}

/** Everything has come: the payment is made. Otherwise the rest is asked for. */
function complete(tx: Transaction, id: string): void {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (Number(hidden['funded']) < intent.amount) return ask(tx, id);
  const method = tx.get('payment_method', intent.payment_method as string)!;
  const { id: charge } = insertCharge(
    tx,
    {
      amount: intent.amount,
      amount_captured: intent.amount,
      billing_details: method.billing_details,
      captured: true,
      currency: intent.currency,
      customer: intent.customer as string,
      outcome: null,
      paid: true,
      payment_intent: id,
      payment_method: method.id,
      payment_method_details: { customer_balance: {}, type: 'customer_balance' },
      receipt_url: receiptUrl(tx),
      source: null,
      status: 'succeeded',
      ...fromIntent(intent),
    },
    { cash: true },
  );
  tx.update('payment_intent', id, {}, { transferFrom: null });
  settled(tx, attemptSucceeded(tx, id, settle(tx, charge)));
}

/**
 * The amount of an intent that waits for a transfer was changed. Below what has come it cannot go; at exactly that it is
 * paid: the merchant lets go of the rest. (Stripe publishes neither; both follow from what the amount means.)
 */
export function amountChanged(tx: Transaction, id: string): void {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (hidden['transferFrom'] == null) return;
  if (intent.amount < Number(hidden['funded']))
    throw stripeError(
      'parameter_invalid',
      ['amount', `${Number(hidden['funded'])} of it have been transferred already`],
      'amount',
    );
  complete(tx, id);
}

/** What has come for an intent that ends goes back into the customer's cash balance. */
export function giveBack(tx: Transaction, id: string): void {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (hidden['transferFrom'] == null) return;
  const amount = Number(hidden['funded']);
  tx.update('payment_intent', id, {}, { transferFrom: null, funded: 0 });
  const customer = intent.customer as string;
  if (amount === 0 || !tx.get('customer', customer)) return;
  const unapplied_from_payment = { payment_intent: id };
  const { currency } = intent;
  moveCash(tx, customer, { amount, currency, type: 'unapplied_from_payment', unapplied_from_payment });
  tellAvailable(tx, customer);
}

/** `paymentIntents.applyCustomerBalance`: the account decides what of the cash balance goes to which payment. */
export function applyCustomerBalance({ tx, params, path }: Call): Intent {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const { amount, currency } = params as { amount?: number; currency?: string };
  const { hidden } = tx.row('payment_intent', intent.id)!;
  if (hidden['transferFrom'] == null)
    throw stripeError('payment_intent_unexpected_state', [
      `PaymentIntent ${intent.id} is ${intent.status} and waits for no bank transfer; only one that does can take cash balance.`,
    ]);
  if (currency && currency.toLowerCase() !== intent.currency)
    throw stripeError('parameter_invalid', ['currency', `the PaymentIntent is in ${intent.currency}`], 'currency');
  const available = cashAvailable(tx, intent.customer as string, intent.currency);
  if (amount !== undefined && amount < 1)
    throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  if (available === 0 || (amount ?? 0) > available)
    throw stripeError(
      'parameter_invalid',
      ['amount', `the customer has ${available} ${intent.currency} in its cash balance`],
      'amount',
    );
  apply(tx, intent.id, amount);
  return tx.get('payment_intent', intent.id)!;
}
