import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import type { Call } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { readCurrency } from '../money.ts';
import { need, noSuch } from '../references.ts';
import { setupOver } from '../billing/subscriptions/setup-over.ts';
import { intentMethod } from './intent-method.ts';
import { allowedTypes, offeredTypes, setupOptions } from './method-options.ts';
import { verify, refusal, TIMED_OUT, type Answer } from './microdeposits.ts';
import { recordAttempt } from './setup-attempt.ts';
import { confirmSetup, setUp, setupFailed, type SetupConfirmation } from './setup-outcomes.ts';

type Intent = Stored<'setup_intent'>;

export function create({ tx, params: given }: Pick<Call, 'tx' | 'params'>): Intent {
  const params = given as unknown as Stripe.SetupIntentCreateParams;
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  const early = params.confirm ? undefined : ['mandate_data', 'return_url', 'single_use'].find((name) => given[name]);
  if (early)
    throw stripeError(
      'missing',
      [`The parameter \`${early}\` cannot be passed when creating a SetupIntent unless \`confirm\` is set to true.`],
      early,
    );
  const named = allowedTypes(given);
  const types = named ?? offeredTypes(given);
  const once = params.single_use && {
    amount: params.single_use.amount,
    currency: readCurrency(params.single_use.currency),
  };
  const id = tx.id('seti');
  tx.insert(
    'setup_intent',
    {
      id,
      object: 'setup_intent',
      automatic_payment_methods: named
        ? null
        : { allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always', enabled: true },
      client_secret: `${id}_secret_${tx.text(25)}`,
      created: tx.now,
      customer: params.customer ?? null,
      description: params.description ?? null,
      flow_directions: params.flow_directions ?? null,
      livemode: false,
      metadata: mergeMetadata({}, given['metadata']),
      on_behalf_of: params.on_behalf_of ?? null,
      payment_method_options: setupOptions(types, params.payment_method_options),
      excluded_payment_method_types: params.excluded_payment_method_types ?? null,
      payment_method_types: types,
      status: 'requires_payment_method',
      usage: params.usage ?? 'off_session',
    } as Partial<Intent>,
    { failures: 0, ...(once && { singleUse: once }) },
  );
  setMethod(tx, id, params as never);
  return params.confirm ? confirmWith(tx, id, params) : tx.get('setup_intent', id)!;
}

type MethodParams = { payment_method?: string; payment_method_data?: object };

function setMethod(tx: Transaction, id: string, params: MethodParams): void {
  const { customer, payment_method_types: types } = tx.get('setup_intent', id)!;
  const method = intentMethod(tx, { name: 'SetupIntent', customer: customer as string | null, types }, params);
  if (!method) return;
  abandon(tx, id);
  tx.update('setup_intent', id, { payment_method: method, status: 'requires_confirmation', next_action: null });
}

/** What the customer was asked for last is of no use any more. */
function abandon(tx: Transaction, id: string): void {
  if (tx.get('setup_intent', id)!.status === 'requires_action') recordAttempt(tx, id, 'abandoned');
  tx.update('setup_intent', id, {}, { verifyBy: null });
}

type ConfirmParams = { return_url?: string; mandate_data?: object | '' | null };

function confirmWith(tx: Transaction, id: string, params: ConfirmParams): Intent {
  if (!tx.get('setup_intent', id)!.payment_method)
    throw stripeError('setup_intent_unexpected_state', [
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
    ]);
  return confirmSetup(tx, id, {
    returnUrl: params.return_url ?? null,
    accepted: (params.mandate_data || null) as SetupConfirmation['accepted'] & object,
  });
}

export function update({ tx, params: given, path }: Call): Intent {
  const intent = need(tx, 'setup_intent', path[0]!, 'intent');
  const params = given as unknown as Stripe.SetupIntentUpdateParams;
  const done = intent.status === 'succeeded' || intent.status === 'canceled';
  if (done && Object.keys(given).some((name) => !['metadata', 'description'].includes(name)))
    throw unexpected(intent, 'update', 'updated');
  if (params.customer && !tx.get('customer', params.customer)) throw noSuch('customer', params.customer, 'customer');
  const types = allowedTypes(given) ?? intent.payment_method_types;
  tx.update('setup_intent', intent.id, {
    ...('description' in given && { description: params.description ?? null }),
    ...(params.customer && { customer: params.customer }),
    metadata: mergeMetadata(intent.metadata ?? {}, given['metadata']),
    payment_method_options: setupOptions(types, params.payment_method_options, intent.payment_method_options),
    payment_method_types: types,
  });
  setMethod(tx, intent.id, params as never);
  return tx.get('setup_intent', intent.id)!;
}

export function confirm({ tx, params, path }: Call): Intent {
  const intent = need(tx, 'setup_intent', path[0]!, 'intent');
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) throw unexpected(intent, 'confirm', 'confirmed');
  const given = params['payment_method_options'] as object | undefined;
  tx.update('setup_intent', intent.id, {
    payment_method_options: setupOptions(intent.payment_method_types, given, intent.payment_method_options),
  });
  setMethod(tx, intent.id, params as MethodParams);
  abandon(tx, intent.id);
  return confirmWith(tx, intent.id, params as ConfirmParams);
}

export function cancel({ tx, params, path }: Call): Intent {
  const intent = need(tx, 'setup_intent', path[0]!, 'intent');
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) throw unexpected(intent, 'cancel', 'canceled');
  abandon(tx, intent.id);
  const canceled = tx.update('setup_intent', intent.id, {
    cancellation_reason: (params['cancellation_reason'] ?? null) as Intent['cancellation_reason'],
    next_action: null,
    status: 'canceled',
  });
  setupOver(tx, canceled);
  return canceled;
}

/** `setupIntents.verifyMicrodeposits`: the customer tells what arrived on the account, and it is set up. */
export function verifyMicrodeposits({ tx, params, path }: Call): Intent {
  const { id } = need(tx, 'setup_intent', path[0]!, 'intent');
  return verify(tx, 'setup_intent', id, {
    answer: params as Answer,
    verified: () => setUp(tx, id),
    failed: (why) => verificationFailed(tx, id, why),
  });
}

/** It was not shown whose account it is: another payment method is needed. */
export const verificationFailed = (tx: Transaction, id: string, why = TIMED_OUT): Intent =>
  setupFailed(tx, id, refusal(why.failed, why.message).body);

const unexpected = ({ status }: Intent, verb: string, past: string) =>
  stripeError('setup_intent_unexpected_state', [
    `You cannot ${verb} this SetupIntent because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be ${past}: requires_payment_method, requires_confirmation, requires_action.`,
  ]);
