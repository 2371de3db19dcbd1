import { stripeError } from '../../http/errors.ts';
import type { Transaction } from '../../world/transaction.ts';
import { makeMethod, type MethodData } from './new-method.ts';
import { choosePaymentMethod } from './source-choice.ts';

type Given = { payment_method?: string; payment_method_data?: object; confirmation_token?: string };

/** The intent a payment method is for, as errors name it, and whose customer it must belong to. */
type For = { name: 'PaymentIntent' | 'SetupIntent'; customer: string | null; types: readonly string[] };

/** The payment method that parameters give to an intent: an existing one, a ready-made one, or details for a new one. */
export function intentMethod(tx: Transaction, intent: For, given: Given): string | undefined {
  const { payment_method: id, payment_method_data: data, confirmation_token: token } = given;
  // Its payment method would have to be collected by a browser.
  if (token) throw stripeError('paybell_not_modelled', ['confirmation tokens'], 'confirmation_token');
  if (id && data) throw stripeError('parameters_exclusive', ['payment_method', 'payment_method_data']);
  const method = id ? choose(tx, intent, id) : data && makeMethod(tx, data as MethodData, {}, 'payment_method_data').id;
  if (method) mustBeAllowed(tx, intent, method, id ? 'payment_method' : 'payment_method_data[type]');
  return method;
}

function choose(tx: Transaction, { name, customer: owner }: For, id: string): string {
  const { customer, paymentMethod } = choosePaymentMethod(tx, id);
  if (customer && customer !== owner)
    throw stripeError('payment_method_unexpected_state', [
      `The PaymentMethod ${id} belongs to the customer ${customer}; include that customer in the \`customer\` parameter of the ${name}.`,
    ]);
  if (tx.row('payment_method', paymentMethod)?.hidden['spent'])
    throw stripeError('payment_method_unexpected_state', [
      `The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again.`,
    ]);
  return paymentMethod;
}

/** An intent says which kinds of payment method it takes. */
function mustBeAllowed(tx: Transaction, { name, types }: For, method: string, param: string): void {
  const type = tx.get('payment_method', method)?.type ?? 'card';
  if (!types.includes(type))
    throw stripeError(
      'parameter_invalid',
      [
        param,
        `the PaymentMethod provided (${type}) is not allowed for this ${name}, which takes ${types.join(', ')}; ` +
          `add ${type} to its payment_method_types`,
      ],
      param,
    );
}
