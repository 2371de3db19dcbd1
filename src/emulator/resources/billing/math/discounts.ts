import { ONE, parseDecimal, roundDecimal, shareOf } from './decimal.ts';
import { spread } from './spread.ts';

/** What a discount takes off: a percentage, or an amount in minor units; `appliesTo` are the products it is limited to. */
export type DiscountTerms = {
  id: string;
  percentOff: number | string | null;
  amountOff: number | null;
  appliesTo: readonly string[] | null;
};

/** A line before any discount, in minor units. `discounts` are its own, which come before the invoice's. */
export type DiscountedLine = {
  amount: number;
  discountable: boolean;
  product: string | null;
  discounts?: readonly DiscountTerms[];
};

/** How much one discount took off. */
export type DiscountAmount = { discount: string; amount: number };

/**
 * What discounts take off each line and all together: each line's own first, then the invoice's, in order, each on
 * what the former ones left. A percentage is rounded once per line and takes from credits, too (a proration gives
 * back what was paid, and no more). An amount is spread over the charges in proportion; credits get no share of it but reduce
 * what it can take: Stripe publishes no rule for this, only that a discount makes no invoice negative.
 */
export function applyDiscounts(
  lines: readonly DiscountedLine[],
  invoice: readonly DiscountTerms[],
): { lines: DiscountAmount[][]; total: DiscountAmount[] } {
  const left = lines.map(({ amount }) => amount);
  const taken: DiscountAmount[][] = lines.map(() => []);
  const total = new Map<string, number>();
  const apply = (terms: DiscountTerms, candidates: readonly number[]) => {
    const eligible = candidates.filter((i) => applies(terms, lines[i]!));
    const amounts = takenBy(
      terms,
      eligible.map((i) => left[i]!),
    );
    for (const [k, i] of eligible.entries()) {
      const amount = amounts[k]!;
      left[i]! -= amount;
      taken[i]!.push({ discount: terms.id, amount });
    }
    total.set(terms.id, (total.get(terms.id) ?? 0) + amounts.reduce((sum, amount) => sum + amount, 0));
  };
  for (const [i, { discounts = [] }] of lines.entries()) for (const terms of discounts) apply(terms, [i]);
  const all = lines.map((_, i) => i);
  for (const terms of invoice) apply(terms, all);
  return { lines: taken, total: [...total].map(([discount, amount]) => ({ discount, amount })) };
}

const applies = ({ appliesTo }: DiscountTerms, { discountable, product }: DiscountedLine) =>
  discountable && (appliesTo === null || (product !== null && appliesTo.includes(product)));

function takenBy({ percentOff, amountOff }: DiscountTerms, left: readonly number[]): number[] {
  if (percentOff !== null) {
    const part = parseDecimal(percentOff);
    return left.map((amount) => roundDecimal(shareOf(amount, part, 100n * ONE)));
  }
  const due = left.reduce((sum, amount) => sum + amount, 0);
  const take = Math.min(amountOff ?? 0, Math.max(0, due));
  const charged = left.map((amount) => Math.max(0, amount));
  const whole = charged.reduce((sum, amount) => sum + amount, 0);
  if (take === 0) return left.map(() => 0);
  return spread(
    charged.map((amount) => shareOf(take, amount, whole)),
    take,
  );
}
