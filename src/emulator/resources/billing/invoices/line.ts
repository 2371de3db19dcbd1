import type { DiscountAmount } from '../math/discounts.ts';
import type { TaxAmount, TaxTerms } from '../math/tax.ts';
import type { Stored } from '../../../world/objects.ts';

/** A tax rate as items and invoices carry it: the whole object. */
export type TaxRate = { id: string; percentage: number; inclusive: boolean };

/** A line of an invoice before amounts are computed: what an item, or a subscription's item for a period, costs. */
export type Line = Pick<
  Stored<'line_item'>,
  'amount' | 'currency' | 'description' | 'discountable' | 'metadata' | 'parent' | 'period' | 'pricing'
> & {
  id: string;
  quantity: number | null;
  /** The quantity where it is not whole. */
  quantityDecimal: string | null;
  product: string | null;
  /** Ids of its own discounts. */
  discounts: readonly string[];
  /** Its own tax rates; null for those of the invoice. */
  taxRates: readonly TaxRate[] | null;
};

export const taxTerms = (rates: readonly TaxRate[]): TaxTerms[] =>
  rates.map(({ id, percentage, inclusive }) => ({ id, percentage, inclusive }));

/** A line as the API shows it. */
export function lineItem(
  line: Line,
  invoice: string | null,
  amounts: { discounts: DiscountAmount[]; taxes: TaxAmount[] },
  exemption: Exemption,
): Stored<'line_item'> {
  const { parent } = line;
  const subscription =
    parent?.subscription_item_details?.subscription ?? parent?.invoice_item_details?.subscription ?? null;
  return {
    id: line.id,
    object: 'line_item',
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discount_amounts: amounts.discounts,
    discountable: line.discountable,
    discounts: [...line.discounts],
    invoice,
    livemode: false,
    metadata: line.metadata,
    parent,
    period: line.period,
    pretax_credit_amounts: asCredits(amounts.discounts),
    pricing: line.pricing,
    quantity: line.quantity,
    quantity_decimal: line.quantityDecimal ?? (line.quantity === null ? null : String(line.quantity)),
    subscription,
    subtotal: line.amount,
    taxes: asTaxes(amounts.taxes, exemption),
  } as unknown as Stored<'line_item'>;
}

/** Why a customer pays no tax, if that is so. */
export type Exemption = 'customer_exempt' | 'reverse_charge' | null;

export const exemptionOf = (status: string | null | undefined): Exemption =>
  status === 'exempt' ? 'customer_exempt' : status === 'reverse' ? 'reverse_charge' : null;

export const asCredits = (discounts: readonly DiscountAmount[]) =>
  discounts.map(({ discount, amount }) => ({ amount, discount, type: 'discount' as const }));

/** Taxes as lines, invoices and credit notes show them. */
export const asTaxes = (taxes: readonly TaxAmount[], exemption: Exemption = null) =>
  taxes.map(({ rate, amount, taxable, inclusive }) => ({
    amount,
    tax_behavior: inclusive ? ('inclusive' as const) : ('exclusive' as const),
    tax_rate_details: { tax_rate: rate },
    taxability_reason: exemption ?? ('standard_rated' as const),
    taxable_amount: taxable,
    type: 'tax_rate_details' as const,
  }));
