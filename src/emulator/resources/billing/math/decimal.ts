/** An exact decimal with twelve places, as a whole number: value × 10^12. */
export type Decimal = bigint;

const PLACES = 12;

/** The decimal 1. */
export const ONE: Decimal = 10n ** BigInt(PLACES);

/** Reads `'10.5'` or a number; a RangeError for what is no decimal, or has more than the twelve places Stripe keeps. */
export function parseDecimal(text: string | number): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(String(text));
  if (!match) throw new RangeError(`'${text}' is not a decimal number`);
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const shift = PLACES + Number(exponent) - fraction.length;
  const digits = BigInt(whole! + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (shift < 0 && digits % 10n ** BigInt(-shift) !== 0n)
    throw new RangeError(`'${text}' has more than ${PLACES} decimal places`);
  return sign ? -value : value;
}

/** The shortest way to write it: `10.5`, `-0.001`, `3`. */
export function printDecimal(value: Decimal): string {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction && `.${fraction}`}`;
}

/**
 * To whole minor units, to the nearest, half away from zero: 10.5 is 11 and -10.5 is -11. Stripe rounds 2.5 cents up to 3
 * (support.stripe.com/questions/rounding-rules-for-stripe-fees) and publishes nothing for negative halves; this way a
 * credit is the exact opposite of the charge it takes back.
 */
export function roundDecimal(value: Decimal): number {
  const half = value < 0n ? -ONE / 2n : ONE / 2n;
  return Number((value + half) / ONE);
}

/**
 * amount × part / whole (minor units). What is beyond twelve places is cut off, towards zero, which never changes what
 * `roundDecimal` makes of it.
 */
export function shareOf(amount: number, part: bigint | number, whole: bigint | number): Decimal {
  return (BigInt(amount) * ONE * BigInt(part)) / BigInt(whole);
}

/** Whether nothing is behind the point. */
export const isWhole = (value: Decimal): boolean => value % ONE === 0n;
