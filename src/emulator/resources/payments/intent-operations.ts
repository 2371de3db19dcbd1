import type Stripe from 'stripe';
import type { JsonObject } from '../../../base/json.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { completeField } from '../../shapes/complete.ts';
import type { Call } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { mustBeChargeable, readCurrency } from '../money.ts';
import { need, noSuch } from '../references.ts';
import { amountChanged, giveBack } from './bank-transfer.ts';
import { captureCharge } from './charge.ts';
import type { Confirmation } from './intent-ends.ts';
import { intentMethod } from './intent-method.ts';
import { cancelIntent, confirmIntent } from './intent-outcomes.ts';
import { allowedTypes, methodOptions, offeredTypes } from './method-options.ts';
import { insertIntent } from './new-intent.ts';

type Intent = Stored<'payment_intent'>;

/** Parameters that become the field of the same name, at creation and in updates. */
const PLAIN = [
  'description',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
  'shipping',
  'application_fee_amount',
  'on_behalf_of',
] as const;
/** What an amount is made of, as far as it is told; whoever gives line items sees them refused rather than forgotten. */
function amountDetails({ amount_details: given }: Call['params'], before: Intent['amount_details'] = { tip: {} }) {
  if (given === undefined) return {};
  const { line_items: lines, enforce_arithmetic_validation: _, ...details } = (given ?? {}) as JsonObject;
  if (lines) throw stripeError('paybell_not_modelled', ['line items of amounts'], 'amount_details[line_items]');
  const value = given === null ? { tip: {} } : { ...before, ...details };
  return { amount_details: completeField<Intent['amount_details']>('payment_intent', 'amount_details', value) };
}

const plain = (params: Call['params']): Partial<Stored<'payment_intent'>> =>
  Object.fromEntries(
    PLAIN.filter((name) => name in params).map((name) => [
      name,
      name === 'shipping' ? completeField('payment_intent', name, params[name]) : params[name],
    ]),
  );

/** Parameters that only make sense for the confirmation itself. */
const WITH_CONFIRM = ['off_session', 'mandate', 'mandate_data', 'return_url', 'error_on_requires_action'];

export function create(call: Call): unknown {
  const { tx } = call;
  const params = call.params as unknown as Stripe.PaymentIntentCreateParams;
  const currency = readCurrency(params.currency);
  mustBeChargeable(params.amount, currency);
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  const early = params.confirm ? undefined : WITH_CONFIRM.find((name) => call.params[name] !== undefined);
  if (early)
    throw stripeError(
      'missing',
      [`The parameter \`${early}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`],
      early,
    );
  const named = allowedTypes(call.params);
  const types = named ?? offeredTypes(call.params);
  const { id } = insertIntent(
    tx,
    {
      amount: params.amount,
      automatic_payment_methods: named
        ? null
        : { allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always', enabled: true },
      capture_method: params.capture_method ?? 'automatic_async',
      confirmation_method: params.confirmation_method ?? 'automatic',
      currency,
      customer: params.customer ?? null,
      metadata: mergeMetadata({}, call.params['metadata']),
      payment_method_options: methodOptions(types, params.payment_method_options),
      excluded_payment_method_types: params.excluded_payment_method_types ?? null,
      payment_method_types: types,
      ...plain(call.params),
      ...amountDetails(call.params),
    } as Partial<Intent>,
    cardCapture(params),
  );
  setMethod(tx, id, params);
  if (!params.confirm) return tx.get('payment_intent', id);
  mustHaveMethod(tx, id, 'confirm');
  return confirmIntent(tx, id, confirmation(params));
}

const cardCapture = ({ payment_method_options: options }: Stripe.PaymentIntentUpdateParams) => {
  const capture = (options?.card as { capture_method?: string } | undefined)?.capture_method;
  return capture === undefined ? {} : { cardCapture: capture };
};

/** Gives an intent the payment method that parameters name or describe. What another one has paid in so far goes back. */
function setMethod(tx: Transaction, id: string, params: Stripe.PaymentIntentUpdateParams): void {
  const { customer, payment_method_types: types } = tx.get('payment_intent', id)!;
  const owner = customer as string | null;
  const method = intentMethod(tx, { name: 'PaymentIntent', customer: owner, types }, params as never);
  if (!method) return;
  giveBack(tx, id);
  tx.update('payment_intent', id, { payment_method: method, status: 'requires_confirmation', next_action: null });
}

function confirmation(params: Stripe.PaymentIntentConfirmParams): Confirmation {
  return {
    offSession: params.off_session === true || typeof params.off_session === 'string',
    returnUrl: params.return_url ?? null,
    errorOnRequiresAction: params.error_on_requires_action === true,
    accepted: (params.mandate_data || null) as Confirmation['accepted'],
    mandate: params.mandate ?? null,
  };
}

/** Changes an intent before it is paid; afterwards only what describes it. */
export function update({ tx, params: given, path }: Call): Intent {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const params = given as unknown as Stripe.PaymentIntentUpdateParams;
  const free = [
    'metadata',
    'description',
    ...(intent.status === 'requires_capture' ? ['receipt_email', 'shipping', 'transfer_group'] : []),
  ];
  if (
    ['succeeded', 'canceled', 'processing', 'requires_capture'].includes(intent.status) &&
    Object.keys(given).some((name) => !free.includes(name))
  )
    throw unexpected(intent, 'update', 'requires_payment_method, requires_confirmation, requires_action');
  const currency = params.currency ? readCurrency(params.currency) : intent.currency;
  if (params.amount !== undefined || params.currency) mustBeChargeable(params.amount ?? intent.amount, currency);
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  const types = allowedTypes(given) ?? intent.payment_method_types;
  tx.update(
    'payment_intent',
    intent.id,
    {
      ...plain(given),
      ...amountDetails(given, intent.amount_details),
      currency,
      ...(params.amount !== undefined && { amount: params.amount }),
      ...(params.capture_method && { capture_method: params.capture_method }),
      ...(params.customer && { customer: params.customer }),
      metadata: mergeMetadata(intent.metadata, given['metadata']),
      payment_method_options: methodOptions(types, params.payment_method_options || {}, intent.payment_method_options),
      payment_method_types: types,
    },
    cardCapture(params),
  );
  if (given['payment_method'] === null) {
    giveBack(tx, intent.id);
    tx.update('payment_intent', intent.id, {
      payment_method: null,
      status: 'requires_payment_method',
      next_action: null,
    });
  } else setMethod(tx, intent.id, params);
  if (params.amount !== undefined) amountChanged(tx, intent.id);
  return tx.get('payment_intent', intent.id)!;
}

export function confirm({ tx, params: given, path }: Call): Intent {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const params = given as unknown as Stripe.PaymentIntentConfirmParams;
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
    throw unexpected(intent, 'confirm', 'requires_confirmation, requires_action');
  tx.update(
    'payment_intent',
    intent.id,
    {
      ...plain(given),
      ...amountDetails(given, intent.amount_details),
      ...(params.capture_method && { capture_method: params.capture_method }),
      payment_method_options: methodOptions(
        intent.payment_method_types,
        params.payment_method_options || {},
        intent.payment_method_options,
      ),
    },
    cardCapture(params),
  );
  setMethod(tx, intent.id, params);
  mustHaveMethod(tx, intent.id, 'confirm');
  // Waiting for a transfer, it goes on waiting: what has come so far stays.
  const { hidden, object } = tx.row('payment_intent', intent.id)!;
  if (hidden['transferFrom'] != null) return object;
  return confirmIntent(tx, intent.id, confirmation(params));
}

function mustHaveMethod(tx: Transaction, id: string, verb: string): void {
  if (!tx.get('payment_intent', id)!.payment_method)
    throw stripeError('payment_intent_unexpected_state', [
      `You cannot ${verb} this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and ${verb} it again, or ${verb} it with a payment method.`,
    ]);
}

export function capture({ tx, params: given, path }: Call): Intent {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  if (intent.status !== 'requires_capture') throw unexpected(intent, 'capture', 'requires_capture');
  const { amount_to_capture, final_capture: final } = given as unknown as Stripe.PaymentIntentCaptureParams;
  // Further captures need a card that offers them (docs.stripe.com/payments/multicapture), and no test card does here.
  if (final === false)
    throw stripeError(
      'parameter_invalid',
      ['final_capture', 'this PaymentIntent can be captured once'],
      'final_capture',
    );
  const amount = amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable)
    throw stripeError(
      'amount_too_large',
      [`the ${intent.amount_capturable} that can be captured`],
      'amount_to_capture',
    );
  captureCharge(tx, intent.latest_charge!, amount);
  return tx.update('payment_intent', intent.id, {
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: amount,
    metadata: mergeMetadata(intent.metadata, given['metadata']),
  });
}

export function cancel({ tx, params, path }: Call): Intent {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const reason = (params['cancellation_reason'] ?? null) as Intent['cancellation_reason'];
  if (['succeeded', 'canceled', 'processing'].includes(intent.status))
    throw unexpected(
      intent,
      'cancel',
      'requires_payment_method, requires_capture, requires_confirmation, requires_action',
    );
  return cancelIntent(tx, intent.id, reason);
}

const unexpected = ({ status }: Stored<'payment_intent'>, verb: string, wanted: string) =>
  stripeError('payment_intent_unexpected_state', [
    `You cannot ${verb} this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be ${PAST[verb]}: ${wanted}.`,
  ]);

const PAST: Record<string, string> = {
  cancel: 'canceled',
  update: 'updated',
  confirm: 'confirmed',
  capture: 'captured',
};
