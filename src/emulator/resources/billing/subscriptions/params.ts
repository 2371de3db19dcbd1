import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import { completeField } from '../../../shapes/complete.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mergeMetadata } from '../../metadata.ts';
import { needReference } from '../../references.ts';
import { paymentMethodView } from '../../payments/source-choice.ts';
import { taxRates } from '../invoices/create.ts';
import type { ItemParams } from './items.ts';

type Subscription = Stored<'subscription'>;
export type Params = Omit<Stripe.SubscriptionCreateParams & Stripe.SubscriptionUpdateParams, 'items'> & {
  items?: ItemParams[];
};

/** What the API takes and this Stripe does not model: refused rather than ignored. */
const NOT_MODELLED = [
  'application_fee_percent',
  'backdate_start_date',
  'billing_schedules',
  'billing_thresholds',
  'customer_account',
  'managed_payments',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
];
const NOT_MODELLED_OF_ITEMS = ['billing_thresholds', 'current_trial'] as const;

export function refuseUnmodelled(params: Params): void {
  const refuse = (name: string) => stripeError('paybell_not_modelled', [`\`${name}\` on subscriptions`], name);
  for (const name of NOT_MODELLED) if ((params as JsonObject)[name]) throw refuse(name);
  for (const [i, item] of (params.items ?? []).entries())
    for (const name of NOT_MODELLED_OF_ITEMS) if (item[name]) throw refuse(`items[${i}][${name}]`);
  if (params.automatic_tax?.enabled) throw refuse('automatic_tax[enabled]');
  if (params.billing_mode?.flexible?.proration_discounts === 'itemized')
    throw refuse('billing_mode[flexible][proration_discounts]');
}

/** The fields that say nothing about what is billed when: how it is collected, and what it is called. */
export function plainFields(tx: Transaction, given: JsonObject, before?: Subscription): Partial<Subscription> {
  const params = given as unknown as Params;
  const { default_payment_method: method, default_source: source, description } = params;
  const customer = before ? (before.customer as string) : String(params.customer);
  if (method) mustBelong(tx, customer, method);
  if (source) needReference(tx, ['card', 'source'], source, 'default_source');
  const rates = taxRates(tx, params.default_tax_rates, 'default_tax_rates');
  const part = <Name extends keyof Subscription & string>(name: Name, base: Subscription[Name]) =>
    given[name] !== undefined && {
      [name]: completeField('subscription', name, given[name], before?.[name] ?? base),
    };
  return {
    ...collection(params, before),
    ...(method !== undefined && { default_payment_method: method || null }),
    ...(source !== undefined && { default_source: source || null }),
    ...(description !== undefined && { description: description || null }),
    ...(rates && { default_tax_rates: rates as unknown as Subscription['default_tax_rates'] }),
    ...part('invoice_settings', INVOICE_SETTINGS),
    ...part('payment_settings', PAYMENT_SETTINGS),
    ...part('trial_settings', null),
    ...part('cancellation_details', null),
    metadata: mergeMetadata(before?.metadata ?? {}, given['metadata']),
  } as Partial<Subscription>;
}

export const INVOICE_SETTINGS = {
  account_tax_ids: null,
  custom_fields: null,
  description: null,
  footer: null,
  issuer: { type: 'self' },
} as Subscription['invoice_settings'];

export const PAYMENT_SETTINGS = {
  payment_method_options: null,
  payment_method_types: null,
  save_default_payment_method: 'off',
} as Subscription['payment_settings'];

function mustBelong(tx: Transaction, customer: string, method: string): void {
  if (paymentMethodView(tx, method)?.customer === customer) return;
  throw stripeError(
    'missing',
    [
      `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
    ],
    'default_payment_method',
  );
}

/** How it is collected: invoices that are sent need to say until when. */
function collection(params: Params, before?: Subscription): Partial<Subscription> {
  const method = params.collection_method ?? before?.collection_method ?? 'charge_automatically';
  const days = params.days_until_due ?? before?.days_until_due ?? null;
  if (method === 'send_invoice' && days === null)
    throw stripeError(
      'missing',
      ['If invoices are set to `send_invoice`, `days_until_due` is needed as well.'],
      'days_until_due',
    );
  if (method === 'charge_automatically' && params.days_until_due !== undefined)
    throw stripeError(
      'parameter_invalid',
      ['days_until_due', 'it can only be set when `collection_method` is `send_invoice`'],
      'days_until_due',
    );
  return { collection_method: method, days_until_due: method === 'send_invoice' ? days : null };
}

/** A moment that a parameter names and that must lie ahead. */
export function future(tx: Transaction, at: number, param: string): number {
  if (at <= tx.now)
    throw stripeError('missing', [`Invalid timestamp: ${param} must be a Unix timestamp in the future.`], param);
  return at;
}

/** The payment settings of an item that are the same wherever it is made or changed. */
export function itemFields(tx: Transaction, given: ItemParams, at: string, before?: Stored<'subscription_item'>) {
  const rates = taxRates(tx, given.tax_rates, `${at}[tax_rates]`);
  return {
    metadata: mergeMetadata(before?.metadata ?? {}, given.metadata),
    ...(rates && { tax_rates: rates as never }),
  } as Partial<Stored<'subscription_item'>>;
}
