import type { JsonObject } from '../../../../base/json.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { draftInvoice } from '../invoices/draft.ts';
import { insertItem } from '../invoices/item.ts';
import { assignItems } from '../invoices/item-assignment.ts';
import { priceItem } from '../invoices/item-pricing.ts';
import type { TaxRate } from '../invoices/line.ts';
import { createSubscription } from '../subscriptions/create.ts';
import { linesOf, type QuoteLine } from './lines.ts';

type Quote = Stored<'quote'>;

/**
 * Accepts a quote: what recurs becomes a subscription, what is paid once goes onto its first invoice, or onto an invoice
 * of its own. That invoice begins as a draft and is collected an hour later.
 */
export function accept(tx: Transaction, quote: Quote): Quote {
  const lines = linesOf(tx, quote.id);
  const recurring = lines.filter((line) => line.recurring !== null);
  const once = lines.filter((line) => line.recurring === null);
  const made = recurring.length > 0 ? subscribe(tx, quote, recurring, once) : { invoice: bill(tx, quote, once) };
  return tx.update('quote', quote.id, {
    ...made,
    status: 'accepted',
    status_transitions: { ...quote.status_transitions, accepted_at: tx.now },
  });
}

function subscribe(tx: Transaction, quote: Quote, recurring: readonly QuoteLine[], once: readonly QuoteLine[]) {
  const { description, metadata, trial_period_days } = quote.subscription_data;
  const { days_until_due } = quote.invoice_settings;
  const asParam = ({ price, quantity, recurring, taxRates }: QuoteLine): JsonObject => ({
    price,
    ...(recurring?.usage_type !== 'metered' && { quantity }),
    ...(taxRates && { tax_rates: taxRates.map(({ id }) => id) }),
  });
  const given = {
    customer: quote.customer as string,
    items: recurring.map(asParam),
    ...(once.length > 0 && { add_invoice_items: once.map(asParam) }),
    collection_method: quote.collection_method,
    ...(quote.collection_method === 'send_invoice' && { days_until_due: days_until_due ?? 30 }),
    ...(ratesOf(quote).length > 0 && { default_tax_rates: ratesOf(quote) }),
    ...(description !== null && { description }),
    ...(metadata && { metadata }),
    ...(trial_period_days !== null && { trial_period_days }),
  };
  const { id, status } = createSubscription(tx, given as JsonObject, true);
  // Nobody pays before the invoice is final, and the service begins all the same.
  if (status === 'incomplete') tx.update('subscription', id, { status: 'active' });
  return { subscription: id, invoice: tx.get('subscription', id)!.latest_invoice as string | null };
}

const ratesOf = ({ default_tax_rates }: Quote) => (default_tax_rates ?? []) as string[];

/** An invoice of what is paid once. */
function bill(tx: Transaction, quote: Quote, lines: readonly QuoteLine[]): string {
  const { collection_method: collectionMethod, customer, currency } = quote;
  const rates = ratesOf(quote).map((id) => tx.get('tax_rate', id) as unknown as TaxRate);
  const { id } = draftInvoice(tx, {
    customer: customer as string,
    currency: currency!,
    billingReason: 'quote_accept',
    collectionMethod,
    autoAdvance: true,
    daysUntilDue: collectionMethod === 'send_invoice' ? (quote.invoice_settings.days_until_due ?? 30) : null,
    pendingItems: false,
    defaultTaxRates: rates,
    fields: {
      parent: { quote_details: { quote: quote.id }, subscription_details: null, type: 'quote_details' },
    },
  });
  const items = lines.map(({ price, quantity, taxRates }) =>
    insertItem(tx, {
      customer: customer as string,
      priced: priceItem(tx, { price, quantity }, currency!),
      ...(taxRates && { fields: { tax_rates: [...taxRates] as never } }),
    }),
  );
  assignItems(tx, id, items);
  return id;
}
