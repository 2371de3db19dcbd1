import type Stripe from 'stripe';
import { StripeError, stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { changed, defineResource, type Call, type Change } from '../define.ts';
import { GONE } from '../billing/customer-gone.ts';
import { listOf, pageOf } from '../lists.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { declineBody } from './card-error.ts';
import { billing, makeMethod, type MethodData } from './new-method.ts';
import { choosePaymentMethod, paymentMethodView } from './source-choice.ts';

type Rule = Change<'payment_method'>;
const customerOf = (row: Rule['after'] | undefined) => row?.object.customer ?? null;
const attached = ({ before, after }: Rule) => customerOf(before) === null && customerOf(after) !== null;
const detached = ({ before, after }: Rule) =>
  before !== undefined && customerOf(before) !== null && customerOf(after) === null;

/** When a payment method was saved decides where its event stands among those of the same request. */
function attachedRank({ cause }: Rule): number {
  if (cause === 'customer.create') return RANK.attachedFirst;
  if (cause === 'intent.confirmed') return RANK.attachedAfterIntent;
  return cause === 'intent.confirmed_in_browser' ? RANK.attachedByIntent : RANK.attached;
}

export const paymentMethod = defineResource('payment_method', {
  prefix: 'pm',
  operations: {
    'paymentMethods.create': create,
    'paymentMethods.retrieve': ({ tx, path }) => view(tx, path[0]!),
    'paymentMethods.update': update,
    'paymentMethods.attach': ({ tx, params, path }) => {
      const { customer } = params as unknown as Stripe.PaymentMethodAttachParams;
      if (!customer) throw stripeError('parameter_missing', ['customer'], 'customer');
      return attach(tx, choosePaymentMethod(tx, path[0]!).paymentMethod, customer);
    },
    'paymentMethods.detach': ({ tx, path }) => detach(tx, path[0]!),
    'paymentMethods.list': ({ tx, params }) => {
      const { customer } = params as unknown as Stripe.PaymentMethodListParams;
      if (customer && !tx.get('customer', customer)) throw noSuch('customer', customer, 'customer');
      return methodsOf(tx, params, '/v1/payment_methods');
    },
    'customers.listPaymentMethods': ({ tx, params, path }) => {
      const { id } = need(tx, 'customer', path[0]!, 'customer');
      return methodsOf(tx, { ...params, customer: id }, `/v1/customers/${id}/payment_methods`);
    },
    'customers.retrievePaymentMethod': ({ tx, path }) => {
      const found = view(tx, path[1]!);
      if (found.customer !== path[0]) throw noSuch('PaymentMethod', path[1]!, 'payment_method', 404);
      return found;
    },
  },
  events: [
    { type: 'payment_method.attached', when: attached, rank: attachedRank },
    {
      type: 'payment_method.detached',
      when: detached,
      rank: ({ cause }) => (cause === GONE ? RANK.methodGone : RANK.detached),
      previous: true,
    },
    {
      type: 'payment_method.updated',
      when: (change) =>
        changed<'payment_method'>(
          'card',
          'us_bank_account',
          'billing_details',
          'metadata',
          'allow_redisplay',
        )(change) && customerOf(change.after) !== null,
      otherwise: true,
      rank: RANK.attached,
      previous: true,
    },
  ],
  find: (tx, id) => paymentMethodView(tx, id) as never,
});

function view(tx: Transaction, id: string): Stored<'payment_method'> {
  const found = paymentMethodView(tx, id);
  if (found) return found;
  if (id.startsWith('pm_card_')) return paymentMethodView(tx, choosePaymentMethod(tx, id).paymentMethod)!;
  throw noSuch('PaymentMethod', id, 'payment_method', 404);
}

/** A customer's payment methods of either kind are one list, newest first; there are rarely more than a handful. */
function methodsOf(tx: Transaction, params: Call['params'], url: string) {
  const customer = params['customer'];
  if (typeof customer !== 'string') return listOf(tx, 'payment_method', params, url);
  const by = { field: 'customer', value: customer };
  const rows = [...tx.newest('payment_method', by), ...tx.newest('card', by)].toSorted(
    (a, b) => b.position - a.position,
  );
  const all = rows
    .map(({ id }) => paymentMethodView(tx, id)!)
    .filter(({ type }) => params['type'] === undefined || type === params['type']);
  return pageOf('payment_method', all, params, url);
}

function create({ tx, params }: Call) {
  const { customer } = params as { customer?: string };
  if (customer)
    throw stripeError('paybell_not_modelled', ['payment methods shared with connected accounts'], 'customer');
  return makeMethod(tx, params as MethodData, mergeMetadata({}, params['metadata']));
}

function update({ tx, params: given, path }: Call) {
  const method = need(tx, 'payment_method', path[0]!, 'payment_method');
  if (!method.customer)
    throw stripeError('payment_method_unexpected_state', [
      'You must save this PaymentMethod to a customer before you can update it.',
    ]);
  const params = given as unknown as Stripe.PaymentMethodUpdateParams;
  return tx.update('payment_method', method.id, {
    ...(params.card && { card: { ...method.card, ...params.card } as Stored<'payment_method'>['card'] }),
    ...(params.us_bank_account && {
      us_bank_account: {
        ...method.us_bank_account,
        ...params.us_bank_account,
      } as Stored<'payment_method'>['us_bank_account'],
    }),
    ...(params.billing_details && { billing_details: billing(params.billing_details, method.billing_details) }),
    ...(params.allow_redisplay && { allow_redisplay: params.allow_redisplay }),
    metadata: mergeMetadata(method.metadata ?? {}, given['metadata']),
  });
}

/** Saves a payment method to a customer. A card that will be declined cannot be saved. */
export function attach(tx: Transaction, id: string, customer: string): Stored<'payment_method'> {
  if (!tx.get('customer', customer)) throw noSuch('customer', customer, 'customer');
  const choice = choosePaymentMethod(tx, id);
  const { customer: owner } = choice;
  if (owner === customer) return paymentMethodView(tx, id)!;
  if (owner)
    throw stripeError('payment_method_unexpected_state', [
      'The payment method you provided has already been attached to a customer.',
    ]);
  if (tx.row('payment_method', id)?.hidden['spent'])
    throw stripeError('payment_method_unexpected_state', [
      `PaymentMethod ${id} was detached, or used without being saved. It may not be used again.`,
    ]);
  if (choice.kind === 'cash')
    throw stripeError('payment_method_unexpected_state', [
      'A PaymentMethod of type customer_balance cannot be attached: a customer’s cash balance is always there.',
    ]);
  if (choice.kind === 'bank' && !verified(tx, id))
    throw stripeError('bank_account_unverified', [
      `The bank account of ${id} must be verified before it is saved to a customer. Confirm a SetupIntent with it.`,
    ]);
  const card = choice.kind === 'card' ? choice.instrument.card : undefined;
  if (card?.attachable === false)
    throw new StripeError(
      402,
      declineBody(card.declines ?? { code: 'card_declined', declineCode: 'generic_decline' }, null),
    );
  return tx.update('payment_method', id, { customer });
}

/** Whether a bank account was shown to be its holder's, as US accounts must be. */
export const verified = (tx: Transaction, method: string): boolean =>
  tx.row('payment_method', method)?.hidden['verified'] !== false;

function detach(tx: Transaction, id: string): Stored<'payment_method'> {
  const method = view(tx, id);
  if (!method.customer)
    throw stripeError('payment_method_unexpected_state', [
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    ]);
  const customer = tx.get('customer', method.customer as string)!;
  if (tx.get('card', id)) {
    tx.remove('card', id);
    if (customer.default_source === id) tx.update('customer', customer.id, { default_source: null });
    return { ...method, customer: null };
  }
  const settings = customer.invoice_settings;
  if (settings.default_payment_method === id)
    tx.update('customer', customer.id, { invoice_settings: { ...settings, default_payment_method: null } });
  return tx.update('payment_method', id, { customer: null }, { spent: true });
}
