import type { JsonObject } from '../../../base/json.ts';
import type { Decline } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { awaitTransfer, giveBack } from './bank-transfer.ts';
import { declineBody, declined } from './card-error.ts';
import { fromIntent } from './charge-record.ts';
import { charge as chargeCard } from './charging.ts';
import { confirmDebit } from './debit.ts';
import { attemptFailed, attemptSucceeded, endIntent, saveMethod, settled, type Confirmation } from './intent-ends.ts';
import { closeReview } from './review.ts';
import { giveMandate } from './mandate.ts';
import { choosePaymentMethod, paymentMethodView, type CardChoice } from './source-choice.ts';
import { asksForAuthentication, authenticationAction } from './three-d-secure.ts';

type Intent = Stored<'payment_intent'>;

/** Tries to take the money: succeeds, waits for capture, for the bank or for the customer, or is declined (402, and kept). */
export function confirmIntent(tx: Transaction, id: string, how: Confirmation): Intent {
  const intent = tx.get('payment_intent', id)!;
  const choice = choosePaymentMethod(tx, intent.payment_method as string);
  if (choice.kind === 'bank') return confirmDebit(tx, id, choice.bank, how);
  if (choice.kind === 'cash') return awaitTransfer(tx, id);
  const { threeDSecure } = choice.instrument.card;
  if (threeDSecure?.lookupFails && threeDSecure.asks !== 'never') return refuse(tx, id, LOOKUP_FAILED);
  if (asksForAuthentication(tx, choice, how.offSession, requested(intent)) && !threeDSecure?.frictionless) {
    // Nobody is there to authenticate: the bank declines instead.
    if ((how.offSession && !how.waits) || how.errorOnRequiresAction) return refuse(tx, id, AUTHENTICATION);
    const redirects = intent.automatic_payment_methods?.allow_redirects !== 'never';
    const next_action = authenticationAction(tx, `payment_intent=${id}`, redirects ? how.returnUrl : null);
    const asked = { status: 'requires_action', next_action } as Partial<Intent>;
    return settled(tx, tx.update('payment_intent', id, asked, { how }));
  }
  return takeMoney(tx, id, how, threeDSecure?.frictionless === true);
}

const requested = (intent: Intent) => intent.payment_method_options?.card?.request_three_d_secure ?? null;

const AUTHENTICATION = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
} as unknown as Decline;

const LOOKUP_FAILED: Decline = { code: 'card_declined', declineCode: 'generic_decline' };

/** The bank declines for a reason that lies in how it was asked, and not in the card. */
const refuse = (tx: Transaction, id: string, decline: Decline): Intent =>
  fail(tx, id, decline, pay(tx, id, null, false, decline).charge);

/** The customer came back from the bank's page: authenticated, or not. An action from outside; no API call does it. */
export function authenticate(tx: Transaction, id: string, passed: boolean): Intent {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (!['redirect_to_url', 'use_stripe_sdk'].includes(intent.next_action?.type ?? ''))
    throw stripeError('payment_intent_unexpected_state', [
      `PaymentIntent ${id} is ${intent.status}; nobody was asked to authenticate it.`,
    ]);
  const how = { ...(hidden['how'] as Confirmation), inBrowser: true };
  tx.update('payment_intent', id, { next_action: null });
  if (passed) return takeMoney(tx, intent.id, how, true, false);
  return attemptFailed(tx, id, {
    code: 'payment_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    type: 'invalid_request_error',
  });
}

function takeMoney(tx: Transaction, id: string, how: Confirmation, authenticated: boolean, answers = true): Intent {
  const { charge, decline } = pay(tx, id, how, authenticated);
  if (decline) return fail(tx, id, decline, charge, answers);
  const done = attemptSucceeded(tx, id, charge);
  saveMethod(tx, done, how);
  return settled(tx, done);
}

function pay(tx: Transaction, id: string, how: Confirmation | null, authenticated: boolean, refusal?: Decline) {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  const choice = choosePaymentMethod(tx, intent.payment_method as string) as CardChoice;
  const card = refusal ? { ...choice.instrument.card, declines: refusal } : choice.instrument.card;
  return chargeCard(tx, {
    amount: intent.amount,
    currency: intent.currency,
    choice: { ...choice, instrument: { ...choice.instrument, card }, customer: intent.customer as string | null },
    capture: intent.capture_method !== 'manual' && hidden['cardCapture'] !== 'manual',
    // `automatic` asks for the books to be written at once; every other method lets them follow.
    settlement: intent.capture_method === 'automatic' ? 'sync' : 'async',
    paymentIntent: id,
    authenticated,
    mandate: mandateOf(tx, intent, how),
    fields: fromIntent(intent),
  });
}

/** Cards need no mandate, but one that the customer gave along is recorded, and one that exists may be named. */
function mandateOf(tx: Transaction, intent: Intent, how: Confirmation | null): string | null {
  if (!how?.accepted) return how?.mandate ?? null;
  const { amount, currency, setup_future_usage } = intent;
  const method = paymentMethodView(tx, intent.payment_method as string)!;
  const scope = setup_future_usage === 'off_session' ? 'multi_use' : { amount, currency };
  return giveMandate(tx, method, undefined, how.accepted, scope).id;
}

function fail(tx: Transaction, id: string, decline: Decline, charge: Stored<'charge'>, answers = true): Intent {
  const method = tx.get('payment_intent', id)!.payment_method as string;
  const body = declineBody(decline, charge.id);
  const payment_method = paymentMethodView(tx, method) as unknown as JsonObject;
  const intent = attemptFailed(tx, id, { ...body, payment_method }, charge.id);
  if (!answers) return intent;
  throw declined({ ...body, payment_intent: intent as unknown as JsonObject, payment_method });
}

/** Ends an intent; what was authorised is released, which shows as a refund of the charge. */
export function cancelIntent(tx: Transaction, id: string, reason: Intent['cancellation_reason']): Intent {
  const { status, latest_charge } = tx.get('payment_intent', id)!;
  const charge = tx.get('charge', latest_charge);
  if (status === 'requires_capture' && charge) {
    tx.update('charge', charge.id, { amount_refunded: charge.amount, refunded: true }, { expiresAt: null });
    closeReview(tx, charge, 'canceled');
  }
  giveBack(tx, id);
  return endIntent(tx, id, reason);
}

/** Its authorisation ran out. */
export const expireIntent = (tx: Transaction, id: string): Intent => endIntent(tx, id, 'automatic');
