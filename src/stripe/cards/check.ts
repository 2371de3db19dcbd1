import type { Brand, TestCard } from './card.ts';
import { cardByNumber } from './lookup.ts';

/** What is wrong with a card's details: `code`, `message` and `param` of Stripe's `card_error`. */
export interface CardProblem {
  code: string;
  declineCode: string | null;
  message: string;
  param: 'number' | 'exp_month' | 'exp_year' | 'cvc';
}

/** The details of a card as a client sends them; numbers may come as text. */
export interface CardDetails {
  number: string;
  expMonth: number;
  /** Four digits, or the last two. */
  expYear: number;
  cvc?: string;
}

/** Whether the digits pass the Luhn check. */
export function passesLuhn(number: string): boolean {
  if (!/^\d+$/.test(number)) return false;
  let sum = 0;
  for (const [index, digit] of [...number].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

// The issuers' published number ranges, the narrower ones first.
const RANGES: readonly [RegExp, Brand, readonly number[]][] = [
  [/^3[47]/, 'amex', [15]],
  [/^3(?:0[0-59]|[689])/, 'diners', [14, 15, 16]],
  [/^35(?:2[89]|[3-8])/, 'jcb', [16]],
  [/^(?:6011|64[4-9]|65)/, 'discover', [16]],
  [/^62/, 'unionpay', [16, 17, 18, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, 'mastercard', [16]],
  [/^4/, 'visa', [13, 16, 19]],
];

/** The brand that a number's first digits belong to. */
export const brandOf = (number: string): Brand => RANGES.find(([range]) => range.test(number))?.[1] ?? 'unknown';

const lengthFits = (number: string) =>
  RANGES.find(([range]) => range.test(number))?.[2].includes(number.length) ?? /^\d{12,19}$/.test(number);

const problem = (code: string, param: CardProblem['param'], message: string): CardProblem => ({
  code,
  declineCode: null,
  message,
  param,
});

/**
 * The test card that these details belong to, or what Stripe would say is wrong with them, checked in Stripe's order.
 * A number that could be anyone's real card is refused with a message that never repeats it.
 */
export function checkCard(details: CardDetails, now: { year: number; month: number }): TestCard | CardProblem {
  const number = details.number.replaceAll(/[\s-]/g, '');
  if (!/^\d+$/.test(number) || !lengthFits(number))
    return problem('invalid_number', 'number', 'The card number is not a valid credit card number.');
  if (!passesLuhn(number)) return problem('incorrect_number', 'number', 'Your card number is incorrect.');
  return checkExpiry(details, now) ?? checkCvc(details.cvc, brandOf(number)) ?? cardByNumber(number) ?? REAL_CARD;
}

const REAL_CARD: CardProblem = {
  code: 'card_declined',
  declineCode: 'test_mode_live_card',
  message:
    'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  param: 'number',
};

function checkExpiry(details: CardDetails, now: { year: number; month: number }): CardProblem | undefined {
  const { expMonth } = details;
  const expYear = fullYear(details.expYear);
  const badMonth = problem('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.");
  if (!Number.isInteger(expMonth) || expMonth < 1 || expMonth > 12) return badMonth;
  // Fifty years ahead is as far as Stripe believes, which is what makes `95` wrong.
  if (!Number.isInteger(expYear) || expYear < now.year || expYear > now.year + 50)
    return problem('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.");
  return expYear === now.year && expMonth < now.month ? badMonth : undefined;
}

/** The year that two digits mean; four digits mean themselves. */
export const fullYear = (year: number): number => (year >= 0 && year < 100 ? 2000 + year : year);

function checkCvc(cvc: string | undefined, brand: Brand): CardProblem | undefined {
  if (cvc === undefined || cvc === '') return undefined;
  if (/^\d{3}$/.test(cvc) || (brand === 'amex' && /^\d{4}$/.test(cvc))) return undefined;
  return problem('invalid_cvc', 'cvc', "Your card's security code is invalid.");
}
