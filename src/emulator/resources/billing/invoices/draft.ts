import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { minimumCharge } from '../../money.ts';
import { discountTerms } from '../catalogue/discounts.ts';
import { computeInvoice, type Amounts } from './compute.ts';
import { current, lineOfItem } from './item-line.ts';
import { asCredits, asTaxes, exemptionOf, lineItem, taxTerms, type Line, type TaxRate } from './line.ts';
import { pendingItems, removePending } from './pending.ts';

type Invoice = Stored<'invoice'>;

/** What an invoice is made of. Ids of discounts that exist, tax rates as whole objects, amounts in minor units. */
export type Draft = {
  customer: string;
  currency: string;
  billingReason: NonNullable<Invoice['billing_reason']>;
  collectionMethod: Invoice['collection_method'];
  autoAdvance: boolean;
  /** For `send_invoice`: how long the customer has, counted from finalisation. */
  daysUntilDue?: number | null;
  /** Lines besides the items: what a subscription bills. */
  lines?: readonly Line[];
  /** Whether the customer's pending items go onto it. */
  pendingItems: boolean;
  /** The subscription it bills, whose own pending items may go onto it. */
  subscription?: { id: string; metadata: Record<string, string>; prorationDate?: number } | null;
  discounts?: readonly string[];
  defaultTaxRates?: readonly TaxRate[];
  period?: { start: number; end: number };
  /** Anything else the invoice shows from the beginning. */
  fields?: Partial<Invoice>;
};

/** Seconds from `invoice.created`, once it is answered, to finalisation, and the longest an answer is waited for. */
export const FINALIZES_AFTER = 3600;
export const WAITS_AT_MOST = 72 * 3600;

/** Makes a draft invoice, takes the pending items onto it, and tells `invoice.created`. */
export function draftInvoice(tx: Transaction, draft: Draft): Invoice {
  const id = tx.id('in');
  const { fields, lines, items } = compose(tx, draft, id);
  const taken = draft.pendingItems ? takeable(tx, draft) : [];
  for (const item of taken) {
    tx.update('invoiceitem', item.id, { invoice: id });
    removePending(tx, draft.customer, item.id);
  }
  const advances = draft.autoAdvance ? tx.now + FINALIZES_AFTER : null;
  return tx.insert(
    'invoice',
    {
      ...fields,
      id,
      automatically_finalizes_at: advances,
      next_payment_attempt: draft.collectionMethod === 'charge_automatically' ? advances : null,
      // With nobody to tell, nobody's answer is waited for.
      webhooks_delivered_at: tx.listened('invoice.created') ? null : tx.now,
      ...draft.fields,
    } as Partial<Invoice>,
    { lines, items, daysUntilDue: draft.daysUntilDue ?? null },
  );
}

/** Fields of an invoice that show its amounts, and its lines as the API shows them. */
type Shown = { amounts: Amounts; fields: Partial<Invoice>; items: Stored<'line_item'>[] };
type Composed = Omit<Shown, 'amounts'> & { lines: Line[] };

/** An invoice as it would be, with nothing stored: previews show it, drafts begin with it. */
export function compose(tx: Transaction, draft: Draft, id: string): Composed {
  const customer = tx.get('customer', draft.customer)!;
  const pending = draft.pendingItems ? takeable(tx, draft) : [];
  // Pending items first, the newest on top; then what the subscription bills.
  const lines: Line[] = [
    ...pending.map((item) => lineOfItem(tx.row('invoiceitem', item.id)!, tx.id('il'))),
    ...(draft.lines ?? []),
  ];
  const { subscription } = draft;
  const fields: Partial<Invoice> = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Paybell',
    amount_overpaid: 0,
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: draft.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    billing_reason: draft.billingReason,
    collection_method: draft.collectionMethod,
    created: tx.now,
    currency: draft.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: (customer.shipping ?? null) as Invoice['customer_shipping'],
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: taxIds(tx, customer.id),
    default_tax_rates: [...(draft.defaultTaxRates ?? [])] as unknown as Invoice['default_tax_rates'],
    discounts: [...(draft.discounts ?? [])],
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    livemode: false,
    metadata: {},
    parent: subscription
      ? {
          quote_details: null,
          subscription_details: {
            metadata: subscription.metadata,
            subscription: subscription.id,
            ...(subscription.prorationDate !== undefined && {
              subscription_proration_date: subscription.prorationDate,
            }),
          },
          type: 'subscription_details',
        }
      : null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.period?.end ?? tx.now,
    period_start: draft.period?.start ?? tx.now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: (customer.test_clock ?? null) as string | null,
    ...draft.fields,
  };
  const { fields: amounts, items } = amountsOf(tx, fields as Invoice, lines);
  return { fields: { ...fields, ...amounts }, lines, items };
}

const takeable = (tx: Transaction, { customer, currency, subscription }: Draft) =>
  pendingItems(tx, customer, currency, subscription?.id ?? null);

const taxIds = (tx: Transaction, customer: string): Invoice['customer_tax_ids'] =>
  Array.from(tx.newest('tax_id', { field: 'customer', value: customer }), ({ object }) => ({
    type: object['type'] as 'eu_vat',
    value: String(object['value']),
  }));

/** What the lines come to, and the fields that show it. */
export function amountsOf(tx: Transaction, invoice: Invoice, lines: readonly Line[]): Shown {
  const { currency, collection_method: method } = invoice;
  const terms = (ids: readonly unknown[]) => ids.map((id) => discountTerms(tx, String(id), currency));
  const exemption = exemptionOf(invoice.customer_tax_exempt);
  const shipping = invoice.shipping_cost?.amount_subtotal ?? 0;
  const amounts = computeInvoice({
    lines: lines.map(({ amount, discountable, product, discounts, taxRates }) => ({
      amount,
      discountable,
      product,
      discounts: terms(discounts),
      rates: taxRates && taxTerms(taxRates),
    })),
    discounts: terms(invoice.discounts),
    rates: taxTerms(invoice.default_tax_rates as unknown as TaxRate[]),
    exempt: exemption !== null,
    shipping,
    startingBalance: tx.get('customer', invoice.customer as string)?.balance ?? 0,
    minimum: method === 'charge_automatically' ? minimumCharge(currency) : 0,
  });
  const items = lines.map((line, i) => lineItem(line, invoice.id, amounts.lines[i]!, exemption));
  const list = {
    object: 'list',
    data: items.slice(0, 10),
    has_more: items.length > 10,
    url: `/v1/invoices/${invoice.id}/lines`,
  };
  return {
    amounts,
    items,
    fields: {
      ...amountFields(amounts, exemption),
      lines: list,
      amount_shipping: shipping,
    } as unknown as Partial<Invoice>,
  };
}

function amountFields(amounts: Amounts, exemption: ReturnType<typeof exemptionOf>) {
  return {
    amount_due: amounts.amountDue,
    amount_remaining: amounts.amountDue,
    starting_balance: amounts.amountDue + amounts.endingBalance - amounts.total,
    subtotal: amounts.subtotal,
    subtotal_excluding_tax: amounts.subtotalExcludingTax,
    total: amounts.total,
    total_discount_amounts: amounts.discounts,
    total_excluding_tax: amounts.totalExcludingTax,
    total_pretax_credit_amounts: asCredits(amounts.discounts),
    total_taxes: asTaxes(amounts.taxes, exemption),
  };
}

/** The lines an invoice is made of, as they stand. */
export const linesOf = (tx: Transaction, id: string): Line[] =>
  ((tx.row('invoice', id)?.hidden['lines'] as readonly Line[] | undefined) ?? []).map((line) => current(tx, line));

/** Every line as the API shows it; the invoice itself carries the first ten. */
export const lineItemsOf = (tx: Transaction, id: string): Stored<'line_item'>[] =>
  (tx.row('invoice', id)?.hidden['items'] as Stored<'line_item'>[] | undefined) ?? [];

/** Computes a draft anew from its lines, after something about it changed. */
export function recompute(tx: Transaction, id: string, lines: readonly Line[] = linesOf(tx, id)): Invoice {
  const invoice = tx.get('invoice', id)!;
  const { fields, items } = amountsOf(tx, invoice, lines);
  return tx.update('invoice', id, fields, { lines, items });
}
