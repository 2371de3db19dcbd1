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
import { previewsSubscription, previewSubscription } from '../subscriptions/preview.ts';

type Params = Stripe.InvoiceCreatePreviewParams;

/** Not modelled, and refused rather than ignored. */
const NOT_MODELLED = [
  'automatic_tax',
  'customer_account',
  'customer_details',
  'issuer',
  'on_behalf_of',
  'preview_mode',
  'schedule',
  'schedule_details',
];

/**
 * Shows the invoice that a customer would get next, or with further items: it is made, looked at and undone, so that it
 * can never differ from the invoice that comes.
 */
export function createPreview(call: Call): unknown {
  const { tx, params: given } = call;
  const params = given as unknown as Params;
  const refused = NOT_MODELLED.find((name) => name in given);
  if (refused) throw stripeError('paybell_not_modelled', [`\`${refused}\` on invoice previews`], refused);
  if (params.subscription_details && !previewsSubscription(params))
    throw stripeError('parameter_missing', ['subscription_details[items]'], 'subscription_details[items]');
  const subscription = tx.get('subscription', params.subscription);
  const id = params.customer ?? (subscription?.customer as string | undefined);
  if (!id) {
    if (params.subscription) throw noSuch('subscription', params.subscription, 'subscription');
    throw stripeError('parameter_missing', ['customer'], 'customer');
  }
  const customer = tx.get('customer', id);
  if (!customer) throw noSuch('customer', id, 'customer');
  const currency = readCurrency(params.currency ?? customer.currency ?? 'usd');
  return tx.trial(() => {
    for (const [i, item] of (params.invoice_items ?? []).entries())
      addItem(tx, customer, item as unknown as JsonObject, currency, i);
    if (previewsSubscription(params)) return asPreview(previewSubscription(tx, params));
    const draft = nextInvoice(tx, customer, currency);
    if (!draft.lines?.length && pendingItems(tx, customer.id, currency, null).length === 0)
      throw stripeError('invoice_upcoming_none', [customer.id]);
    return asPreview(draftInvoice(tx, { ...draft, discounts: discountsOf(tx, params, customer, currency) }));
  });
}

/** An invoice that was never stored: its id names nothing, and nothing will become of it. */
function asPreview(invoice: Stored<'invoice'>): object {
  const id = invoice.id.startsWith('upcoming') ? invoice.id : `upcoming_${invoice.id}`;
  const lines = JSON.parse(JSON.stringify(invoice.lines).replaceAll(invoice.id, id)) as Stored<'invoice'>['lines'];
  const { auto_advance: _, ...rest } = invoice;
  return { ...rest, id, lines, automatically_finalizes_at: null, billing_reason: 'upcoming' };
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
