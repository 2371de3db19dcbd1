import type Stripe from 'stripe';
import { sameJson } from '../../../base/json.ts';
import { discountCustomer, type CustomerDiscountParams } from '../billing/catalogue/discount.ts';
import { insertTaxId } from '../billing/catalogue/tax-id.ts';
import { cashBalanceEvents } from '../billing/customer-balance/cash-balance.ts';
import { balanceSet } from '../billing/customer-balance/move.ts';
import { customerGone } from '../billing/customer-gone.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { created, defineResource, deleted, type Call, type Change } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, needReference, noSuch } from '../references.ts';
import { stub } from '../schema-behaviour.ts';
import { besideCustomer, customerFields, customerTax } from './customer-fields.ts';
import { setInvoiceSettings } from './customer-invoice-settings.ts';
import { addSource, customerSources } from './customer-source.ts';
import { attach } from './payment-method.ts';
import { choosePaymentMethod } from './source-choice.ts';

type Params = Stripe.CustomerCreateParams & Stripe.CustomerUpdateParams & CustomerDiscountParams;

// Counting up its invoices is no news of a customer.
const counted = (customer: Stored<'customer'>) => ({ ...customer, next_invoice_sequence: 0 });
const altered = ({ before, after }: Change<'customer'>) =>
  before !== undefined && !after.deleted && !sameJson(counted(before.object), counted(after.object));

export const customer = defineResource('customer', {
  prefix: 'cus',
  idLength: 14,
  operations: {
    'customers.create': create,
    'customers.update': update,
    'customers.del': ({ tx, path }) => {
      const customer = need(tx, 'customer', path[0]!);
      customerGone(tx, customer.id);
      tx.remove('customer', customer.id);
      return stub(customer);
    },
  },
  events: [
    { type: 'customer.created', when: created, rank: RANK.customer },
    { type: 'customer.deleted', when: deleted, rank: RANK.customerDeleted },
    {
      type: 'customer.updated',
      when: altered,
      // What an invoice did to it comes after the invoice.
      rank: ({ cause }) => (cause === 'invoice' ? RANK.customerBilled : RANK.customerUpdated),
      previous: true,
    },
    ...cashBalanceEvents,
  ],
  includes: { sources: ({ id }) => ({ object: 'card', field: 'customer', value: id }) },
  expanded: { tax: customerTax },
});

function create({ tx, params: given }: Call) {
  const params = given as unknown as Params;
  const id = tx.id('cus', 14);
  if (params.test_clock) needReference(tx, ['test_helpers.test_clock'], params.test_clock, 'test_clock');
  const fields: Partial<Stored<'customer'>> = {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created: tx.now,
    currency: null,
    default_source: null,
    delinquent: false,
    discount: null,
    invoice_prefix: tx.text(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    next_invoice_sequence: 1,
    preferred_locales: [],
    tax_exempt: 'none',
    test_clock: params.test_clock ?? null,
    description: null,
    email: null,
    name: null,
    phone: null,
    shipping: null,
    ...customerFields(given),
    metadata: mergeMetadata({}, given['metadata']),
  };
  const customer = tx.insert('customer', fields, besideCustomer(params, fields));
  balanceSet(tx, id, null);
  if (params.source) addSource(tx, id, params.source);
  const attached = params.payment_method && attachFirst(tx, id, params.payment_method);
  setInvoiceSettings(tx, id, params.invoice_settings, params.payment_method, attached);
  params.tax_id_data?.forEach((data, i) =>
    insertTaxId(tx, data, { type: 'customer', customer: id }, `tax_id_data[${i}]`),
  );
  discountCustomer(tx, customer, params);
  return tx.get('customer', id);
}

function attachFirst(tx: Transaction, customer: string, method: string): string {
  const { paymentMethod } = choosePaymentMethod(tx, method);
  attach(tx, paymentMethod, customer);
  tx.because('payment_method', paymentMethod, 'customer.create');
  return paymentMethod;
}

function update({ tx, params: given, path }: Call) {
  const customer = need(tx, 'customer', path[0]!);
  const params = given as unknown as Params;
  if (params.source) replaceSource(tx, customer, params.source);
  const { default_source: source, invoice_settings: settings } = params;
  if (source && !customerSources(tx, customer.id).some(({ id }) => id === source))
    throw noSuch('source', source, 'default_source');
  setInvoiceSettings(tx, customer.id, settings);
  discountCustomer(tx, customer, params);
  const fields: Partial<Stored<'customer'>> = {
    ...customerFields(given, customer),
    ...(source && { default_source: source }),
    metadata: mergeMetadata(customer.metadata, given['metadata']),
  };
  const updated = tx.update('customer', customer.id, fields, besideCustomer(params, { ...customer, ...fields }));
  balanceSet(tx, customer.id, customer.balance);
  return updated;
}

/** The new card becomes the default, and the old default goes: what `source` on an update has always meant. */
function replaceSource(tx: Transaction, customer: Stored<'customer'>, token: string) {
  const old = customer.default_source;
  const { id } = addSource(tx, customer.id, token);
  tx.update('customer', customer.id, { default_source: id });
  if (old && tx.get('card', old)) tx.remove('card', old);
}
