import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { planOf } from '../catalogue/plan-view.ts';
import { insertPrice, type PriceParams } from '../catalogue/price-create.ts';
import { priceTerms } from '../catalogue/price-terms.ts';
import type { DiscountParam } from '../catalogue/discounts.ts';
import type { Period } from '../math/calendar.ts';
import { hasCurrency } from '../math/pricing.ts';
import { lastPeriodEnd, sameInterval } from './periods.ts';

type Subscription = Stored<'subscription'>;
export type Item = Stored<'subscription_item'>;

/** One member of `items`, as a caller writes it; `id` names an item that is there. */
export type ItemParams = {
  id?: string;
  price?: string;
  plan?: string;
  price_data?: PriceParams;
  quantity?: number;
  deleted?: boolean;
  metadata?: JsonObject | null;
  tax_rates?: string[] | '' | null;
  discounts?: DiscountParam[] | '' | null;
  billing_thresholds?: unknown;
  current_trial?: unknown;
};

/** What an item was last billed for: the amount after discounts (minor units), for which time, on which lines. */
export type Billed = { amount: number; period: Period; invoice: string | null; lines: string[] };

export const billedOf = ({ hidden }: Row<'subscription_item'>): Billed | null =>
  (hidden['billed'] as Billed | null | undefined) ?? null;

/** How many items a subscription may have (docs.stripe.com/billing/subscriptions/multiple-products). */
const MOST_ITEMS = 20;

/** The price that an item asks for: by id, by its older name, or described on the spot. */
export function readPrice(tx: Transaction, given: ItemParams, at: string): Stored<'price'> | null {
  const ways = (['price', 'plan', 'price_data'] as const).filter((way) => given[way] !== undefined);
  if (ways.length > 1)
    throw stripeError('parameters_exclusive', [`${at}[${ways[0]}]`, `${at}[${ways[1]}]`], `${at}[${ways[1]}]`);
  const [way] = ways;
  if (!way) return null;
  // A price described on the spot is for this one subscription: it cannot be chosen again.
  if (given.price_data) return insertPrice(tx, { ...given.price_data, active: false });
  const id = (given.price ?? given.plan)!;
  const price = tx.get('price', id);
  if (!price) throw noSuch(way, id, `${at}[${way}]`);
  if (!price.active)
    throw stripeError(
      'missing',
      ['The price specified is inactive. This field only accepts active prices.'],
      `${at}[${way}]`,
    );
  if (!price.recurring)
    throw stripeError(
      'missing',
      [
        'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`. ' +
          'Bill it once with `add_invoice_items`.',
      ],
      `${at}[${way}]`,
    );
  return price;
}

/** Units of an item: usage counts them where a price is metered, otherwise one unless said otherwise. */
export function readQuantity(
  price: Stored<'price'>,
  given: number | undefined,
  current: number | undefined,
  at: string,
): number | undefined {
  if (isMetered(price)) {
    if (given !== undefined)
      throw stripeError(
        'parameter_invalid',
        [`${at}[quantity]`, 'the price is metered: its usage is reported to the meter'],
        `${at}[quantity]`,
      );
    return undefined;
  }
  if (given !== undefined && given < 0)
    throw stripeError('parameter_invalid_integer', [`${at}[quantity]`, String(given)], `${at}[quantity]`);
  return given ?? current ?? 1;
}

export const isMetered = ({ recurring }: Stored<'price'>): boolean => recurring?.usage_type === 'metered';

/** Refuses items that cannot be on one subscription. */
export function mustFit(tx: Transaction, prices: readonly Stored<'price'>[], currency: string, mode: string): void {
  if (prices.length === 0) throw stripeError('parameter_missing', ['items'], 'items');
  if (prices.length > MOST_ITEMS)
    throw stripeError('parameter_invalid', ['items', `a subscription has at most ${MOST_ITEMS} items`], 'items');
  for (const price of prices)
    if (!hasCurrency(priceTerms(tx, price.id), currency))
      throw stripeError(
        'missing',
        [
          `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
        ],
        'currency',
      );
  if (mode === 'classic' && prices.some((price) => !sameInterval(price, prices[0]!)))
    throw stripeError(
      'missing',
      [
        'Currency and interval fields must match across all plans on this subscription. Found mismatch in interval field. ' +
          'Use `billing_mode[type]=flexible` to mix intervals.',
      ],
      'items',
    );
}

/** Makes an item. It shows its price as the legacy plan, too. */
export function insertItem(
  tx: Transaction,
  subscription: string,
  price: Stored<'price'>,
  fields: Partial<Item>,
  billed: Billed | null = null,
): Item {
  return tx.insert(
    'subscription_item',
    {
      id: tx.id('si', 14),
      object: 'subscription_item',
      created: tx.now,
      discounts: [],
      metadata: {},
      ...shown(price),
      subscription,
      tax_rates: [],
      ...fields,
    },
    { billed },
  );
}

/** An item's price as the item carries it. */
export const shown = (price: Stored<'price'>) => ({ plan: planOf(price), price }) as Pick<Item, 'plan' | 'price'>;

/** The rows behind a subscription's items, in their order. */
export const itemRows = (tx: Transaction, { items }: Subscription): Row<'subscription_item'>[] =>
  items.data.map(({ id }) => tx.row('subscription_item', id)!);

/** A subscription's list of items, made anew from the items themselves. */
export function listItems(tx: Transaction, subscription: string, ids: readonly string[]): Subscription['items'] {
  const data = ids.map((id) => tx.get('subscription_item', id)!);
  const url = `/v1/subscription_items?subscription=${subscription}`;
  return { object: 'list', data, has_more: false, url } as Subscription['items'];
}

/** Shows on a subscription what its items have become; a cancellation at the period's end moves along with it. */
export function refreshItems(
  tx: Transaction,
  id: string,
  ids: readonly string[],
  fields: Partial<Subscription> = {},
): Subscription {
  const { cancel_at_period_end: ends } = { ...tx.get('subscription', id)!, ...fields };
  const items = listItems(tx, id, ids);
  return tx.update('subscription', id, { ...fields, items, ...(ends && { cancel_at: lastPeriodEnd({ items }) }) });
}
