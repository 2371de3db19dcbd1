/** Card brands, as `payment_method_details.card.brand` spells them. */
export type Brand = 'amex' | 'diners' | 'discover' | 'jcb' | 'mastercard' | 'unionpay' | 'visa' | 'unknown';

/** The same brands as the older Card object spells them. */
export const BRAND_NAMES: Readonly<Record<Brand, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
  unknown: 'Unknown',
};

/** Why a charge of the card is refused: `code` and `decline_code` of the error it gives. */
export interface Decline {
  code: 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error';
  declineCode: string | null;
  /** Only when a CVC was sent along: without one there is nothing to find incorrect. */
  onlyWithCvc?: true;
  /** Only once 3-D Secure has been passed. */
  afterAuthentication?: true;
}

/** When the card's bank asks for 3-D Secure, and what then happens. */
export interface ThreeDSecure {
  /**
   * `always`; `unless_set_up` (not off-session once saved for that); `on_session` (already saved, so only with the
   * customer there); `never` (supported, but only when the merchant asks for it).
   */
  asks: 'always' | 'unless_set_up' | 'on_session' | 'never';
  supported: boolean;
  /** Authenticated without the customer noticing. */
  frictionless?: true;
  /** Asking for it fails with an error: nobody can be authenticated. */
  lookupFails?: true;
}

/** A dispute that follows a payment by itself. */
export interface DisputeFact {
  /** `reason` of the dispute. */
  reason: 'fraudulent' | 'product_not_received' | 'noncompliant';
  /** An inquiry: `warning_needs_response`, and no money is withdrawn. */
  inquiry?: true;
  /** How many disputes; one unless said otherwise. */
  count?: number;
  /** What the dispute qualifies for. */
  eligibleFor?: 'visa_compelling_evidence_3' | 'visa_compliance' | 'mastercard_compliance' | 'smart_disputes';
  /** A programme that stops the dispute where the account is enrolled; Paybell's accounts are not. */
  preventedBy?: 'visa_rdr' | 'visa_ce3' | 'ethoca';
}

/** What Radar thinks of the card. */
export type Radar =
  /** Highest risk, blocked whatever the rules say. */
  | 'block'
  /** Highest risk, which the default rule blocks. */
  | 'highest'
  /** Elevated risk: goes through, may be queued for review. */
  | 'elevated';

/** A check against the bank's records, made only when the value was sent. */
export type CheckResult = 'fail' | 'unavailable';

/** How a test card behaves, beyond succeeding. Absent means: nothing out of the ordinary. */
export interface Behaviour {
  declines?: Decline;
  /** False: saving it to a customer is declined just as charging it is. */
  attachable?: false;
  radar?: Radar;
  /** Acts only under a Radar setting that is off by default; without it the payment succeeds. */
  radarSetting?: 'dynamic_risk_threshold' | 'adaptive_3ds' | 'dispute_score' | 'early_fraud_warning_score';
  checks?: { cvc?: CheckResult; postalCode?: CheckResult; line1?: CheckResult };
  dispute?: DisputeFact;
  earlyFraudWarning?: true;
  /** `pending`: starts pending, then succeeds. `fails`: starts succeeded, then fails. */
  refund?: 'pending' | 'fails';
  /** The money is in the available balance at once. */
  bypassPending?: true;
  threeDSecure?: ThreeDSecure;
  /** The payment page shows a captcha first; the API never notices. */
  captcha?: true;
}

/** One of the cards that exist in test mode. */
export interface TestCard extends Behaviour {
  number: string;
  last4: string;
  brand: Brand;
  funding: 'credit' | 'debit' | 'prepaid';
  /** Two letters, ISO 3166. */
  country: string;
  /** The networks it can run on, where it is not only that of its brand. */
  networks?: readonly string[];
  /** What follows `tok_` and `pm_card_` in the ids that stand for this card. */
  names: readonly string[];
  /** False: there are `pm_card_…` ids but no `tok_…` ones. */
  hasTokens: boolean;
}

type Details = Behaviour & Partial<Pick<TestCard, 'brand' | 'funding' | 'country' | 'networks' | 'hasTokens'>>;

/** Declares a test card: a US credit Visa unless `details` say otherwise. */
export const card = (number: string, names: string | readonly string[], details: Details = {}): TestCard => ({
  number,
  last4: number.slice(-4),
  brand: 'visa',
  funding: 'credit',
  country: 'US',
  hasTokens: true,
  ...details,
  names: typeof names === 'string' ? [names] : names,
});
