import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { StripeError } from '../../../http/errors.ts';
import { discountApplies } from '../catalogue/discounts.ts';
import { payInvoice } from '../invoices/collect.ts';
import { customerDiscounts } from '../invoices/discount-choice.ts';
import { draftInvoice, lineItemsOf, type Draft } from '../invoices/draft.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import type { Line, TaxRate } from '../invoices/line.ts';
import type { Period } from '../math/calendar.ts';
import { itemOfLine } from './lines.ts';

type Subscription = Stored<'subscription'>;
type Invoice = Stored<'invoice'>;

/** What is to happen when the first payment, or that of a change, does not go through. */
export type PaymentBehavior =
  'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | 'pending_if_incomplete';

/** An invoice of a subscription before it is made. `lines` come after what is pending. */
export type Bill = {
  reason: Draft['billingReason'];
  lines: readonly Line[];
  period: Period;
  /** Whether it is finalised and collected by itself. */
  advances: boolean;
  prorationDate?: number;
};

/** A subscription's invoice as a draft to be made, or only looked at. */
export function draftOf(tx: Transaction, subscription: Subscription, bill: Bill): Draft {
  const { invoice_settings: settings } = subscription;
  const sends = subscription.collection_method === 'send_invoice';
  const own = (subscription.discounts as string[]).filter((id) => applies(tx, id));
  return {
    customer: subscription.customer as string,
    currency: subscription.currency,
    billingReason: bill.reason,
    collectionMethod: subscription.collection_method,
    autoAdvance: bill.advances,
    daysUntilDue: sends ? subscription.days_until_due : null,
    lines: bill.lines,
    pendingItems: true,
    subscription: {
      id: subscription.id,
      metadata: subscription.metadata,
      ...(bill.prorationDate !== undefined && { prorationDate: bill.prorationDate }),
    },
    // A subscription's own discounts take the place of the customer's.
    discounts: own.length ? own : customerDiscounts(tx, subscription.customer as string),
    defaultTaxRates: (subscription.default_tax_rates ?? []) as unknown as TaxRate[],
    period: bill.period,
    fields: {
      ...(settings.custom_fields && { custom_fields: settings.custom_fields }),
      ...(settings.footer && { footer: settings.footer }),
      description: settings.description,
    },
  };
}

const applies = (tx: Transaction, id: string) => {
  const discount = tx.get('discount', id);
  return discount !== undefined && discountApplies(discount, tx.now);
};

/** Makes a subscription's invoice, its newest from then on, and keeps with each item what it was billed. */
export function draftBill(tx: Transaction, id: string, bill: Bill): Invoice {
  const invoice = draftInvoice(tx, draftOf(tx, tx.get('subscription', id)!, bill));
  tx.update('subscription', id, { latest_invoice: invoice.id });
  keepBilled(tx, invoice.id, bill.lines);
  return invoice;
}

function keepBilled(tx: Transaction, invoice: string, lines: readonly Line[]): void {
  const shown = new Map(lineItemsOf(tx, invoice).map((line) => [line.id, line]));
  const byItem = Map.groupBy(lines, itemOfLine);
  for (const [item, its] of byItem) {
    if (item === null) continue;
    const amount = its.reduce((sum, { id, amount }) => {
      const off = (shown.get(id)?.discount_amounts ?? []).reduce((all, each) => all + each.amount, 0);
      return sum + amount - off;
    }, 0);
    const billed = { amount, period: its[0]!.period, invoice, lines: its.map((line) => line.id) };
    tx.update('subscription_item', item, {}, { billed });
  }
}

/**
 * Finalises an invoice that a request brought about and collects it, as `behavior` says. Returns whether nothing is left
 * to pay. `error_if_incomplete` throws the decline, and nothing of the request remains.
 */
export function collectNow(
  tx: Transaction,
  invoice: string,
  behavior: PaymentBehavior,
  { offSession = false, retries = false } = {},
): boolean {
  if (tx.get('invoice', invoice)!.collection_method === 'send_invoice') return collectLater(tx, invoice);
  if (finalizeInvoice(tx, invoice, { collects: retries && behavior !== 'default_incomplete' }).status === 'paid')
    return true;
  if (behavior === 'default_incomplete') return false;
  const { error } = payInvoice(tx, invoice, { by: 'request', onSession: !offSession, retries });
  if (error && behavior === 'error_if_incomplete') throw new StripeError(error.status, error.body);
  return error === null;
}

/** An invoice that is sent stays a draft for an hour, unless nothing is due. */
function collectLater(tx: Transaction, id: string): true {
  const { amount_due: due } = tx.get('invoice', id)!;
  if (due === 0) finalizeInvoice(tx, id);
  return true;
}
