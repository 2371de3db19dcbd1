import { applyDiscounts, type DiscountAmount, type DiscountTerms } from '../math/discounts.ts';
import { taxLine, type TaxAmount, type TaxTerms } from '../math/tax.ts';

/** A line as far as amounts go, in minor units, before discounts and exclusive tax. */
export type BilledLine = {
  amount: number;
  discountable: boolean;
  product: string | null;
  discounts: readonly DiscountTerms[];
  /** Its own rates; null for those of the invoice. */
  rates: readonly TaxTerms[] | null;
};

export type BilledInvoice = {
  lines: readonly BilledLine[];
  discounts: readonly DiscountTerms[];
  rates: readonly TaxTerms[];
  /** An exempt customer, or one to whom the tax is shifted, sees the rates with no tax. */
  exempt: boolean;
  /** What shipping costs, tax aside. */
  shipping: number;
  /** The customer's balance: below zero it is credit, above zero owed. */
  startingBalance: number;
  /** What charging for is worth its while; less is left to the next invoice through the balance. */
  minimum: number;
};

/** Every amount of an invoice, minor units. Always `total + startingBalance = amountDue + endingBalance`. */
export type Amounts = {
  lines: { discounts: DiscountAmount[]; taxes: TaxAmount[] }[];
  discounts: DiscountAmount[];
  taxes: TaxAmount[];
  subtotal: number;
  subtotalExcludingTax: number;
  total: number;
  totalExcludingTax: number;
  amountDue: number;
  endingBalance: number;
};

const sum = (amounts: readonly { amount: number }[]) => amounts.reduce((all, { amount }) => all + amount, 0);
const inclusive = (taxes: readonly TaxAmount[]) => taxes.filter((tax) => tax.inclusive);

/**
 * Computes an invoice: total = subtotal − discounts + exclusive tax + shipping. Discounts come before tax. `subtotal`
 * is the sum of the lines before any discount; the reference says that discounts of items are already in it, but then its
 * `total_discount_amounts`, which hold them as well, would take them off twice.
 */
export function computeInvoice(invoice: BilledInvoice): Amounts {
  const { rates: defaults, exempt, startingBalance, minimum, shipping } = invoice;
  const discounted = applyDiscounts(invoice.lines, invoice.discounts);
  const ratesOf = (line: BilledLine) => line.rates ?? defaults;
  const taxesOn = (line: BilledLine, amount: number): TaxAmount[] => {
    const taxes = taxLine(amount, ratesOf(line));
    return exempt ? taxes.map((tax) => ({ ...tax, amount: 0, taxable: 0 })) : taxes;
  };
  const lines = invoice.lines.map((line, i) => {
    const discounts = discounted.lines[i]!;
    return { discounts, taxes: taxesOn(line, line.amount - sum(discounts)) };
  });
  const taxes = together(lines.flatMap((line) => line.taxes));
  const subtotal = sum(invoice.lines);
  const beforeTax = subtotal - sum(discounted.total) + shipping;
  const total = beforeTax + sum(taxes.filter((tax) => !tax.inclusive));
  const contained = sum(invoice.lines.flatMap((line) => inclusive(taxesOn(line, line.amount))));
  const owed = Math.max(0, total + startingBalance);
  const amountDue = owed < minimum ? 0 : owed;
  return {
    lines,
    discounts: discounted.total,
    taxes,
    subtotal,
    subtotalExcludingTax: subtotal - contained,
    total,
    totalExcludingTax: beforeTax - sum(inclusive(taxes)),
    amountDue,
    endingBalance: total + startingBalance - amountDue,
  };
}

/** The taxes of all lines by rate. */
function together(taxes: readonly TaxAmount[]): TaxAmount[] {
  const byRate = new Map<string, TaxAmount>();
  for (const tax of taxes) {
    const before = byRate.get(tax.rate) ?? { ...tax, amount: 0, taxable: 0 };
    byRate.set(tax.rate, { ...before, amount: before.amount + tax.amount, taxable: before.taxable + tax.taxable });
  }
  return [...byRate.values()];
}
