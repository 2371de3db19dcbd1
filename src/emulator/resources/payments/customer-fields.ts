import type Stripe from 'stripe';
import type { JsonObject } from '../../../base/json.ts';
import { stripeError } from '../../http/errors.ts';
import { completeField } from '../../shapes/complete.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';

/** Fields that a parameter of the same name sets as it is; null unsets them. */
const PLAIN = ['description', 'email', 'name', 'phone'] as const;
/** The same, but these are left out of the object when there is nothing in them. */
const OPTIONAL = ['business_name', 'individual_name'] as const;
/** Fields that a parameter sets, and that are never unset. */
const KEPT = ['balance', 'invoice_prefix', 'next_invoice_sequence', 'preferred_locales'] as const;

/** What parameters set of a customer's own fields. */
export function customerFields(params: JsonObject, current?: Stored<'customer'>): Partial<Stored<'customer'>> {
  const { tax_exempt: exempt } = params;
  const prefix = params['invoice_prefix'];
  if (typeof prefix === 'string' && !/^[A-Z0-9]{3,12}$/.test(prefix))
    throw stripeError(
      'parameter_invalid',
      ['invoice_prefix', 'it must be 3 to 12 uppercase letters or digits'],
      'invoice_prefix',
    );
  const set = (names: readonly string[], value: (name: string) => unknown) =>
    Object.fromEntries(names.filter((name) => name in params).map((name) => [name, value(name)]));
  return {
    ...set(PLAIN, (name) => params[name]),
    ...set(OPTIONAL, (name) => params[name] ?? undefined),
    ...set(KEPT, (name) => params[name]),
    ...set(['address'], (name) => completeField('customer', name, params[name], current?.address)),
    ...set(['shipping'], (name) => completeField('customer', name, params[name])),
    ...(exempt !== undefined && { tax_exempt: (exempt ?? 'none') as Stored<'customer'>['tax_exempt'] }),
  };
}

type Beside = Pick<Stripe.CustomerUpdateParams, 'tax' | 'cash_balance'>;

/**
 * What is kept beside a customer, because Stripe shows it only when expanded or with the cash balance: the address its
 * browser came from, and how incoming transfers are reconciled (`merchant_default` is automatic here).
 */
export function besideCustomer({ tax, cash_balance: cash }: Beside, customer: Partial<Stored<'customer'>>): Hidden {
  const mode = cash?.settings?.reconciliation_mode;
  const ip = tax?.ip_address;
  if (tax?.validate_location === 'immediately' && !locationOf(customer))
    throw stripeError(
      'customer_tax_location_invalid',
      [
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
      ],
      'tax[validate_location]',
    );
  return { ...(mode && { reconciliationMode: mode }), ...(ip !== undefined && { taxIp: ip || null }) };
}

/** Where a customer is taxed: where goods are sent, else where the bill goes. */
function locationOf({ shipping, address }: Partial<Stored<'customer'>>) {
  const to = shipping?.address?.country ? shipping.address : undefined;
  const { country, state } = to ?? address ?? {};
  return country && { country, source: to ? 'shipping_destination' : 'billing_address', state: state ?? null };
}

/** A customer's `tax`, shown when expanded. Of an IP address alone nothing is known here: there is no map to look at. */
export function customerTax(tx: Transaction, id: string): Stored<'customer'>['tax'] {
  const row = tx.row('customer', id);
  if (!row) return undefined;
  const location = locationOf(row.object) || null;
  return {
    automatic_tax: location ? 'supported' : 'unrecognized_location',
    ip_address: (row.hidden['taxIp'] as string | null | undefined) ?? null,
    location,
    provider: 'stripe',
  } as Stored<'customer'>['tax'];
}
