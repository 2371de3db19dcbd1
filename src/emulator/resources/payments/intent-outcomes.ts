import type { JsonObject } from '../../../base/json.ts';
import type { Decline } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { follow } from '../billing/invoices/follow.ts';
import { declineBody, declined } from './card-error.ts';
import { charge as chargeCard } from './charging.ts';
import { attach } from './payment-method.ts';
import { choosePaymentMethod, paymentMethodView } from './source-choice.ts';

export type Confirmation = {
  offSession: boolean;
  returnUrl: string | null;
  errorOnRequiresAction: boolean;
  /** An invoice is patient: when the bank asks, its intent waits for the customer though nobody is there now. */
  waits?: boolean;
  /** Who confirms decides where `payment_method.attached` stands among the events. */
  inBrowser?: boolean;
};

type Intent = Stored<'payment_intent'>;

/** Tries to take the money: succeeds, waits for capture, asks for 3-D Secure, or is declined (402, and kept). */
export function confirmIntent(tx: Transaction, id: string, how: Confirmation): Intent {
  const intent = tx.get('payment_intent', id)!;
  const choice = choosePaymentMethod(tx, intent.payment_method as string);
  const { threeDSecure } = choice.instrument.card;
  if (threeDSecure?.lookupFails && threeDSecure.asks !== 'never') return refuse(tx, id, LOOKUP_FAILED);
  if (asksForAuthentication(tx, intent, how) && !threeDSecure?.frictionless) {
    // Nobody is there to authenticate: the bank declines instead.
    if ((how.offSession && !how.waits) || how.errorOnRequiresAction) return refuse(tx, id, AUTHENTICATION);
    const asked: Partial<Intent> = { status: 'requires_action', next_action: nextAction(tx, intent, how) };
    return settled(tx, tx.update('payment_intent', id, asked, { how }));
  }
  return takeMoney(tx, id, how, threeDSecure?.frictionless === true);
}

const AUTHENTICATION = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
} as unknown as Decline;

const LOOKUP_FAILED: Decline = { code: 'card_declined', declineCode: 'generic_decline' };

/** The bank declines for a reason that lies in how it was asked, and not in the card. */
const refuse = (tx: Transaction, id: string, decline: Decline): Intent =>
  fail(tx, id, decline, pay(tx, id, false, decline).charge);

function asksForAuthentication(tx: Transaction, intent: Intent, { offSession }: Confirmation): boolean {
  const { instrument, paymentMethod } = choosePaymentMethod(tx, intent.payment_method as string);
  const setUp = tx.row('payment_method', paymentMethod)?.hidden['setUp'] === true;
  switch (instrument.card.threeDSecure?.asks) {
    case 'always':
      return true;
    case 'unless_set_up':
      return !(offSession && setUp);
    case 'on_session':
      return !offSession;
    default:
      return false;
  }
}

function nextAction(tx: Transaction, { id, automatic_payment_methods }: Intent, { returnUrl }: Confirmation) {
  const redirects = automatic_payment_methods?.allow_redirects !== 'never';
  if (returnUrl && redirects) {
    const url = `https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=${id}`;
    return { redirect_to_url: { return_url: returnUrl, url }, type: 'redirect_to_url' };
  }
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', source: tx.id('src') } };
}

/** The customer came back from the bank's page: authenticated, or not. An action from outside; no API call does it. */
export function authenticate(tx: Transaction, id: string, passed: boolean): Intent {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (intent.status !== 'requires_action')
    throw stripeError('payment_intent_unexpected_state', [
      `PaymentIntent ${id} is ${intent.status}; nobody was asked to authenticate it.`,
    ]);
  const how = { ...(hidden['how'] as Confirmation), inBrowser: true };
  tx.update('payment_intent', id, { next_action: null });
  if (passed) return takeMoney(tx, intent.id, how, true, false);
  return recordFailure(tx, id, {
    code: 'payment_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    type: 'invalid_request_error',
  });
}

function takeMoney(tx: Transaction, id: string, how: Confirmation, authenticated: boolean, answers = true): Intent {
  const { charge, decline } = pay(tx, id, authenticated);
  if (decline) return fail(tx, id, decline, charge, answers);
  const intent = tx.get('payment_intent', id)!;
  const outcome: Partial<Intent> = charge.captured
    ? { status: 'succeeded', amount_received: intent.amount }
    : { status: 'requires_capture', amount_capturable: intent.amount };
  const done = tx.update('payment_intent', id, {
    ...outcome,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  save(tx, done, how);
  return settled(tx, done);
}

/** An outcome is there: what the intent was made for follows. */
function settled(tx: Transaction, intent: Intent): Intent {
  follow(tx, intent);
  return intent;
}

/** A payment method that is to be used again is saved to the customer once it has worked. */
function save(tx: Transaction, intent: Intent, { inBrowser }: Confirmation) {
  const method = intent.payment_method as string;
  if (!tx.get('payment_method', method)) return;
  if (intent.setup_future_usage) tx.update('payment_method', method, {}, { setUp: true });
  const saved = tx.get('payment_method', method)!.customer;
  if (intent.customer && intent.setup_future_usage && !saved) {
    attach(tx, method, intent.customer as string);
    tx.because('payment_method', method, inBrowser ? 'intent.confirmed_in_browser' : 'intent.confirmed');
  } else if (!saved) tx.update('payment_method', method, {}, { spent: true });
}

function pay(tx: Transaction, id: string, authenticated: boolean, refusal?: Decline) {
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  const choice = choosePaymentMethod(tx, intent.payment_method as string);
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
    fields: {
      description: intent.description,
      metadata: intent.metadata,
      receipt_email: intent.receipt_email,
      shipping: intent.shipping,
      statement_descriptor: intent.statement_descriptor,
      statement_descriptor_suffix: intent.statement_descriptor_suffix,
      transfer_group: intent.transfer_group,
    },
  });
}

function fail(tx: Transaction, id: string, decline: Decline, charge: Stored<'charge'>, answers = true): Intent {
  const method = tx.get('payment_intent', id)!.payment_method as string;
  const body = declineBody(decline, charge.id);
  const payment_method = paymentMethodView(tx, method) as unknown as JsonObject;
  const intent = recordFailure(tx, id, { ...body, payment_method }, charge.id);
  if (!answers) return intent;
  throw declined({ ...body, payment_intent: intent as unknown as JsonObject, payment_method });
}

function recordFailure(tx: Transaction, id: string, error: JsonObject, charge?: string): Intent {
  const failures = Number(tx.row('payment_intent', id)!.hidden['failures'] ?? 0) + 1;
  const failed = tx.update(
    'payment_intent',
    id,
    {
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_payment_error: error as unknown as Intent['last_payment_error'],
      ...(charge && { latest_charge: charge }),
    },
    { failures },
  );
  return settled(tx, failed);
}

/** Ends an intent; what was authorised is released, which shows as a refund of the charge. */
export function cancelIntent(tx: Transaction, id: string, reason: Intent['cancellation_reason']): Intent {
  const { status, latest_charge } = tx.get('payment_intent', id)!;
  const charge = tx.get('charge', latest_charge);
  if (status === 'requires_capture' && charge)
    tx.update('charge', charge.id, { amount_refunded: charge.amount, refunded: true }, { expiresAt: null });
  return end(tx, id, reason);
}

/** Its authorisation ran out. */
export const expireIntent = (tx: Transaction, id: string): Intent => end(tx, id, 'automatic');

const end = (tx: Transaction, id: string, reason: Intent['cancellation_reason']) =>
  tx.update('payment_intent', id, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: tx.now,
    cancellation_reason: reason,
    next_action: null,
  });
