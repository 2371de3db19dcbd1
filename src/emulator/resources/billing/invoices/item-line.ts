import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Line, TaxRate } from './line.ts';

/** An invoice item as a line of an invoice. */
export function lineOfItem({ object: item, hidden }: Row<'invoiceitem'>, id: string): Line {
  return {
    id,
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    discounts: (item.discounts ?? []) as string[],
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: item.proration,
        proration_details: (hidden['creditedItems']
          ? { credited_items: hidden['creditedItems'] }
          : { credited_items: null }) as never,
        subscription: item.parent?.subscription_details?.subscription ?? null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    } as Line['parent'],
    period: item.period,
    pricing: item.pricing as Line['pricing'],
    product: (hidden['product'] as string | null | undefined) ?? null,
    quantity: item.quantity,
    quantityDecimal: (hidden['quantityDecimal'] as string | null | undefined) ?? null,
    taxRates: item.tax_rates?.length ? (item.tax_rates as TaxRate[]) : null,
  };
}

/** The item behind a line, if it has one. */
export const itemOf = ({ parent }: Pick<Line, 'parent'>): string | null =>
  (parent?.invoice_item_details?.invoice_item as string | undefined) ?? null;

/** A line as it stands now: one that an item is behind says what the item says. */
export function current(tx: Transaction, line: Line): Line {
  const item = itemOf(line);
  const row = item === null ? undefined : tx.row('invoiceitem', item);
  return row ? lineOfItem(row, line.id) : line;
}

export type Item = Stored<'invoiceitem'>;
