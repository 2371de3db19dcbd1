import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { mustHaveAmount } from '../catalogue/custom-amount.ts';
import { insertPrice } from '../catalogue/price-create.ts';
import { priceTerms } from '../catalogue/price-terms.ts';
import { taxRates } from '../invoices/create.ts';
import type { TaxRate } from '../invoices/line.ts';
import { priceAmount } from '../math/pricing.ts';

type Given = Stripe.QuoteCreateParams.LineItem;

/** One line of a quote: as the API shows it, and what it is billed by. */
export type QuoteLine = {
  item: JsonObject;
  price: string;
  product: string;
  quantity: number;
  /** Minor units, for one time or one period. */
  amount: number;
  currency: string;
  recurring: Stored<'price'>['recurring'];
  taxRates: readonly TaxRate[] | null;
};

/** Prices the lines that a quote's parameters name. */
export function pricedLines(tx: Transaction, given: readonly Given[], raw: readonly JsonObject[]): QuoteLine[] {
  const lines = given.map((line, i) => pricedLine(tx, line, raw[i]!, `line_items[${i}]`));
  const other = lines.find(({ currency }) => currency !== lines[0]!.currency);
  if (other)
    throw stripeError(
      'missing',
      [`All prices of a quote must have one currency; these have ${lines[0]!.currency} and ${other.currency}.`],
      'line_items',
    );
  return lines;
}

function pricedLine(tx: Transaction, line: Given, raw: JsonObject, at: string): QuoteLine {
  if (line.discounts) throw stripeError('paybell_not_modelled', ['`discounts` of quotes'], `${at}[discounts]`);
  const price = priceOf(tx, line, raw, at);
  const quantity = line.quantity ?? 1;
  const terms = priceTerms(tx, price.id);
  const metered = price.recurring?.usage_type === 'metered';
  return {
    item: {
      id: tx.id('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: 0,
      amount_tax: 0,
      amount_total: 0,
      currency: price.currency,
      description: tx.get('product', price.product as string)?.name ?? null,
      metadata: {},
      price: price as unknown as JsonObject,
      quantity: metered ? null : quantity,
    },
    price: price.id,
    product: price.product as string,
    quantity,
    amount: metered ? 0 : priceAmount(terms, quantity, price.currency),
    currency: price.currency,
    recurring: price.recurring,
    taxRates: taxRates(tx, line.tax_rates || undefined, `${at}[tax_rates]`),
  };
}

function priceOf(tx: Transaction, line: Given, raw: JsonObject, at: string): Stored<'price'> {
  if (line.price !== undefined && line.price_data)
    throw stripeError('parameters_exclusive', [`${at}[price]`, `${at}[price_data]`]);
  if (line.price_data) return insertPrice(tx, raw['price_data'] as never);
  if (line.price === undefined) throw stripeError('parameter_missing', [`${at}[price]`], `${at}[price]`);
  const found = tx.get('price', line.price);
  if (!found) throw noSuch('price', line.price, `${at}[price]`);
  if (!found.active)
    throw stripeError(
      'missing',
      ['The price specified is inactive. This field only accepts active prices.'],
      `${at}[price]`,
    );
  mustHaveAmount(found, `${at}[price]`);
  return found;
}

/** The lines of a quote, as they were priced. */
export const linesOf = (tx: Transaction, id: string): readonly QuoteLine[] =>
  (tx.row('quote', id)?.hidden['lines'] as readonly QuoteLine[] | undefined) ?? [];

/** What is due when the quote is accepted: what is paid once, and the first period of the rest, unless that is free. */
export const upfront = (lines: readonly QuoteLine[], trialDays: number | null): QuoteLine[] =>
  lines.filter(({ recurring }) => recurring === null || trialDays === null);
