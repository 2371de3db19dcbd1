import {
  cardByNumber,
  declineMessage,
  sellerMessage,
  type Decline,
  type TestCard,
} from '../../../stripe/cards/index.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { cardFee } from '../money.ts';
import { post } from './balance.ts';
import { checksOf, fingerprintOf } from './instrument.ts';
import type { Choice } from './source-choice.ts';

/** When the books follow a capture: in the same request, or a moment later (the default of intents since 2024-04-10). */
export type Settlement = 'sync' | 'async';

export type Payment = {
  amount: number;
  currency: string;
  choice: Choice;
  capture: boolean;
  settlement: Settlement;
  paymentIntent?: string | null;
  offSession?: boolean;
  /** The result of 3-D Secure, where the bank asked for it. */
  authenticated?: boolean;
  fields?: Partial<Stored<'charge'>>;
};

/** Seconds after which an asynchronous capture is in the books: what logs of real accounts show. */
export const SETTLES_AFTER = 2;
/**
 * Seconds until the bank disputes or warns of a test card's payment. Stripe's test banks act at once, and its CLI counts
 * on that. Where time stands still they take long enough for the payment to be in the books first, so that what
 * happened because of what can be told apart.
 */
const BANK_ACTS_AFTER = 3;
/** An authorisation that is not captured is released after seven days. */
export const AUTHORISED_FOR = 7 * 24 * 60 * 60;

const BLOCKED: Decline = { code: 'card_declined', declineCode: 'fraudulent' };

/** Why the bank or Radar refuses this payment, if one does. */
function refusal({
  choice: { instrument },
  authenticated,
}: Payment): { decline: Decline; blocked: boolean } | undefined {
  const { radar, declines } = instrument.card;
  if (radar === 'block' || radar === 'highest') return { decline: BLOCKED, blocked: true };
  if (!declines) return undefined;
  if (declines.onlyWithCvc && !instrument.cvcGiven) return undefined;
  if (declines.afterAuthentication && !authenticated) return undefined;
  return { decline: declines, blocked: false };
}

/** Asks the card's bank for the money. Whatever it says, a charge is the record of it. */
export function charge(tx: Transaction, payment: Payment): { charge: Stored<'charge'>; decline: Decline | undefined } {
  const { choice, amount, currency, capture, paymentIntent = null } = payment;
  const { instrument, paymentMethod, source, customer } = choice;
  const refused = refusal(payment);
  const id = tx.id('ch');
  const paid = !refused;
  const captured = paid && capture;
  const fields: Partial<Stored<'charge'>> = {
    id,
    object: 'charge',
    amount,
    amount_captured: captured ? amount : 0,
    amount_refunded: 0,
    billing_details: instrument.billing,
    calculated_statement_descriptor: 'PAYBELL TEST',
    captured,
    created: tx.now,
    currency,
    customer,
    disputed: false,
    failure_code: refused ? refused.decline.code : null,
    failure_message: refused ? declineMessage(refused.decline) : null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    outcome: outcomeOf(payment, refused),
    paid,
    payment_intent: paymentIntent,
    payment_method: paymentMethod,
    payment_method_details: methodDetails(tx, payment, paid),
    receipt_url: paid ? receiptUrl(tx) : null,
    refunded: false,
    source: paymentIntent ? null : (source as Stored<'charge'>['source']),
    status: paid ? 'succeeded' : 'failed',
    ...payment.fields,
  };
  const hidden = { card: instrument.card.number, settlement: payment.settlement };
  tx.insert('charge', fields, hidden);
  if (captured) return { charge: recordCapture(tx, id), decline: undefined };
  if (paid) tx.update('charge', id, {}, { expiresAt: tx.now + AUTHORISED_FOR });
  return { charge: tx.get('charge', id)!, decline: refused?.decline };
}

/** Puts a capture into the books, now or shortly, and sets off what the test card has in store. */
export function recordCapture(tx: Transaction, id: string): Stored<'charge'> {
  const { hidden } = tx.row('charge', id)!;
  const card = cardOf(hidden);
  const bankActsAt = tx.now + (tx.flowing ? 0 : BANK_ACTS_AFTER);
  const later = {
    expiresAt: null,
    settlesAt: hidden['settlement'] === 'async' ? tx.now + SETTLES_AFTER : null,
    disputesAt: card.dispute ? bankActsAt : null,
    warnsAt: card.earlyFraudWarning ? bankActsAt : null,
  };
  tx.update('charge', id, {}, later);
  return later.settlesAt === null ? settle(tx, id) : tx.get('charge', id)!;
}

/** The books follow: the charge gets its balance transaction and its final receipt. */
export function settle(tx: Transaction, id: string): Stored<'charge'> {
  const { object, hidden } = tx.row('charge', id)!;
  const { currency, amount_captured: amount, description } = object;
  const transaction = post(tx, {
    amount,
    fee: cardFee(amount, currency),
    currency,
    type: 'charge',
    reportingCategory: 'charge',
    source: id,
    description,
    atOnce: cardOf(hidden).bypassPending === true,
  });
  const receipt = hidden['settlement'] === 'async' ? { receipt_url: receiptUrl(tx) } : {};
  return tx.update('charge', id, { balance_transaction: transaction.id, ...receipt }, { settlesAt: null });
}

/** The test card behind a charge. */
export const cardOf = (hidden: Hidden): TestCard => cardByNumber(String(hidden['card']))!;

const receiptUrl = (tx: Transaction) => `https://pay.stripe.com/receipts/payment/${tx.text(48)}`;

function outcomeOf({ choice }: Payment, refused: { decline: Decline; blocked: boolean } | undefined) {
  const { radar } = choice.instrument.card;
  const risk = radar === 'elevated' ? 'elevated' : radar ? 'highest' : 'normal';
  const base = { advice_code: null, network_advice_code: null, network_decline_code: null, risk_level: risk };
  if (!refused) {
    const reason = radar === 'elevated' ? 'elevated_risk_level' : null;
    return {
      ...base,
      network_status: 'approved_by_network',
      reason,
      seller_message: 'Payment complete.',
      type: 'authorized',
    };
  }
  const { decline, blocked } = refused;
  if (blocked) {
    const seller_message = 'Stripe blocked this payment as too risky.';
    return {
      ...base,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      seller_message,
      type: 'blocked',
    };
  }
  return {
    ...base,
    network_status: 'declined_by_network',
    reason: decline.declineCode ?? decline.code,
    seller_message: sellerMessage(decline),
    type: 'issuer_declined',
  };
}

function methodDetails(tx: Transaction, payment: Payment, paid: boolean) {
  const { choice, amount, capture, authenticated } = payment;
  const { instrument } = choice;
  const { card, expMonth, expYear } = instrument;
  const unavailable = { status: 'unavailable' };
  return {
    card: {
      amount_authorized: paid ? amount : null,
      authorization_code: paid ? String(100_000 + Math.floor(Number.parseInt(tx.text(4), 36) % 900_000)) : null,
      brand: card.brand,
      ...(paid && !capture && { capture_before: tx.now + AUTHORISED_FOR }),
      checks: checksOf(instrument),
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: expMonth,
      exp_year: expYear,
      extended_authorization: { status: 'disabled' },
      fingerprint: fingerprintOf(card),
      funding: card.funding,
      incremental_authorization: unavailable,
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: unavailable,
      network: card.networks?.[0] ?? card.brand,
      network_token: { used: false },
      network_transaction_id: paid ? tx.text(15).toUpperCase() : null,
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: authenticated
        ? {
            authentication_flow: card.threeDSecure?.frictionless ? 'frictionless' : 'challenge',
            electronic_commerce_indicator: '05',
            exemption_indicator: null,
            result: 'authenticated',
            result_reason: null,
            transaction_id: tx.text(24),
            version: '2.2.0',
          }
        : null,
      transaction_link_id: null,
      wallet: null,
    },
    type: 'card',
  } as unknown as Stored<'charge'>['payment_method_details'];
}
