import { checkCard } from '../../../stripe/cards/index.ts';
import type { Transaction } from '../../world/transaction.ts';
import { cardProblem } from './card-error.ts';
import { NO_BILLING, type Billing, type Instrument } from './instrument.ts';

type Given = {
  number: string;
  exp_month: number | string;
  exp_year: number | string;
  cvc?: string;
  name?: string;
} & Partial<Record<`address_${'city' | 'country' | 'line1' | 'line2' | 'state' | 'zip'}`, string>>;

/**
 * A card given by its number. Only Stripe's published test numbers are taken: anything that could be somebody's real
 * card is refused, and no number is ever stored or repeated.
 */
export function readCard(tx: Transaction, given: Given): Instrument {
  const date = new Date(tx.now * 1000);
  const expMonth = Number(given.exp_month);
  const year = Number(given.exp_year);
  const expYear = year < 100 ? 2000 + year : year;
  const details = { number: given.number, expMonth, expYear, ...(given.cvc !== undefined && { cvc: given.cvc }) };
  const card = checkCard(details, { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 });
  if ('param' in card) throw cardProblem(card);
  return { card, expMonth, expYear, cvcGiven: !!given.cvc, billing: billingOf(given) };
}

function billingOf(given: Given): Billing {
  const address = {
    city: given.address_city ?? null,
    country: given.address_country ?? null,
    line1: given.address_line1 ?? null,
    line2: given.address_line2 ?? null,
    postal_code: given.address_zip ?? null,
    state: given.address_state ?? null,
  };
  return { ...NO_BILLING, address, name: given.name ?? null };
}
