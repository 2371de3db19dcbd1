import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { created, defineResource, deleted, type Call, type Change } from '../define.ts';
import { completeField } from '../../shapes/complete.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { stub } from '../schema-behaviour.ts';
import { sameJson } from '../../../base/json.ts';
import { addSource, customerSources } from './customer-source.ts';
import { attach } from './payment-method.ts';
import { choosePaymentMethod, paymentMethodView } from './source-choice.ts';

type Params = Stripe.CustomerCreateParams & Stripe.CustomerUpdateParams;

const altered = ({ before, after }: Change<'customer'>) =>
  before !== undefined && !after.deleted && !sameJson(before.object, after.object);

export const customer = defineResource('customer', {
  prefix: 'cus',
  idLength: 14,
  operations: {
    'customers.create': create,
    'customers.update': update,
    'customers.del': ({ tx, path }) => {
      const customer = need(tx, 'customer', path[0]!);
      tx.remove('customer', customer.id);
      return stub(customer);
    },
  },
  events: [
    { type: 'customer.created', when: created, rank: RANK.customer },
    { type: 'customer.deleted', when: deleted, rank: RANK.customer },
    { type: 'customer.updated', when: altered, rank: RANK.customerUpdated, previous: true },
  ],
  includes: { sources: ({ id }) => ({ object: 'card', field: 'customer', value: id }) },
});

/** Fields that a parameter of the same name sets as it is. */
const PLAIN = ['description', 'email', 'name', 'phone', 'shipping', 'business_name', 'individual_name'] as const;

function create({ tx, params: given }: Call) {
  const params = given as unknown as Params;
  const id = tx.id('cus', 14);
  const fields: Partial<Stored<'customer'>> = {
    id,
    object: 'customer',
    address: completeField('customer', 'address', params.address),
    balance: params.balance ?? 0,
    created: tx.now,
    currency: null,
    default_source: null,
    delinquent: false,
    discount: null,
    invoice_prefix: params.invoice_prefix ?? tx.text(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: params.invoice_settings?.footer ?? null,
      rendering_options: null,
    },
    livemode: false,
    metadata: mergeMetadata({}, given['metadata']),
    next_invoice_sequence: params.next_invoice_sequence ?? 1,
    preferred_locales: params.preferred_locales ?? [],
    tax_exempt: params.tax_exempt || 'none',
    test_clock: null,
    description: null,
    email: null,
    name: null,
    phone: null,
    shipping: null,
    ...plain(given),
  };
  tx.insert('customer', fields);
  if (params.source) addSource(tx, id, params.source);
  const attached = params.payment_method && attachFirst(tx, id, params.payment_method);
  setDefaultMethod(tx, id, params.invoice_settings, params.payment_method, attached);
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
  setDefaultMethod(tx, customer.id, settings);
  return tx.update('customer', customer.id, {
    ...plain(given),
    ...(params.address !== undefined && {
      address: completeField<Stored<'customer'>['address']>('customer', 'address', params.address, customer.address),
    }),
    ...(params.balance !== undefined && { balance: params.balance }),
    ...(params.preferred_locales !== undefined && { preferred_locales: params.preferred_locales }),
    ...(params.tax_exempt !== undefined && { tax_exempt: params.tax_exempt || 'none' }),
    ...(params.invoice_prefix !== undefined && { invoice_prefix: params.invoice_prefix }),
    ...(params.next_invoice_sequence !== undefined && { next_invoice_sequence: params.next_invoice_sequence }),
    ...(source && { default_source: source }),
    metadata: mergeMetadata(customer.metadata, given['metadata']),
  });
}

/** The new card becomes the default, and the old default goes: what `source` on an update has always meant. */
function replaceSource(tx: Transaction, customer: Stored<'customer'>, token: string) {
  const old = customer.default_source;
  const { id } = addSource(tx, customer.id, token);
  tx.update('customer', customer.id, { default_source: id });
  if (old && tx.get('card', old)) tx.remove('card', old);
}

function setDefaultMethod(
  tx: Transaction,
  id: string,
  settings: Params['invoice_settings'],
  named?: string,
  attached?: string,
) {
  if (!settings) return;
  const customer = tx.get('customer', id)!;
  const { default_payment_method: wanted, footer } = settings;
  let method = customer.invoice_settings.default_payment_method;
  if (wanted !== undefined) {
    // The ready-made id that was attached in the same call means what it was attached as.
    method = wanted === named && attached ? attached : wanted || null;
    if (method && paymentMethodView(tx, method)?.customer !== id) {
      if (!paymentMethodView(tx, method))
        throw noSuch('PaymentMethod', method, 'invoice_settings[default_payment_method]');
      throw stripeError(
        'missing',
        [
          `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
        ],
        'invoice_settings[default_payment_method]',
      );
    }
  }
  const invoice_settings = {
    ...customer.invoice_settings,
    default_payment_method: method,
    ...(footer !== undefined && { footer: footer || null }),
  };
  tx.update('customer', id, { invoice_settings });
}

const plain = (params: Call['params']): Partial<Stored<'customer'>> =>
  Object.fromEntries(
    PLAIN.filter((name) => name in params).map((name) => [
      name,
      name === 'shipping' ? completeField('customer', name, params[name]) : params[name],
    ]),
  );
