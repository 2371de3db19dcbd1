import type { Hidden, Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { discountApplies, discountTerms } from '../catalogue/discounts.ts';
import { priceTerms } from '../catalogue/price-terms.ts';
import { insertItem as insertInvoiceItem } from '../invoices/item.ts';
import type { Period } from '../math/calendar.ts';
import { applyDiscounts } from '../math/discounts.ts';
import { priceAmount } from '../math/pricing.ts';
import { prorate } from '../math/proration.ts';
import { describeProration } from './describe.ts';
import { billedOf, isMetered, type Billed, type Item } from './items.ts';
import { wholePeriod } from './periods.ts';

type Subscription = Stored<'subscription'>;
type Price = Stored<'price'>;

/**
 * Credits the unused rest of what an item was billed, by the second: what was really billed, discounts off, as flexible
 * billing mode has it (docs.stripe.com/billing/subscriptions/prorations#credit-prorations). Subscriptions in classic mode
 * are credited the same way. Tells nothing when there is nothing to give back.
 */
export function creditUnused(tx: Transaction, subscription: Subscription, row: Row<'subscription_item'>, at: number) {
  const billed = billedOf(row);
  const credit = billed ? prorate(billed.amount, billed.period, at) : 0;
  if (!billed || credit === 0) return;
  const { object: item } = row;
  pendProration(tx, subscription, item, {
    kind: 'Unused',
    amount: -credit,
    period: { start: at, end: billed.period.end },
    at,
    ...(billed.invoice && {
      creditedItems: { invoice: billed.invoice, invoice_line_items: billed.lines },
    }),
  });
}

/** Charges an item for the rest of its period. Returns what it has then been billed. */
export function chargeRemaining(
  tx: Transaction,
  subscription: Subscription,
  hidden: Hidden,
  item: Item,
  at: number,
): Billed | null {
  const price = item.price as Price;
  if (isMetered(price)) return null;
  const gross = priceAmount(priceTerms(tx, price.id), item.quantity ?? 1, subscription.currency);
  const net = gross - discountOn(tx, subscription, item, gross);
  const period = { start: at, end: item.current_period_end };
  const whole = wholePeriod(subscription, hidden, price, at);
  const amount = prorate(net, whole, at);
  const id = pendProration(tx, subscription, item, { kind: 'Remaining', amount, period, at });
  return { amount, period, invoice: null, lines: [id] };
}

/**
 * What the discounts take off an amount (minor units) that is prorated: its item shows it net and takes no further discount,
 * as `proration_discounts: included` means. Only percentages: an amount off is for whole invoices.
 */
function discountOn(tx: Transaction, { discounts, currency }: Subscription, item: Item, amount: number): number {
  const terms = (ids: readonly unknown[]) =>
    ids
      .map((id) => tx.get('discount', String(id)))
      .filter((discount) => discount !== undefined && discountApplies(discount, tx.now))
      .map((discount) => discountTerms(tx, discount!.id, currency))
      .filter(({ percentOff }) => percentOff !== null);
  const line = { amount, discountable: true, product: item.price.product as string, discounts: terms(item.discounts) };
  return applyDiscounts([line], terms(discounts)).total.reduce((sum, each) => sum + each.amount, 0);
}

type Proration = {
  kind: 'Unused' | 'Remaining';
  amount: number;
  period: Period;
  at: number;
  creditedItems?: { invoice: string; invoice_line_items: string[] };
};

function pendProration(tx: Transaction, subscription: Subscription, item: Item, proration: Proration): string {
  const { kind, amount, period, at, creditedItems } = proration;
  const price = item.price as Price;
  const quantity = item.quantity ?? 1;
  return insertInvoiceItem(tx, {
    customer: subscription.customer as string,
    priced: {
      amount,
      currency: subscription.currency,
      quantity,
      quantityDecimal: null,
      product: price.product as string,
      pricing: {
        price_details: { price: price.id, product: price.product as string },
        type: 'price_details',
        unit_amount_decimal: price.unit_amount_decimal,
      } as never,
      description: describeProration(tx, kind, price, item.quantity, at),
    },
    subscription: { id: subscription.id, item: item.id },
    proration: true,
    ...(creditedItems && { creditedItems }),
    fields: { period, tax_rates: (item.tax_rates?.length ? item.tax_rates : null) as never },
  }).id;
}
