import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { endDiscount } from '../catalogue/discounts.ts';
import { noSuch } from '../../references.ts';
import { discountItem } from './discounts.ts';
import { insertItem, isMetered, itemRows, readPrice, readQuantity, shown, type ItemParams } from './items.ts';
import { itemFields } from './params.ts';

type Subscription = Stored<'subscription'>;
type Price = Stored<'price'>;
type ItemRow = Row<'subscription_item'>;

/** What a change makes of one item: a new one has no `before`, one that goes no `after`. */
export type Slot = {
  before: ItemRow | null;
  after: { price: Price; quantity: number | undefined } | null;
  given: ItemParams;
  at: string;
};

/** Reads what a caller wants of each item. Items that are not named stay as they are. */
export function readSlots(tx: Transaction, subscription: Subscription, given: readonly ItemParams[] = []): Slot[] {
  const rows = itemRows(tx, subscription);
  const named = new Map<string, Slot>();
  const added: Slot[] = [];
  for (const [i, item] of given.entries()) {
    const at = `items[${i}]`;
    if (item.id === undefined) {
      added.push(addedSlot(tx, rows, item, at));
      continue;
    }
    const before = rows.find(({ id }) => id === item.id);
    if (!before) throw noSuch('subscription_item', item.id, `${at}[id]`);
    named.set(item.id, { before, after: item.deleted ? null : changedTo(tx, before, item, at), given: item, at });
  }
  const kept = rows.map((before) => named.get(before.id) ?? unchanged(before));
  return [...kept, ...added];
}

const unchanged = (before: ItemRow): Slot => ({
  before,
  after: { price: before.object.price as Price, quantity: before.object.quantity },
  given: {},
  at: 'items',
});

function addedSlot(tx: Transaction, rows: readonly ItemRow[], given: ItemParams, at: string): Slot {
  const price = readPrice(tx, given, at);
  if (!price) throw stripeError('parameter_missing', [`${at}[price]`], `${at}[price]`);
  const twin = rows.find(({ object }) => object.price.id === price.id);
  if (twin)
    throw stripeError(
      'missing',
      [`Price ${price.id} is already on the subscription item ${twin.id}: change that item with its \`id\`.`],
      `${at}[price]`,
    );
  return { before: null, after: { price, quantity: readQuantity(price, given.quantity, undefined, at) }, given, at };
}

function changedTo(tx: Transaction, { object: item }: ItemRow, given: ItemParams, at: string) {
  const before = item.price as Price;
  const price = readPrice(tx, given, at) ?? before;
  const current = isMetered(before) ? undefined : item.quantity;
  return { price, quantity: readQuantity(price, given.quantity, current, at) };
}

/** Whether the slot's item is billed differently from then on. */
export const rebilled = ({ before, after }: Slot): boolean =>
  !before || !after || before.object.price.id !== after.price.id || before.object.quantity !== after.quantity;

/**
 * Makes the items what the slots say, each with its period, and returns their ids. What an item was billed stays with
 * it until somebody bills it anew.
 */
export function storeSlots(
  tx: Transaction,
  subscription: Subscription,
  slots: readonly Slot[],
  periodFor: (slot: Slot & { after: NonNullable<Slot['after']> }) => { start: number; end: number },
): (string | null)[] {
  return slots.map((slot) => {
    const { before, after, given, at } = slot;
    if (!after) {
      for (const discount of before!.object.discounts as string[]) endDiscount(tx, discount);
      tx.remove('subscription_item', before!.id);
      return null;
    }
    const { start, end } = periodFor({ ...slot, after });
    const { price, quantity } = after;
    const fields = {
      ...itemFields(tx, given, at, before?.object),
      current_period_start: start,
      current_period_end: end,
    };
    const item = before
      ? tx.update('subscription_item', before.id, { ...fields, ...shown(price), quantity: quantity! })
      : insertItem(tx, subscription.id, price, { ...fields, ...(quantity !== undefined && { quantity }) });
    discountItem(tx, subscription, item, given.discounts);
    return item.id;
  });
}
