import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { isZeroDecimal } from '../../money.ts';
import { printDecimal, type Decimal } from '../math/decimal.ts';

type Price = Stored<'price'>;

/** What a price is called on an invoice: its product's name. */
export const nameOf = (tx: Transaction, price: Price): string =>
  String((tx.lastRow('product', price.product as string)?.object as { name?: string } | undefined)?.name ?? price.id);

// Making one costs more than all else about a line; there are few currencies.
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    const minimumFractionDigits = isZeroDecimal(currency) ? 0 : 2;
    const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    format = new Intl.NumberFormat('en-US', { ...style, minimumFractionDigits, maximumFractionDigits: 12 });
    formats.set(currency, format);
  }
  return format;
}

/** `$20.00`, exact however small the unit: what one unit costs. */
const money = (unit: Decimal, currency: string): string =>
  formatOf(currency).format(Number(printDecimal(unit)) / (isZeroDecimal(currency) ? 1 : 100));

const DATE = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' });

function every({ recurring }: Price): string {
  const { interval, interval_count: count } = recurring!;
  return count === 1 ? interval : `every ${count} ${interval}s`;
}

/** `3 × Gold (at $20.00 / month)`, or a tier's part of it. */
export function describeUnits(
  tx: Transaction,
  price: Price,
  part: { quantity: number; unitAmount: Decimal; flat: boolean; tier: number | null },
  currency: string,
): string {
  const { quantity, unitAmount, flat, tier } = part;
  const of = tier === null ? '' : `Tier ${tier} `;
  const packages = price.transform_quantity ? ` per ${price.transform_quantity.divide_by}` : '';
  const at = `${money(unitAmount, currency)}${packages} / ${every(price)}`;
  return flat ? `${nameOf(tx, price)} (${of}flat fee at ${at})` : `${quantity} × ${nameOf(tx, price)} (${of}at ${at})`;
}

export const describeTrial = (tx: Transaction, price: Price): string => `Trial period for ${nameOf(tx, price)}`;

/** `Unused time on 2 × Gold after 15 Feb 2024`. */
export function describeProration(
  tx: Transaction,
  kind: 'Unused' | 'Remaining',
  price: Price,
  quantity: number | undefined,
  at: number,
): string {
  const units = quantity === undefined || quantity === 1 ? '' : `${quantity} × `;
  return `${kind} time on ${units}${nameOf(tx, price)} after ${DATE.format(at * 1000)}`;
}
