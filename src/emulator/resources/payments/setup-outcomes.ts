import type { JsonObject } from '../../../base/json.ts';
import { debitMessage } from '../../../stripe/cards/index.ts';
import { StripeError, stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { setupOver } from '../billing/subscriptions/setup-over.ts';
import { declineBody } from './card-error.ts';
import type { Confirmation } from './intent-ends.ts';
import { giveMandate, mandateFor, type Scope } from './mandate.ts';
import { askForMicrodeposits } from './microdeposits.ts';
import { attach, verified } from './payment-method.ts';
import { beginAttempt, recordAttempt } from './setup-attempt.ts';
import { choosePaymentMethod, paymentMethodView, type CardChoice, type Choice } from './source-choice.ts';
import { asksForAuthentication, authenticationAction } from './three-d-secure.ts';

type Intent = Stored<'setup_intent'>;

/** How a setup intent is confirmed. */
export type SetupConfirmation = Pick<Confirmation, 'returnUrl' | 'accepted'>;

/** Tries to set a payment method up for later: succeeds, waits for the customer, or is declined (402, and kept). */
export function confirmSetup(tx: Transaction, id: string, how: SetupConfirmation): Intent {
  const intent = tx.get('setup_intent', id)!;
  const choice = choosePaymentMethod(tx, intent.payment_method as string);
  if (choice.kind === 'cash')
    throw stripeError('parameter_invalid', ['payment_method', 'a cash balance cannot be set up'], 'payment_method');
  giveConsent(tx, intent, choice, how);
  beginAttempt(tx, intent, choice);
  if (choice.kind === 'bank') {
    const { outcome, failureCode } = choice.bank;
    if (outcome === 'refused') return refuse(tx, id, errorOf(failureCode ?? 'setup_intent_mandate_invalid'));
    return verified(tx, choice.paymentMethod) ? setUp(tx, id) : askForDeposits(tx, id);
  }
  return confirmCard(tx, intent, choice, how);
}

function confirmCard(tx: Transaction, intent: Intent, choice: CardChoice, how: SetupConfirmation): Intent {
  const { id } = intent;
  const { card } = choice.instrument;
  if (card.threeDSecure?.lookupFails && card.threeDSecure.asks !== 'never')
    return refuse(tx, id, declineBody(GENERIC, null));
  // The bank is asked, and says now what it would say to a payment; only some cards keep it to themselves.
  if (card.attachable === false) return refuse(tx, id, declineBody(card.declines ?? GENERIC, null));
  const options = intent.payment_method_options?.card?.request_three_d_secure ?? null;
  if (!asksForAuthentication(tx, choice, false, options)) return setUp(tx, id);
  if (card.threeDSecure?.frictionless) return setUp(tx, id, choice);
  const next_action = authenticationAction(tx, `setup_intent=${id}`, how.returnUrl);
  recordAttempt(tx, id, 'requires_action');
  return tx.update('setup_intent', id, { status: 'requires_action', next_action });
}

const GENERIC = { code: 'card_declined', declineCode: 'generic_decline' } as const;

/** What the customer agreed to is recorded; debits are not possible without. */
function giveConsent(tx: Transaction, intent: Intent, choice: Choice, { accepted = null }: SetupConfirmation): void {
  const once = tx.row('setup_intent', intent.id)!.hidden['singleUse'] as Exclude<Scope, string> | undefined;
  const scope = once ?? 'multi_use';
  const method = paymentMethodView(tx, choice.paymentMethod)!;
  if (choice.kind !== 'bank' && !accepted) return;
  const { id } =
    choice.kind === 'bank'
      ? mandateFor(tx, method, choice.bank, { accepted, named: null, scope, intent: 'SetupIntent' })
      : giveMandate(tx, method, undefined, accepted!, scope);
  tx.update('setup_intent', intent.id, once ? { single_use_mandate: id } : { mandate: id });
}

function askForDeposits(tx: Transaction, id: string): Intent {
  const { next_action, verifyBy } = askForMicrodeposits(tx);
  recordAttempt(tx, id, 'requires_action');
  return tx.update('setup_intent', id, { status: 'requires_action', next_action }, { verifyBy, attempts: 0 });
}

/** It is set up: it belongs to the customer from now on, and may be used when nobody is there if that was asked for. */
export function setUp(tx: Transaction, id: string, authenticated?: Choice): Intent {
  const intent = tx.get('setup_intent', id)!;
  const method = intent.payment_method as string;
  const stored = tx.get('payment_method', method);
  if (stored) {
    if (intent.customer && !stored.customer) {
      attach(tx, method, intent.customer as string);
      tx.because('payment_method', method, 'intent.confirmed_in_browser');
    }
    if (intent.usage === 'off_session') tx.update('payment_method', method, {}, { setUp: true });
  }
  recordAttempt(tx, id, 'succeeded', authenticated && { authenticated });
  const fields = { status: 'succeeded', next_action: null, last_setup_error: null } as const;
  const succeeded = tx.update('setup_intent', id, fields, { verifyBy: null });
  setupOver(tx, succeeded);
  return succeeded;
}

/** The customer came back from the bank's page: authenticated, or not. An action from outside; no API call does it. */
export function authenticateSetup(tx: Transaction, id: string, passed: boolean): Intent {
  const intent = tx.get('setup_intent', id)!;
  if (!['redirect_to_url', 'use_stripe_sdk'].includes(intent.next_action?.type ?? ''))
    throw stripeError('setup_intent_unexpected_state', [
      `SetupIntent ${id} is ${intent.status}; nobody was asked to authenticate it.`,
    ]);
  if (passed) return setUp(tx, id, choosePaymentMethod(tx, intent.payment_method as string));
  return setupFailed(tx, id, {
    code: 'setup_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/setup-intent-authentication-failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    type: 'invalid_request_error',
  });
}

/** The attempt failed: the intent waits for another payment method. */
export function setupFailed(tx: Transaction, id: string, body: JsonObject): Intent {
  const { object: intent, hidden } = tx.row('setup_intent', id)!;
  const payment_method = paymentMethodView(tx, intent.payment_method as string) as unknown as JsonObject;
  const error = { ...body, payment_method };
  recordAttempt(tx, id, 'failed', { error });
  const fields = {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: error,
  };
  const failures = Number(hidden['failures'] ?? 0) + 1;
  return tx.update('setup_intent', id, fields as unknown as Partial<Intent>, { failures, verifyBy: null });
}

function refuse(tx: Transaction, id: string, body: JsonObject): never {
  const setup_intent = setupFailed(tx, id, body) as unknown as JsonObject;
  const { payment_method } = setup_intent['last_setup_error'] as JsonObject;
  throw new StripeError(402, { ...body, setup_intent, ...(payment_method && { payment_method }) }, true);
}

const errorOf = (code: string): JsonObject => ({
  code,
  doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
  message: debitMessage(code),
  type: 'invalid_request_error',
});
