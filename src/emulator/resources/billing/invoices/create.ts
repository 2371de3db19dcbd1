import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import { completeField } from '../../../shapes/complete.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { mergeMetadata } from '../../metadata.ts';
import { readCurrency } from '../../money.ts';
import { need, needReference, noSuch } from '../../references.ts';
import { paymentMethodView } from '../../payments/source-choice.ts';
import { chooseDiscounts, customerDiscounts } from './discount-choice.ts';
import { draftInvoice, FINALIZES_AFTER, recompute } from './draft.ts';
import type { TaxRate } from './line.ts';

type Invoice = Stored<'invoice'>;
type Params = Stripe.InvoiceCreateParams & Stripe.InvoiceUpdateParams;

/** What an account bills in where neither the caller nor the customer says. */
const CURRENCY = 'usd';

/** Parameters that become the field of the same name. */
const PLAIN = ['description', 'footer', 'statement_descriptor', 'number', 'effective_at', 'due_date', 'on_behalf_of'];
/** Parameters that may still change once an invoice is finalised: none of them touches what it says of money. */
const AFTER_FINALISATION = ['auto_advance', 'default_payment_method', 'default_source', 'metadata', 'payment_settings'];
/** What the API takes and this Stripe does not model: refused rather than ignored. */
const NOT_MODELLED = [
  'account_tax_ids',
  'application_fee_amount',
  'customer_account',
  'from_invoice',
  'issuer',
  'subscription',
  'transfer_data',
];

export function create(call: Call): unknown {
  const { tx, params: given } = call;
  const params = given as unknown as Params;
  refuseUnmodelled(params);
  if (!params.customer) throw stripeError('parameter_missing', ['customer'], 'customer');
  const customer = tx.get('customer', params.customer);
  if (!customer) throw noSuch('customer', params.customer, 'customer');
  const collectionMethod = params.collection_method ?? 'charge_automatically';
  mustBeDue(collectionMethod, params, null);
  const currency = readCurrency(params.currency ?? customer.currency ?? CURRENCY);
  const { id } = draftInvoice(tx, {
    customer: customer.id,
    currency,
    billingReason: 'manual',
    collectionMethod,
    autoAdvance: params.auto_advance ?? false,
    daysUntilDue: params.days_until_due ?? null,
    pendingItems: params.pending_invoice_items_behavior === 'include',
    discounts: params.discounts === undefined ? customerDiscounts(tx, customer.id) : [],
    defaultTaxRates: taxRates(tx, params.default_tax_rates, 'default_tax_rates') ?? [],
    fields: {
      custom_fields: customer.invoice_settings.custom_fields ?? null,
      footer: customer.invoice_settings.footer ?? null,
      ...fieldsOf(tx, customer.id, params, given),
      metadata: mergeMetadata({}, given['metadata']),
    },
  });
  const discounts = chooseDiscounts(tx, params.discounts, { customer: customer.id, currency, invoice: id });
  if (discounts) tx.update('invoice', id, { discounts });
  choose(tx, id, params);
  return discounts ? recompute(tx, id) : tx.get('invoice', id);
}

export function update(call: Call): unknown {
  const { tx, params: given, path } = call;
  const invoice = need(tx, 'invoice', path[0]!, 'invoice');
  const params = given as unknown as Params;
  refuseUnmodelled(params);
  const allowed = [...AFTER_FINALISATION, ...(invoice.status === 'open' ? ['due_date', 'days_until_due'] : [])];
  const late = Object.keys(given).find((name) => !allowed.includes(name));
  if (invoice.status !== 'draft' && late) throw stripeError('invoice_not_editable', [invoice.id], late);
  const method = params.collection_method ?? invoice.collection_method;
  mustBeDue(method, params, invoice);
  const { hidden } = tx.row('invoice', invoice.id)!;
  const customer = invoice.customer as string;
  const discounts = chooseDiscounts(tx, params.discounts, {
    customer,
    currency: invoice.currency,
    invoice: invoice.id,
  });
  const rates = taxRates(tx, params.default_tax_rates, 'default_tax_rates');
  const advances = params.auto_advance ?? invoice.auto_advance ?? false;
  tx.update(
    'invoice',
    invoice.id,
    {
      ...fieldsOf(tx, customer, params, given, invoice),
      ...(invoice.status === 'draft' && { collection_method: method }),
      ...(discounts && { discounts }),
      ...(rates && { default_tax_rates: rates as unknown as Invoice['default_tax_rates'] }),
      ...(params.auto_advance !== undefined && { auto_advance: advances, ...schedule(tx, invoice, advances, method) }),
      metadata: mergeMetadata(invoice.metadata ?? {}, given['metadata']),
    },
    { daysUntilDue: params.days_until_due ?? hidden['daysUntilDue'] },
  );
  choose(tx, invoice.id, params);
  return invoice.status === 'draft' ? recompute(tx, invoice.id) : tx.get('invoice', invoice.id);
}

/** When it is finalised or collected next, once automatic collection was switched on or off. */
function schedule(tx: Transaction, { status, created }: Invoice, advances: boolean, method: string): Partial<Invoice> {
  const charges = method === 'charge_automatically';
  if (status !== 'draft') return { next_payment_attempt: advances && charges ? tx.now + FINALIZES_AFTER : null };
  const at = advances ? Math.max(tx.now, created + FINALIZES_AFTER) : null;
  return { automatically_finalizes_at: at, next_payment_attempt: charges ? at : null };
}

/** A moment chosen for finalisation holds whether or not webhooks are answered by then. */
function choose(tx: Transaction, id: string, { automatically_finalizes_at: at }: Params): Invoice {
  if (at === undefined) return tx.get('invoice', id)!;
  if (at <= tx.now)
    throw stripeError(
      'parameter_invalid',
      ['automatically_finalizes_at', 'must be in the future'],
      'automatically_finalizes_at',
    );
  const { collection_method } = tx.get('invoice', id)!;
  const next = collection_method === 'charge_automatically' ? at : null;
  const fields = { auto_advance: true, automatically_finalizes_at: at, next_payment_attempt: next };
  return tx.update('invoice', id, fields, { chosen: true });
}

function fieldsOf(tx: Transaction, customer: string, params: Params, given: Call['params'], before?: Invoice) {
  const { custom_fields, default_payment_method: method, default_source: source, payment_settings } = params;
  if (method && paymentMethodView(tx, method)?.customer !== customer)
    throw paymentMethodView(tx, method)
      ? stripeError(
          'missing',
          [
            `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
          ],
          'default_payment_method',
        )
      : noSuch('PaymentMethod', method, 'default_payment_method');
  if (source) needReference(tx, ['card', 'source'], source, 'default_source');
  if (params.automatic_tax?.enabled)
    throw stripeError('paybell_not_modelled', ['automatic tax'], 'automatic_tax[enabled]');
  const complete = (name: string, previous?: unknown) => completeField('invoice', name, given[name], previous);
  return {
    ...Object.fromEntries(PLAIN.filter((name) => name in params).map((name) => [name, given[name]])),
    ...(custom_fields !== undefined && { custom_fields: custom_fields || null }),
    ...(method !== undefined && { default_payment_method: method || null }),
    ...(source !== undefined && { default_source: source || null }),
    ...(payment_settings && {
      payment_settings: complete('payment_settings', before?.payment_settings ?? NO_SETTINGS),
    }),
    ...(params.rendering !== undefined && { rendering: complete('rendering', before?.rendering) }),
    ...(params.shipping_details !== undefined && { shipping_details: complete('shipping_details') }),
    ...(params.shipping_cost !== undefined && { shipping_cost: shippingCost(tx, params) }),
  } as Partial<Invoice>;
}

const NO_SETTINGS = { default_mandate: null, payment_method_options: null, payment_method_types: null };

/** What shipping costs, by its rate; it is billed without tax. */
function shippingCost(tx: Transaction, { shipping_cost: given }: Params): Invoice['shipping_cost'] {
  if (!given) return null;
  if (!given.shipping_rate)
    throw stripeError(
      'paybell_not_modelled',
      ['shipping_cost[shipping_rate_data]'],
      'shipping_cost[shipping_rate_data]',
    );
  const rate = needReference(tx, ['shipping_rate'], given.shipping_rate, 'shipping_cost[shipping_rate]');
  const amount = (rate['fixed_amount'] as { amount: number } | null)?.amount ?? 0;
  return { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: given.shipping_rate };
}

/** Tax rates by their ids; null where none were named. An inactive one cannot be used any more. */
export function taxRates(
  tx: Transaction,
  ids: readonly string[] | null | '' | undefined,
  param: string,
): TaxRate[] | null {
  if (ids === undefined) return null;
  return (ids || []).map((id, i) => {
    const rate = needReference(tx, ['tax_rate'], id, `${param}[${i}]`);
    if (rate['active'] === false)
      throw stripeError('missing', [`The tax rate ${id} is inactive and cannot be used any more.`], `${param}[${i}]`);
    return rate as unknown as TaxRate;
  });
}

function mustBeDue(method: string, params: Params, before: Invoice | null): void {
  const { days_until_due: days, due_date: date } = params;
  if (days !== undefined && date !== undefined)
    throw stripeError('parameters_exclusive', ['days_until_due', 'due_date']);
  if (method !== 'send_invoice') {
    const named = days !== undefined ? 'days_until_due' : date !== undefined ? 'due_date' : undefined;
    if (named)
      throw stripeError(
        'parameter_invalid',
        [named, 'it can only be set when `collection_method` is `send_invoice`'],
        named,
      );
    return;
  }
  if (days !== undefined && days < 0)
    throw stripeError('parameter_invalid_integer', ['days_until_due', String(days)], 'days_until_due');
  if (before?.collection_method === 'send_invoice' || days !== undefined || date !== undefined) return;
  throw stripeError(
    'missing',
    ['If invoices are set to `send_invoice`, either `days_until_due` or `due_date` is needed.'],
    'days_until_due',
  );
}

function refuseUnmodelled(params: Params): void {
  for (const name of NOT_MODELLED)
    if (name in params) throw stripeError('paybell_not_modelled', [`\`${name}\` on invoices`], name);
}
