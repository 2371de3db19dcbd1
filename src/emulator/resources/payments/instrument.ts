import { createHash } from 'node:crypto';
import { BRAND_NAMES, cardByNumber, type TestCard } from '../../../stripe/cards/index.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';

/** What a payment is made with: a test card and how it was given. Kept beside every object that stands for it. */
export type Instrument = {
  card: TestCard;
  expMonth: number;
  expYear: number;
  /** Whether a security code was sent: without one, nothing can be wrong with it. */
  cvcGiven: boolean;
  billing: Billing;
};

export type Billing = Stored<'payment_method'>['billing_details'];

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

/** Nothing known of the payer: Stripe shows every part of the address, each of them null. */
export const NO_BILLING: Billing = { address: NO_ADDRESS, email: null, name: null, phone: null, tax_id: null };

/** An instrument as hidden facts of an object, and back. */
export const hide = ({ card, cvcGiven }: Instrument): Hidden => ({ card: card.number, cvcGiven });

export function instrumentOf(
  hidden: Hidden,
  { exp_month, exp_year }: { exp_month: number; exp_year: number },
  billing: Billing,
): Instrument {
  const card = cardByNumber(String(hidden['card']))!;
  return { card, expMonth: exp_month, expYear: exp_year, cvcGiven: hidden['cvcGiven'] === true, billing };
}

/** A ready-made card (`tok_visa`, `pm_card_visa`): good for years, its security code sent along. */
export function readyMade(tx: Transaction, card: TestCard): Instrument {
  const year = new Date(tx.now * 1000).getUTCFullYear() + 1;
  return { card, expMonth: 12, expYear: year, cvcGiven: true, billing: NO_BILLING };
}

/** The same number has the same fingerprint, whatever object stands for it. */
export const fingerprint = (number: string): string =>
  createHash('sha256').update(number).digest('base64').replaceAll(/[+/=]/g, '').slice(0, 16);

export const fingerprintOf = (card: TestCard): string => fingerprint(card.number);

type Check = 'pass' | 'fail' | 'unavailable' | null;

/** What the bank says of what was sent with the card; null for what was not sent. */
export function checksOf({ card, cvcGiven, billing }: Instrument) {
  const check = (sent: unknown, result: 'fail' | 'unavailable' | undefined): Check =>
    sent ? (result ?? 'pass') : null;
  return {
    address_line1_check: check(billing.address?.line1, card.checks?.line1),
    address_postal_code_check: check(billing.address?.postal_code, card.checks?.postalCode),
    cvc_check: check(cvcGiven, card.checks?.cvc),
  };
}

const networksOf = (card: TestCard) => [...(card.networks ?? [card.brand])];

/** The `card` hash of a payment method. */
export function paymentMethodCard(instrument: Instrument): NonNullable<Stored<'payment_method'>['card']> {
  const { card, expMonth, expYear } = instrument;
  return {
    brand: card.brand,
    checks: checksOf(instrument),
    country: card.country,
    display_brand: networksOf(card)[0]!,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: fingerprintOf(card),
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: networksOf(card), preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.threeDSecure?.supported ?? true },
    wallet: null,
  } as NonNullable<Stored<'payment_method'>['card']>;
}

/** The older Card object of an instrument, not yet anyone's. */
export function cardFields(tx: Transaction, instrument: Instrument): Stored<'card'> {
  const { card, expMonth, expYear, billing } = instrument;
  const checks = checksOf(instrument);
  return {
    id: tx.id('card'),
    object: 'card',
    address_city: billing.address?.city ?? null,
    address_country: billing.address?.country ?? null,
    address_line1: billing.address?.line1 ?? null,
    address_line1_check: checks.address_line1_check,
    address_line2: billing.address?.line2 ?? null,
    address_state: billing.address?.state ?? null,
    address_zip: billing.address?.postal_code ?? null,
    address_zip_check: checks.address_postal_code_check,
    allow_redisplay: 'unspecified',
    brand: BRAND_NAMES[card.brand],
    country: card.country,
    customer: null,
    cvc_check: checks.cvc_check,
    dynamic_last4: null,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: fingerprintOf(card),
    funding: card.funding,
    last4: card.last4,
    metadata: {},
    name: billing.name,
    networks: { preferred: null },
    regulated_status: 'unregulated',
    tokenization_method: null,
  } as unknown as Stored<'card'>;
}

/** Where a card's owner lives, as it stands on an older Card object. */
export function billingOfCard(card: Stored<'card'>): Billing {
  const address = {
    city: card.address_city,
    country: card.address_country,
    line1: card.address_line1,
    line2: card.address_line2,
    postal_code: card.address_zip,
    state: card.address_state,
  };
  return { ...NO_BILLING, address, name: card.name } as Billing;
}

/** A Card object seen as the payment method it also is: the same id under another name. */
export function cardAsPaymentMethod(card: Stored<'card'>, hidden: Hidden): Stored<'payment_method'> {
  const billing = billingOfCard(card);
  return {
    id: card.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billing,
    card: paymentMethodCard(instrumentOf(hidden, card, billing)),
    created: hidden['created'] as number,
    customer: card.customer ?? null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  } as Stored<'payment_method'>;
}
