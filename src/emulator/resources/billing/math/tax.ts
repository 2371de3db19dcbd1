import { ONE, parseDecimal, roundDecimal, shareOf } from './decimal.ts';

/** A tax rate: `percentage` 19 is 19 %; an inclusive one is contained in the amount, an exclusive one added to it. */
export type TaxTerms = { id: string; percentage: number; inclusive: boolean };

/** One rate's tax on a line, and the amount it was computed from (minor units, without any tax). */
export type TaxAmount = { rate: string; amount: number; taxable: number; inclusive: boolean };

const WHOLE = 100n * ONE;

/**
 * The taxes of a line, from its amount after discounts (minor units), rounded per line and rate as in the example of
 * support.stripe.com/questions/rounding-rules-for-stripe-fees. Inclusive rates share what is in the amount,
 * amount / (1 + their sum); the net amount is what remains without them, and exclusive rates are taken of that.
 */
export function taxLine(amount: number, rates: readonly TaxTerms[]): TaxAmount[] {
  const percent = (terms: TaxTerms) => parseDecimal(terms.percentage);
  const contained = rates.filter(({ inclusive }) => inclusive).reduce((sum, rate) => sum + percent(rate), 0n);
  const taxes = rates.map((rate) =>
    rate.inclusive ? roundDecimal(shareOf(amount, percent(rate), WHOLE + contained)) : 0,
  );
  const net = amount - taxes.reduce((sum, tax) => sum + tax, 0);
  return rates.map((rate, i) => ({
    rate: rate.id,
    amount: rate.inclusive ? taxes[i]! : roundDecimal(shareOf(net, percent(rate), WHOLE)),
    taxable: net,
    inclusive: rate.inclusive,
  }));
}
