import { sellerMessage, type Decline, type TestCard } from '../../../stripe/cards/index.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { checksOf, fingerprintOf, type Instrument } from './instrument.ts';

/** An authorisation that is not captured is released after seven days. */
export const AUTHORISED_FOR = 7 * 24 * 60 * 60;

/** What the bank and Radar said of a card payment. */
export function outcomeOf(card: TestCard, refused: { decline: Decline; blocked: boolean } | undefined) {
  const { radar } = card;
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

/** What is known of a card payment beyond its amount (minor units). */
type Paid = { amount: number; capture: boolean; authenticated: boolean; paid: boolean; mandate: string | null };

/** `payment_method_details` of a charge made with a card. */
export function cardDetails(
  tx: Transaction,
  instrument: Instrument,
  { amount, capture, authenticated, paid, mandate }: Paid,
) {
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
      mandate,
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
