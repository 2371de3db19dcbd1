/** How the numbers that a register can confirm look (docs.stripe.com/billing/customer/tax-ids); others are taken as given. */
const FORMATS: Record<string, RegExp> = {
  au_abn: /^\d{9}$|^\d{11}$/, // nine digits are the test values below
  eu_vat: /^[A-Z]{2}[0-9A-Z+*]{2,12}$/,
  gb_vat: /^GB[0-9A-Z]{5,12}$/,
};

export type Verdict = 'pending' | 'unavailable' | 'unverified' | 'verified';

/** Whether a number can be one of its type. */
export const looksRight = (type: string, value: string): boolean =>
  FORMATS[type]?.test(value.replaceAll(/[\s.]/g, '')) ?? value.trim() !== '';

/** Whether a register is asked about numbers of this type; Stripe asks for the EU, the UK and Australia. */
export const isAsked = (type: string): boolean => type in FORMATS;

/**
 * What the register says: 111111111 behind any country code is refused and 222222222 never answered, as Stripe's magic
 * test numbers do; 000000000 and every other number is confirmed, since there is no register here to ask.
 */
export function verdictOn(value: string): Verdict {
  if (value.endsWith('111111111')) return 'unverified';
  return value.endsWith('222222222') ? 'pending' : 'verified';
}

// The European register writes Greece as EL and Northern Ireland as XI.
const COUNTRIES: Record<string, string> = { EL: 'GR', XI: 'GB', EU: '' };

/** The country that a tax id belongs to, two letters; null where it does not say. */
export function countryOf(type: string, value: string): string | null {
  const code = (type.startsWith('eu_') ? value : type).slice(0, 2).toUpperCase();
  return (COUNTRIES[code] ?? code) || null;
}
