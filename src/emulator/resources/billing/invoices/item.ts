import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { created, defineResource, deleted, type Call } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { taxRates } from './create.ts';
import { chooseDiscounts } from './discount-choice.ts';
import { linesOf, recompute } from './draft.ts';
import { assignItems, mustBeDraft, withdrawLines } from './item-assignment.ts';
import { itemOf } from './item-line.ts';
import { priceItem, reprices, type Given, type Priced } from './item-pricing.ts';
import type { TaxRate } from './line.ts';
import { addPending, removePending } from './pending.ts';

type Item = Stored<'invoiceitem'>;
type Params = Stripe.InvoiceItemCreateParams & Stripe.InvoiceItemUpdateParams;

export const invoiceItem = defineResource('invoiceitem', {
  prefix: 'ii',
  operations: {
    'invoiceItems.create': create,
    'invoiceItems.update': update,
    'invoiceItems.del': del,
    'invoiceItems.list': ({ tx, params }) => {
      const { pending, ...rest } = params;
      return listOf(
        tx,
        'invoiceitem',
        rest,
        '/v1/invoiceitems',
        ({ object }) => pending === undefined || (object['invoice'] === null) === pending,
      );
    },
  },
  // Edits are told by the invoice alone: invoiceitem.updated is gone since 2024-04-10.
  events: [
    { type: 'invoiceitem.created', when: created, rank: RANK.invoiceItem },
    { type: 'invoiceitem.deleted', when: deleted, rank: RANK.invoiceItem },
  ],
});

/** What an item is, besides what it costs. */
export type NewItem = {
  customer: string;
  priced: Priced;
  subscription?: { id: string; item?: string } | null;
  proration?: boolean;
  /** For the credit of a proration: the lines of an earlier invoice that it takes back. */
  creditedItems?: { invoice: string; invoice_line_items: string[] };
  fields?: Partial<Item>;
};

/** Makes an item that waits for the customer's next invoice. `invoiceitem.created` tells of it. */
export function insertItem(tx: Transaction, item: NewItem): Item {
  const { customer, priced, subscription = null, proration = false, fields = {} } = item;
  const made = tx.insert(
    'invoiceitem',
    {
      id: tx.id('ii'),
      object: 'invoiceitem',
      amount: priced.amount,
      currency: priced.currency,
      customer,
      date: tx.now,
      description: priced.description,
      discountable: !proration,
      discounts: [],
      invoice: null,
      livemode: false,
      metadata: {},
      parent: subscription
        ? {
            subscription_details: {
              subscription: subscription.id,
              ...(subscription.item && { subscription_item: subscription.item }),
            },
            type: 'subscription_details',
          }
        : null,
      period: { start: tx.now, end: tx.now },
      pricing: priced.pricing,
      proration,
      quantity: priced.quantity,
      quantity_decimal: (priced.quantityDecimal ?? String(priced.quantity)) as never,
      tax_rates: null,
      test_clock: (tx.get('customer', customer)!.test_clock ?? null) as string | null,
      ...fields,
    },
    { product: priced.product, quantityDecimal: priced.quantityDecimal, creditedItems: item.creditedItems ?? null },
  );
  addPending(tx, customer, made.id);
  return made;
}

function create(call: Call) {
  const { tx, params: given } = call;
  const params = given as unknown as Params;
  const invoice = params.invoice
    ? mustBeDraft(tx.get('invoice', params.invoice) ?? fail('invoice', params.invoice))
    : null;
  const customer = tx.get('customer', params.customer ?? (invoice?.customer as string | undefined));
  if (!customer) {
    if (params.customer) throw noSuch('customer', params.customer, 'customer');
    throw stripeError('parameter_missing', ['customer'], 'customer');
  }
  if (invoice && invoice.customer !== customer.id)
    throw stripeError(
      'missing',
      [`The invoice ${invoice.id} belongs to another customer than ${customer.id}.`],
      'invoice',
    );
  const { subscription } = params;
  if (subscription && !tx.get('subscription', subscription)) throw noSuch('subscription', subscription, 'subscription');
  const priced = priceItem(tx, given as Given, invoice?.currency ?? customer.currency ?? 'usd');
  if (invoice) mustShareCurrency(invoice, priced.currency);
  const item = insertItem(tx, {
    customer: customer.id,
    priced,
    subscription: subscription ? { id: subscription } : null,
    fields: { ...fieldsOf(tx, params), metadata: mergeMetadata({}, given['metadata']) },
  });
  const discounts = chooseDiscounts(tx, params.discounts, {
    customer: customer.id,
    currency: item.currency,
    invoice_item: item.id,
  });
  if (discounts) tx.update('invoiceitem', item.id, { discounts });
  if (invoice) assignItems(tx, invoice.id, [tx.get('invoiceitem', item.id)!]);
  return tx.get('invoiceitem', item.id);
}

function update(call: Call) {
  const { tx, params: given, path } = call;
  const item = need(tx, 'invoiceitem', path[0]!, 'invoiceitem');
  return changeItem(tx, item.id, given, editable(tx, item));
}

/** Changes an item, and the draft it is on; throws where what it should cost cannot be. */
export function changeItem(tx: Transaction, id: string, given: Call['params'], draft: Stored<'invoice'> | null): Item {
  const item = tx.get('invoiceitem', id)!;
  const params = given as unknown as Params;
  const priced = reprices(given as Given) ? reprice(tx, item, given as Given) : null;
  if (priced && draft) mustShareCurrency(draft, priced.currency);
  const discounts = chooseDiscounts(tx, params.discounts, {
    customer: item.customer as string,
    currency: item.currency,
    invoice_item: id,
  });
  tx.update(
    'invoiceitem',
    id,
    {
      ...(priced && {
        amount: priced.amount,
        currency: priced.currency,
        pricing: priced.pricing,
        quantity: priced.quantity,
        quantity_decimal: (priced.quantityDecimal ?? String(priced.quantity)) as never,
      }),
      ...fieldsOf(tx, params),
      ...(discounts && { discounts }),
      metadata: mergeMetadata(item.metadata ?? {}, given['metadata']),
    },
    priced ? { product: priced.product, quantityDecimal: priced.quantityDecimal } : {},
  );
  if (draft) recompute(tx, draft.id);
  return tx.get('invoiceitem', id)!;
}

/** A new quantity alone keeps the price. */
function reprice(tx: Transaction, item: Item, given: Given): Priced {
  const { quantity, quantity_decimal, ...rest } = given;
  const counted = quantity === undefined && quantity_decimal === undefined ? { quantity: item.quantity } : given;
  if (rest.amount !== undefined) return priceItem(tx, { ...given, currency: item.currency }, item.currency);
  if (reprices(rest)) return priceItem(tx, { ...given, ...counted }, item.currency);
  const price = item.pricing?.price_details?.price as string | undefined;
  const unit = item.pricing?.unit_amount_decimal as unknown as string | undefined;
  const kept = price ? { pricing: { price } } : { unit_amount_decimal: unit ?? String(item.amount) };
  return priceItem(tx, { ...kept, ...counted }, item.currency);
}

function del(call: Call) {
  const { tx, path } = call;
  const item = need(tx, 'invoiceitem', path[0]!, 'invoiceitem');
  const draft = editable(tx, item);
  if (!draft) {
    removePending(tx, item.customer as string, item.id);
    tx.remove('invoiceitem', item.id);
  } else
    withdrawLines(
      tx,
      draft.id,
      linesOf(tx, draft.id).filter((line) => itemOf(line) === item.id),
      'delete',
    );
  return stub(item);
}

/** The draft an item is on, or null while it is pending; refuses one that was invoiced. */
export function editable(tx: Transaction, item: Item): Stored<'invoice'> | null {
  const invoice = tx.get('invoice', item.invoice as string | null);
  if (invoice && invoice.status !== 'draft') throw stripeError('invoice_item_frozen', [item.id, invoice.id]);
  return invoice ?? null;
}

function fieldsOf(tx: Transaction, params: Params): Partial<Item> {
  const rates = taxRates(tx, params.tax_rates, 'tax_rates');
  if (params.period && params.period.end < params.period.start)
    throw stripeError('parameter_invalid', ['period[end]', 'must not be before period[start]'], 'period[end]');
  return {
    ...(params.description !== undefined && { description: params.description || null }),
    ...(params.discountable !== undefined && { discountable: params.discountable }),
    ...(params.period && { period: params.period }),
    ...(rates && { tax_rates: (rates.length ? rates : null) as TaxRate[] | null as never }),
  };
}

/** An invoice is in one currency. */
export function mustShareCurrency(invoice: Stored<'invoice'>, currency: string): void {
  if (invoice.currency === currency) return;
  throw stripeError(
    'missing',
    [
      `The invoice item is in ${currency}, but the invoice ${invoice.id} is in ${invoice.currency}: they must be the same.`,
    ],
    'currency',
  );
}

function fail(object: string, id: string): never {
  throw noSuch(object, id, object);
}
