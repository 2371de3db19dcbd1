import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import { became, created, defineResource, type Call, type Change } from '../define.ts';
import { completeField } from '../../shapes/complete.ts';
import { mergeMetadata } from '../metadata.ts';
import { mustBeChargeable, readCurrency } from '../money.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { captureCharge } from './charge.ts';
import { authenticate, cancelIntent, confirmIntent, type Confirmation } from './intent-outcomes.ts';
import { intentMethod } from './intent-method.ts';
import { cardOptions, insertIntent } from './new-intent.ts';

type Rule = Change<'payment_intent'>;
/** Whether an attempt failed in this commit. Counted, because two failures in a row leave the same status. */
const failed = ({ before, after }: Rule) =>
  Number(after.hidden['failures'] ?? 0) > Number(before?.hidden['failures'] ?? 0);
const capturable = ({ before, after }: Rule) =>
  after.object.amount_capturable > 0 && after.object.amount_capturable !== (before?.object.amount_capturable ?? 0);

export const paymentIntent = defineResource('payment_intent', {
  prefix: 'pi',
  operations: {
    'paymentIntents.create': create,
    'paymentIntents.update': update,
    'paymentIntents.confirm': confirm,
    'paymentIntents.capture': capture,
    'paymentIntents.cancel': ({ tx, params, path }) => {
      const intent = need(tx, 'payment_intent', path[0]!, 'intent');
      const reason = (params['cancellation_reason'] ?? null) as Stored<'payment_intent'>['cancellation_reason'];
      if (['succeeded', 'canceled', 'processing'].includes(intent.status))
        throw unexpected(
          intent,
          'cancel',
          'requires_payment_method, requires_capture, requires_confirmation, requires_action',
        );
      return cancelIntent(tx, intent.id, reason);
    },
    'paymentIntents.incrementAuthorization': ({ tx, path }) => {
      const intent = need(tx, 'payment_intent', path[0]!, 'intent');
      throw stripeError('wrong_state', [
        `PaymentIntent ${intent.id} does not support incremental authorization: no test card does.`,
      ]);
    },
  },
  actions: {
    authenticate: {
      outcomes: ['succeed', 'fail'],
      run: (tx, id, outcome) => authenticate(tx, id, outcome === 'succeed'),
    },
  },
  events: [
    // Told as it was before the same request went on to confirm it.
    { type: 'payment_intent.created', when: created, rank: RANK.intentCreated, shows: 'start' },
    { type: 'payment_intent.requires_action', when: became('status', 'requires_action'), rank: RANK.intent },
    { type: 'payment_intent.processing', when: became('status', 'processing'), rank: RANK.intent },
    { type: 'payment_intent.amount_capturable_updated', when: capturable, rank: RANK.intent },
    { type: 'payment_intent.payment_failed', when: failed, rank: RANK.intent },
    { type: 'payment_intent.succeeded', when: became('status', 'succeeded'), rank: RANK.intent },
    { type: 'payment_intent.canceled', when: became('status', 'canceled'), rank: RANK.intent },
  ],
});

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
const plain = (params: Call['params']): Partial<Stored<'payment_intent'>> =>
  Object.fromEntries(
    PLAIN.filter((name) => name in params).map((name) => [
      name,
      name === 'shipping' ? completeField('payment_intent', name, params[name]) : params[name],
    ]),
  );

function create(call: Call) {
  const { tx } = call;
  const params = call.params as unknown as Stripe.PaymentIntentCreateParams;
  const currency = readCurrency(params.currency);
  mustBeChargeable(params.amount, currency);
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  const types = allowedTypes(call);
  const { id } = insertIntent(
    tx,
    {
      amount: params.amount,
      automatic_payment_methods: types
        ? null
        : { allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always', enabled: true },
      capture_method: params.capture_method ?? 'automatic_async',
      confirmation_method: params.confirmation_method ?? 'automatic',
      currency,
      customer: params.customer ?? null,
      metadata: mergeMetadata({}, call.params['metadata']),
      payment_method_options: methodOptions(params),
      payment_method_types: types ?? ['card', 'link'],
      ...plain(call.params),
    } as Partial<Stored<'payment_intent'>>,
    { cardCapture: (params.payment_method_options?.card as { capture_method?: string } | undefined)?.capture_method },
  );
  const method = intentMethod(tx, id, params);
  if (method) tx.update('payment_intent', id, { payment_method: method, status: 'requires_confirmation' });
  if (!params.confirm) return tx.get('payment_intent', id);
  return confirmIntent(tx, id, confirmation(params));
}

/** Which kinds of payment method may be used: as named, else null for whatever the account offers. */
function allowedTypes({ params }: Call): string[] | null {
  const named = params['payment_method_types'] ?? params['allowed_payment_method_types'];
  const automatic = params['automatic_payment_methods'] as { enabled?: boolean } | undefined;
  if (named && automatic?.enabled)
    throw stripeError('parameters_exclusive', ['automatic_payment_methods', 'payment_method_types']);
  if (named) return named as string[];
  return automatic?.enabled === false ? ['card'] : null;
}

const methodOptions = ({ payment_method_options: options }: Stripe.PaymentIntentCreateParams) =>
  cardOptions(options?.card as object | undefined);

function confirmation(params: Stripe.PaymentIntentConfirmParams): Confirmation {
  return {
    offSession: params.off_session === true || typeof params.off_session === 'string',
    returnUrl: params.return_url ?? null,
    errorOnRequiresAction: params.error_on_requires_action === true,
  };
}

function update({ tx, params: given, path }: Call) {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const params = given as unknown as Stripe.PaymentIntentUpdateParams;
  if (
    ['succeeded', 'canceled'].includes(intent.status) &&
    Object.keys(given).some((name) => !['metadata', 'description'].includes(name))
  )
    throw unexpected(intent, 'update', 'requires_payment_method, requires_confirmation, requires_action');
  const currency = params.currency ? readCurrency(params.currency) : intent.currency;
  if (params.amount !== undefined) mustBeChargeable(params.amount, currency);
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  tx.update('payment_intent', intent.id, {
    ...plain(given),
    currency,
    ...(params.amount !== undefined && { amount: params.amount }),
    ...(params.customer && { customer: params.customer }),
    metadata: mergeMetadata(intent.metadata, given['metadata']),
  });
  const method = intentMethod(tx, intent.id, params);
  if (method) tx.update('payment_intent', intent.id, { payment_method: method, status: 'requires_confirmation' });
  return tx.get('payment_intent', intent.id);
}

function confirm({ tx, params: given, path }: Call) {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  const params = given as unknown as Stripe.PaymentIntentConfirmParams;
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
    throw unexpected(intent, 'confirm', 'requires_confirmation, requires_action');
  const method = intentMethod(tx, intent.id, params);
  if (method) tx.update('payment_intent', intent.id, { payment_method: method });
  tx.update('payment_intent', intent.id, plain(given));
  if (!tx.get('payment_intent', intent.id)!.payment_method)
    throw stripeError('payment_intent_unexpected_state', [
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and confirm it again, or confirm it with a payment method.",
    ]);
  return confirmIntent(tx, intent.id, confirmation(params));
}

function capture({ tx, params: given, path }: Call) {
  const intent = need(tx, 'payment_intent', path[0]!, 'intent');
  if (intent.status !== 'requires_capture') throw unexpected(intent, 'capture', 'requires_capture');
  const { amount_to_capture } = given as unknown as Stripe.PaymentIntentCaptureParams;
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
