import { stripeError } from '../http/errors.ts';

/** Currencies whose smallest unit is the whole: 100 is ¥100 (docs.stripe.com/currencies#zero-decimal). */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '));

/** What Stripe takes at least, in minor units (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const MINIMUM: Record<string, number> = {
  usd: 50, aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400,
  huf: 17500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300, sgd: 50, thb: 1000,
}; // prettier-ignore

const MAXIMUM = 99_999_999;

const known = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

export const isZeroDecimal = (currency: string): boolean => ZERO_DECIMAL.has(currency);

/** The currency in lower case, or Stripe's error for one that does not exist. */
export function readCurrency(currency: string): string {
  const code = currency.toLowerCase();
  if (!known.has(code))
    throw stripeError('parameter_invalid', ['currency', `there is no currency '${currency}'`], 'currency');
  return code;
}

/** The least that Stripe charges in this currency, in minor units. */
export const minimumCharge = (currency: string): number => MINIMUM[currency] ?? 1;

/** Refuses an amount (minor units) that Stripe would not charge in this currency. */
export function mustBeChargeable(amount: number, currency: string, param = 'amount'): void {
  if (amount < 1) throw stripeError('parameter_invalid_integer', [param, `${amount} (must be at least 1)`], param);
  const least = minimumCharge(currency);
  if (amount < least) throw stripeError('amount_too_small', [display(least, currency)], param);
  if (amount > MAXIMUM) throw stripeError('amount_too_large', [display(MAXIMUM, currency)], param);
}

/** `50`, `usd` → `$0.50 usd`: an amount the way Stripe's messages write it. */
export function display(amount: number, currency: string): string {
  const whole = isZeroDecimal(currency) ? amount : amount / 100;
  const text = new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  return `${text.format(whole)} ${currency}`;
}

/**
 * What Stripe keeps of a card payment, in minor units: 2.9 % and 30 cents, the published US rate. Half a unit rounds up.
 * The fixed part is taken as 30 minor units in every two-decimal currency and none in a zero-decimal one; what Stripe
 * really takes elsewhere depends on the account's country and contract, which a test world does not have.
 */
export const cardFee = (amount: number, currency: string): number =>
  Math.floor((amount * 29 + 500) / 1000) + (isZeroDecimal(currency) ? 0 : 30);

/** What a dispute costs on top of its amount: $15, the published US rate, given back when it is won. */
export const DISPUTE_FEE = 1500;
