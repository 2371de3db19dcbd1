import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { pageOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { need, noSuch } from '../../references.ts';
import { taxRates } from './create.ts';
import { chooseDiscounts } from './discount-choice.ts';
import { lineItemsOf, linesOf, recompute } from './draft.ts';
import { changeItem, editable, insertItem, mustShareCurrency } from './item.ts';
import { assignItems, mustBeDraft, withdrawLines } from './item-assignment.ts';
import { itemOf } from './item-line.ts';
import { priceItem, reprices, type Given } from './item-pricing.ts';
import type { Line } from './line.ts';

const draftOf = ({ tx, path }: Call) => mustBeDraft(need(tx, 'invoice', path[0]!, 'invoice'));

export function listLineItems({ tx, params, path }: Call) {
  const { id } = need(tx, 'invoice', path[0]!, 'invoice');
  return pageOf('line_item', lineItemsOf(tx, id), params, `/v1/invoices/${id}/lines`);
}

/** Adds lines to a draft: pending items, or new ones made for it. */
export function addLines(call: Call): unknown {
  const { tx, params: given } = call;
  const draft = draftOf(call);
  const { lines } = given as unknown as Stripe.InvoiceAddLinesParams;
  const items = lines.map((line, i) =>
    line.invoice_item
      ? pendingItem(tx, draft, line.invoice_item, `lines[${i}][invoice_item]`)
      : newItem(tx, draft, (given['lines'] as JsonObject[])[i]!, i),
  );
  assignItems(tx, draft.id, items);
  return withMetadata(call, draft.id);
}

function pendingItem(tx: Transaction, draft: Stored<'invoice'>, id: string, param: string) {
  const item = tx.get('invoiceitem', id);
  if (!item || item.customer !== draft.customer) throw noSuch('invoiceitem', id, param);
  if (item.invoice) throw stripeError('invoice_item_frozen', [id, item.invoice as string], param);
  mustShareCurrency(draft, item.currency);
  return item;
}

function newItem(tx: Transaction, draft: Stored<'invoice'>, given: JsonObject, i: number) {
  refuseUnmodelled(given, `lines[${i}]`);
  const { id } = insertItem(tx, {
    customer: draft.customer as string,
    priced: priceItem(tx, given as Given, draft.currency),
  });
  mustShareCurrency(draft, tx.get('invoiceitem', id)!.currency);
  return changeItem(tx, id, { ...textOf(given) }, null);
}

// What is left of a line's parameters once it is priced.
const textOf = ({ description, discountable, discounts, metadata, period, tax_rates }: JsonObject) =>
  Object.fromEntries(
    Object.entries({ description, discountable, discounts, metadata, period, tax_rates }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as JsonObject;

export function updateLines(call: Call): unknown {
  const { tx, params: given } = call;
  const draft = draftOf(call);
  for (const [i, line] of (given['lines'] as JsonObject[]).entries()) changeLine(tx, draft, line, `lines[${i}]`);
  return withMetadata(call, draft.id);
}

export function updateLineItem(call: Call): unknown {
  const { tx, params, path } = call;
  const draft = draftOf(call);
  const id = path[1]!;
  if (!lineItemsOf(tx, draft.id).some((line) => line.id === id)) throw noSuch('line_item', id, 'id', 404);
  changeLine(tx, draft, { ...params, id }, '');
  return lineItemsOf(tx, draft.id).find((line) => line.id === id);
}

function changeLine(tx: Transaction, draft: Stored<'invoice'>, given: JsonObject, at: string) {
  const { id, ...changes } = given;
  refuseUnmodelled(changes, at);
  const line = linesOf(tx, draft.id).find((each) => each.id === id);
  if (!line) throw noSuch('line_item', String(id), at ? `${at}[id]` : 'id');
  const item = itemOf(line);
  if (item !== null) {
    changeItem(tx, item, changes, editable(tx, tx.get('invoiceitem', item)!));
    return;
  }
  if (reprices(changes as Given))
    throw stripeError('missing', [
      `The line ${line.id} bills a subscription: its amount follows from the subscription and cannot be changed here.`,
    ]);
  const changed = changedLine(tx, draft, line, changes);
  recompute(
    tx,
    draft.id,
    linesOf(tx, draft.id).map((each) => (each.id === line.id ? changed : each)),
  );
}

function changedLine(tx: Transaction, draft: Stored<'invoice'>, line: Line, given: JsonObject): Line {
  const params = given as unknown as Stripe.InvoiceUpdateLineItemParams;
  const { customer, currency, id: invoice } = draft;
  const owner = { customer: customer as string, currency, invoice };
  const discounts = chooseDiscounts(tx, params.discounts, owner);
  const rates = taxRates(tx, params.tax_rates, 'tax_rates');
  return {
    ...line,
    ...(params.description !== undefined && { description: params.description || null }),
    ...(params.discountable !== undefined && { discountable: params.discountable }),
    ...(params.period && { period: params.period }),
    ...(discounts && { discounts }),
    ...(rates && { taxRates: rates.length ? rates : null }),
    metadata: mergeMetadata(line.metadata, given['metadata']),
  };
}

export function removeLines(call: Call): unknown {
  const { tx, params: given } = call;
  const draft = draftOf(call);
  const { lines } = given as unknown as Stripe.InvoiceRemoveLinesParams;
  for (const [i, { id, behavior }] of lines.entries()) {
    const line = linesOf(tx, draft.id).find((each) => each.id === id);
    if (!line) throw noSuch('line_item', id!, `lines[${i}][id]`);
    if (behavior === 'unassign' && itemOf(line) === null)
      throw stripeError(
        'missing',
        [`The line ${id} has no invoice item that could be unassigned.`],
        `lines[${i}][behavior]`,
      );
    withdrawLines(tx, draft.id, [line], behavior as 'delete' | 'unassign');
  }
  return withMetadata(call, draft.id);
}

function withMetadata({ tx, params }: Call, id: string) {
  const { metadata } = tx.get('invoice', id)!;
  return tx.update('invoice', id, { metadata: mergeMetadata(metadata ?? {}, params['invoice_metadata']) });
}

function refuseUnmodelled(given: JsonObject, at: string): void {
  if (given['tax_amounts'] === undefined) return;
  throw stripeError('paybell_not_modelled', ['tax amounts given by hand'], at ? `${at}[tax_amounts]` : 'tax_amounts');
}
