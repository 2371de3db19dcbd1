import { stripeError } from '../../http/errors.ts';
import type { Transaction } from '../../world/transaction.ts';
import { readCard } from './card-details.ts';
import { billing } from './payment-method.ts';
import { choosePaymentMethod, insertPaymentMethod, spendToken } from './source-choice.ts';

type Given = { payment_method?: string | undefined; payment_method_data?: object | undefined };

/** The payment method that parameters give to an intent: an existing one, a ready-made one, or details for a new one. */
export function intentMethod(tx: Transaction, intent: string, given: Given): string | undefined {
  const { payment_method: id, payment_method_data: data } = given;
  if (id && data) throw stripeError('parameters_exclusive', ['payment_method', 'payment_method_data']);
  if (id) return choose(tx, intent, id);
  if (!data) return undefined;
  const { type, card, billing_details } = data as { type: string; card?: { token?: string }; billing_details?: object };
  if (type !== 'card' || !card)
    throw stripeError('paybell_not_modelled', [`payment methods of type ${type}`], 'payment_method_data[type]');
  const instrument = card.token
    ? spendToken(tx, card.token, 'payment_method_data[card][token]').instrument
    : readCard(tx, card as never);
  return insertPaymentMethod(tx, instrument, { billing: billing(billing_details, instrument.billing) }).id;
}

function choose(tx: Transaction, intentId: string, id: string): string {
  const { customer, paymentMethod } = choosePaymentMethod(tx, id);
  const intent = tx.get('payment_intent', intentId)!;
  if (customer && customer !== intent.customer)
    throw stripeError('payment_method_unexpected_state', [
      `The PaymentMethod ${id} belongs to the customer ${customer}; include that customer in the \`customer\` parameter of the PaymentIntent.`,
    ]);
  if (tx.row('payment_method', paymentMethod)?.hidden['spent'])
    throw stripeError('payment_method_unexpected_state', [
      `The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again.`,
    ]);
  return paymentMethod;
}
