import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { ONE, parseDecimal, roundDecimal, shareOf } from '../math/decimal.ts';
import type { DiscountAmount } from '../math/discounts.ts';
import { taxLine, type TaxAmount } from '../math/tax.ts';
import { taxRates } from '../invoices/create.ts';
import { lineItemsOf, linesOf } from '../invoices/draft.ts';
import { asCredits, asTaxes, exemptionOf, taxTerms, type TaxRate } from '../invoices/line.ts';

type Given = NonNullable<Stripe.CreditNoteCreateParams['lines']>[number];
type CreditLine = Stored<'credit_note_line_item'>;

/** What was credited of each line of an invoice so far, before discounts and exclusive tax, by the line's id. */
export type Credited = Readonly<Record<string, number>>;

/** A line of a credit note, with what it comes to in minor units: amount − discounts + exclusive tax. */
export type CreditedLine = { item: CreditLine; taxes: TaxAmount[]; discounts: DiscountAmount[]; total: number };

/** Reads one member of `lines`: part of a line of the invoice, or something of its own. */
export function creditLine(
  tx: Transaction,
  invoice: Stored<'invoice'>,
  given: Given,
  credited: Credited,
  at: string,
): CreditedLine {
  if (given.tax_amounts) throw stripeError('paybell_not_modelled', ['tax amounts given by hand'], `${at}[tax_amounts]`);
  return given.type === 'invoice_line_item'
    ? invoiceLine(tx, invoice, given, credited, at)
    : customLine(tx, invoice, given, at);
}

function invoiceLine(tx: Transaction, invoice: Stored<'invoice'>, given: Given, credited: Credited, at: string) {
  const { invoice_line_item: id, quantity, amount } = given;
  if (!id) throw stripeError('parameter_missing', [`${at}[invoice_line_item]`], `${at}[invoice_line_item]`);
  const shown = lineItemsOf(tx, invoice.id).find((line) => line.id === id);
  const line = linesOf(tx, invoice.id).find((each) => each.id === id);
  if (!shown || !line) throw noSuch('invoice line item', id, `${at}[invoice_line_item]`);
  if (amount !== undefined && quantity !== undefined)
    throw stripeError('parameters_exclusive', [`${at}[amount]`, `${at}[quantity]`], `${at}[quantity]`);
  const gross = amount ?? ofQuantity(shown, quantity, `${at}[quantity]`);
  const before = credited[id] ?? 0;
  const left = shown.amount - before;
  if (Math.sign(gross) * Math.sign(left) < 0 || Math.abs(gross) > Math.abs(left))
    throw stripeError(
      'parameter_invalid',
      [`${at}[amount]`, `only ${left} of ${shown.amount} are left to credit of the line ${id}`],
      `${at}[amount]`,
    );
  const rates = (line.taxRates ?? invoice.default_tax_rates) as unknown as TaxRate[];
  // What was credited up to now, with and without this: parts of a line always add up to the line.
  const upTo = (sum: number) => {
    const discounts = (shown.discount_amounts ?? []).map(({ amount, discount }) => ({
      discount: discount as string,
      amount: shown.amount === 0 ? 0 : roundDecimal(shareOf(amount, sum, shown.amount)),
    }));
    return { discounts, taxes: taxesOn(invoice, sum - total(discounts), rates) };
  };
  const was = upTo(before);
  const is = upTo(before + gross);
  const discounts = is.discounts.map(({ discount, amount }, i) => ({
    discount,
    amount: amount - was.discounts[i]!.amount,
  }));
  const taxes = is.taxes.map((tax, i) => ({
    ...tax,
    amount: tax.amount - was.taxes[i]!.amount,
    taxable: tax.taxable - was.taxes[i]!.taxable,
  }));
  const unit = shown.pricing?.unit_amount_decimal as unknown as string | null | undefined;
  return made(tx, invoice, {
    amount: gross,
    description: shown.description,
    discounts,
    invoice_line_item: id,
    metadata: given.metadata,
    quantity: quantity ?? shown.quantity ?? 1,
    rates,
    taxes,
    type: 'invoice_line_item',
    unit: unit ?? null,
  });
}

function ofQuantity(
  { amount, quantity: all }: Stored<'line_item'>,
  quantity: number | undefined,
  param: string,
): number {
  if (quantity === undefined) return amount;
  if (quantity < 1 || quantity > (all ?? 1))
    throw stripeError('parameter_invalid', [param, `must be between 1 and ${all ?? 1}`], param);
  return roundDecimal(shareOf(amount, quantity, all ?? 1));
}

function customLine(tx: Transaction, invoice: Stored<'invoice'>, given: Given, at: string): CreditedLine {
  const { quantity = 1, unit_amount: whole, description } = given;
  const decimal = given.unit_amount_decimal as unknown as string | undefined;
  if (given.amount !== undefined)
    throw stripeError(
      'parameter_invalid',
      [`${at}[amount]`, 'it is only valid for lines of the invoice'],
      `${at}[amount]`,
    );
  if (whole === undefined && decimal === undefined)
    throw stripeError('parameter_missing', [`${at}[unit_amount]`], `${at}[unit_amount]`);
  if (!description) throw stripeError('parameter_missing', [`${at}[description]`], `${at}[description]`);
  const unit = decimal ?? String(whole);
  const amount = roundDecimal((parseDecimal(unit) * parseDecimal(quantity)) / ONE);
  const rates = taxRates(tx, given.tax_rates, `${at}[tax_rates]`) ?? [];
  const taxes = taxesOn(invoice, amount, rates);
  const { metadata } = given;
  return made(tx, invoice, {
    amount,
    description,
    discounts: [],
    metadata,
    quantity,
    rates,
    taxes,
    type: 'custom_line_item',
    unit,
  });
}

/** The one line of a credit note over nothing but an amount: no tax is told apart in it. */
export const wholeAmount = (tx: Transaction, invoice: Stored<'invoice'>, amount: number): CreditedLine =>
  made(tx, invoice, {
    amount,
    description: null,
    discounts: [],
    quantity: 1,
    rates: [],
    taxes: [],
    type: 'custom_line_item',
    unit: String(amount),
  });

type Parts = {
  amount: number;
  description: string | null;
  discounts: DiscountAmount[];
  invoice_line_item?: string;
  metadata?: Given['metadata'] | undefined;
  quantity: number;
  rates: readonly TaxRate[];
  taxes: TaxAmount[];
  type: CreditLine['type'];
  /** Per unit, as a decimal. */
  unit: string | null;
};

function made(tx: Transaction, invoice: Stored<'invoice'>, parts: Parts): CreditedLine {
  const { amount, discounts, taxes, unit } = parts;
  const item = {
    id: tx.id('cnli'),
    object: 'credit_note_line_item',
    amount,
    description: parts.description,
    discount_amount: total(discounts),
    discount_amounts: discounts,
    ...(parts.invoice_line_item && { invoice_line_item: parts.invoice_line_item }),
    livemode: false,
    metadata: parts.metadata || {},
    pretax_credit_amounts: asCredits(discounts),
    quantity: parts.quantity,
    tax_rates: [...parts.rates],
    taxes: asTaxes(taxes, exemptionOf(invoice.customer_tax_exempt)),
    type: parts.type,
    unit_amount: unit !== null && /^-?\d+$/.test(unit) ? Number(unit) : null,
    unit_amount_decimal: unit,
  } as unknown as CreditLine;
  return { item, taxes, discounts, total: amount - total(discounts) + total(taxes.filter((tax) => !tax.inclusive)) };
}

function taxesOn(invoice: Stored<'invoice'>, amount: number, rates: readonly TaxRate[]): TaxAmount[] {
  const taxes = taxLine(amount, taxTerms(rates));
  const exempt = exemptionOf(invoice.customer_tax_exempt) !== null;
  return exempt ? taxes.map((tax) => ({ ...tax, amount: 0, taxable: 0 })) : taxes;
}

export const total = (amounts: readonly { amount: number }[]): number =>
  amounts.reduce((sum, { amount }) => sum + amount, 0);
