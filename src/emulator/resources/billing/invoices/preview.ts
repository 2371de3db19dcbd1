import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { readCurrency } from '../../money.ts';
import { noSuch } from '../../references.ts';
import { chooseDiscounts, customerDiscounts } from './discount-choice.ts';
import { draftInvoice, type Draft } from './draft.ts';
import { changeItem, insertItem } from './item.ts';
import { priceItem, type Given } from './item-pricing.ts';
import { pendingItems } from './pending.ts';

type Params = Stripe.InvoiceCreatePreviewParams;

/** Parameters about subscriptions, and others: not modelled, and refused rather than ignored. */
const SUBSCRIPTION = ['subscription', 'subscription_details', 'schedule', 'schedule_details', 'preview_mode'];
const NOT_MODELLED = ['automatic_tax', 'customer_account', 'customer_details', 'issuer', 'on_behalf_of'];

/**
 * Shows the invoice that a customer would get next, or with further items: it is made, looked at and undone, so that it
 * can never differ from the invoice that comes.
 */
export function createPreview(call: Call): unknown {
  const { tx, params: given } = call;
  const params = given as unknown as Params;
  const refused = [...SUBSCRIPTION, ...NOT_MODELLED].find((name) => name in given);
  if (refused) throw stripeError('paybell_not_modelled', [`\`${refused}\` on invoice previews`], refused);
  if (!params.customer) throw stripeError('parameter_missing', ['customer'], 'customer');
  const customer = tx.get('customer', params.customer);
  if (!customer) throw noSuch('customer', params.customer, 'customer');
  const currency = readCurrency(params.currency ?? customer.currency ?? 'usd');
  return tx.trial(() => {
    for (const [i, item] of (params.invoice_items ?? []).entries())
      addItem(tx, customer, item as unknown as JsonObject, currency, i);
    const draft = nextInvoice(tx, customer, currency);
    if (!draft.lines?.length && pendingItems(tx, customer.id, currency, null).length === 0)
      throw stripeError('invoice_upcoming_none', [customer.id]);
    const { id } = draftInvoice(tx, { ...draft, discounts: discountsOf(tx, params, customer, currency) });
    const invoice = tx.get('invoice', id)!;
    const upcoming = `upcoming_${id}`;
    const lines = JSON.parse(JSON.stringify(invoice.lines).replaceAll(id, upcoming)) as Stored<'invoice'>['lines'];
    const { auto_advance: _, ...rest } = invoice;
    return { ...rest, id: upcoming, lines, automatically_finalizes_at: null };
  });
}

/** The invoice that would be made of a customer's pending items now. */
function nextInvoice(tx: Transaction, customer: Stored<'customer'>, currency: string): Draft {
  return {
    customer: customer.id,
    currency,
    billingReason: 'upcoming',
    collectionMethod: 'charge_automatically',
    autoAdvance: true,
    pendingItems: true,
    period: { start: tx.now, end: tx.now },
  };
}

function discountsOf(tx: Transaction, { discounts }: Params, { id }: Stored<'customer'>, currency: string): string[] {
  const chosen = chooseDiscounts(tx, discounts, { customer: id, currency, invoice: 'upcoming' });
  return chosen ?? customerDiscounts(tx, id);
}

/** An item of the preview: a pending one, changed as the parameters say, or one that is not there yet. */
function addItem(tx: Transaction, customer: Stored<'customer'>, given: JsonObject, currency: string, i: number) {
  const { invoiceitem, ...rest } = given;
  if (invoiceitem !== undefined) {
    const item = tx.get('invoiceitem', String(invoiceitem));
    if (!item || item.customer !== customer.id || item.invoice)
      throw noSuch('invoiceitem', String(invoiceitem), `invoice_items[${i}][invoiceitem]`);
    changeItem(tx, item.id, rest, null);
    return;
  }
  const { id } = insertItem(tx, { customer: customer.id, priced: priceItem(tx, rest as Given, currency) });
  const { description, discountable, discounts, metadata, period, tax_rates } = rest;
  const text = Object.entries({ description, discountable, discounts, metadata, period, tax_rates });
  changeItem(tx, id, Object.fromEntries(text.filter(([, value]) => value !== undefined)) as JsonObject, null);
}
