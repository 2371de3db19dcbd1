import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { priceTerms } from '../catalogue/price-terms.ts';
import type { Line, TaxRate } from '../invoices/line.ts';
import type { Period } from '../math/calendar.ts';
import { printDecimal } from '../math/decimal.ts';
import { usageOf } from '../meters/usage.ts';
import { priceParts } from '../math/pricing.ts';
import { prorate } from '../math/proration.ts';
import { describeTrial, describeUnits } from './describe.ts';
import { isMetered, type Item } from './items.ts';

type Subscription = Pick<Stored<'subscription'>, 'id' | 'currency'>;

/** For which time an item is billed, of which whole period that is a part, and whether it costs nothing. */
export type Billing = { period: Period; whole: Period; free: 'trial' | 'unprorated' | null };

/**
 * The lines an item puts on an invoice for a period: one, or for a tiered price one for every tier it reaches. A period
 * shorter than the whole costs its share. A metered price is billed for usage, when the period is over.
 */
export function itemLines(tx: Transaction, subscription: Subscription, item: Item, billing: Billing): Line[] {
  const { price, quantity = 1 } = item;
  const { period, whole, free } = billing;
  if (isMetered(price as Stored<'price'>)) return [];
  if (free === 'trial')
    return [
      lineOf(tx, subscription, item, {
        amount: 0,
        description: describeTrial(tx, price as Stored<'price'>),
        quantity,
        unit: null,
        period,
        proration: false,
      }),
    ];
  const parts = priceParts(priceTerms(tx, price.id), quantity, subscription.currency);
  const partial = period.start > whole.start;
  const share = (amount: number) => (free ? 0 : partial ? prorate(amount, whole, period.start) : amount);
  return partLines(tx, subscription, item, parts, { period, proration: partial, share });
}

/** The lines a metered item puts on an invoice when its period is over: what was used in it before `until`, by the tiers it reaches. */
export function usageLines(
  tx: Transaction,
  subscription: Row<'subscription'>['object'],
  item: Item,
  period: Period,
  until = period.end,
): Line[] {
  const price = item.price as Stored<'price'>;
  const meter = isMetered(price) ? tx.get('billing.meter', price.recurring!.meter) : undefined;
  if (!meter) return [];
  // Corrections may take back more than was used, but nothing is given for that.
  const used = Math.max(0, usageOf(tx, meter, subscription.customer as string, { start: period.start, end: until }));
  const parts = priceParts(priceTerms(tx, price.id), used, subscription.currency);
  return partLines(tx, subscription, item, parts, { period, proration: false, share: (amount) => amount });
}

function partLines(
  tx: Transaction,
  subscription: Subscription,
  item: Item,
  parts: ReturnType<typeof priceParts>,
  { period, proration, share }: { period: Period; proration: boolean; share: (amount: number) => number },
): Line[] {
  const units = parts.filter(({ flat }) => !flat).length;
  let tier = 0;
  return parts
    .filter((part) => units <= 1 || part.flat || part.quantity > 0)
    .map((part) => {
      if (!part.flat) tier++;
      const described = { ...part, tier: parts.length > 1 ? tier : null };
      return lineOf(tx, subscription, item, {
        amount: share(part.amount),
        description: describeUnits(tx, item.price as Stored<'price'>, described, subscription.currency),
        quantity: part.flat ? 1 : part.quantity,
        unit: printDecimal(part.unitAmount),
        period,
        proration,
      });
    });
}

type Shown = {
  amount: number;
  description: string;
  quantity: number;
  unit: string | null;
  period: Period;
  proration: boolean;
};

function lineOf(tx: Transaction, subscription: Subscription, item: Item, shown: Shown): Line {
  const { price } = item;
  const product = price.product as string;
  return {
    id: tx.id('il'),
    amount: shown.amount,
    currency: subscription.currency,
    description: shown.description,
    discountable: true,
    discounts: item.discounts as string[],
    metadata: item.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: shown.proration,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: shown.period,
    pricing: {
      price_details: { price: price.id, product },
      type: 'price_details',
      unit_amount_decimal: shown.unit ?? '0',
    } as unknown as Line['pricing'],
    product,
    quantity: shown.quantity,
    quantityDecimal: null,
    taxRates: item.tax_rates?.length ? (item.tax_rates as unknown as TaxRate[]) : null,
  };
}

/** Which item a line bills. */
export const itemOfLine = ({ parent }: Pick<Line, 'parent'>): string | null =>
  parent?.subscription_item_details?.subscription_item ?? null;

export type ItemRow = Row<'subscription_item'>;
