import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { computeInvoice } from '../invoices/compute.ts';
import { taxTerms, type TaxRate } from '../invoices/line.ts';
import type { TaxTerms } from '../math/tax.ts';
import { upfront, type QuoteLine } from './lines.ts';

type Quote = Stored<'quote'>;

/** The fields of a quote that show what it comes to, and its lines with theirs. The same arithmetic as an invoice's. */
export function shownTotals(
  tx: Transaction,
  quote: Quote,
  given: readonly QuoteLine[],
): { fields: Partial<Quote>; lines: QuoteLine[] } {
  const ids = (quote.default_tax_rates ?? []) as string[];
  const rates = taxTerms(ids.map((id) => tx.get('tax_rate', id) as unknown as TaxRate));
  const lines = given.map((line) => ({ ...line, item: { ...line.item, ...amountsOf([line], rates) } }));
  const now = upfront(lines, quote.subscription_data.trial_period_days);
  const { amount_subtotal, amount_tax, amount_total } = amountsOf(lines, rates);
  const fields = {
    amount_subtotal,
    amount_total,
    computed: {
      recurring: recurring(lines, rates),
      upfront: { ...totals(now, rates), line_items: list(`/v1/quotes/${quote.id}/computed_upfront_line_items`, now) },
    },
    line_items: list(`/v1/quotes/${quote.id}/line_items`, lines),
    total_details: details(amount_tax),
  } as unknown as Partial<Quote>;
  return { fields, lines };
}

/** What the recurring lines cost each time, at the shortest of their intervals; null where none recurs. */
function recurring(lines: readonly QuoteLine[], rates: readonly TaxTerms[]) {
  const all = lines.filter((line) => line.recurring !== null);
  if (all.length === 0) return null;
  const { interval, interval_count } = all[0]!.recurring!;
  return { ...totals(all, rates), interval, interval_count };
}

function totals(lines: readonly QuoteLine[], rates: readonly TaxTerms[]) {
  const { amount_subtotal, amount_tax, amount_total } = amountsOf(lines, rates);
  return { amount_subtotal, amount_total, total_details: details(amount_tax) };
}

const details = (amount_tax: number) => ({ amount_discount: 0, amount_shipping: null, amount_tax });

const list = (url: string, lines: readonly QuoteLine[]) => ({
  object: 'list',
  data: lines.slice(0, 10).map(({ item }) => item),
  has_more: lines.length > 10,
  url,
});

function amountsOf(lines: readonly QuoteLine[], rates: readonly TaxTerms[]) {
  const { subtotal, taxes, total } = computeInvoice({
    lines: lines.map(({ amount, product, taxRates }) => ({
      amount,
      discountable: true,
      product,
      discounts: [],
      rates: taxRates && taxTerms(taxRates),
    })),
    discounts: [],
    rates,
    exempt: false,
    shipping: 0,
    startingBalance: 0,
    minimum: 0,
  });
  const amount_tax = taxes.reduce((sum, { amount }) => sum + amount, 0);
  return { amount_discount: 0, amount_subtotal: subtotal, amount_tax, amount_total: total };
}
