import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { changed, created, defineResource, deleted, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { countryOf, isAsked, looksRight, verdictOn } from './tax-id-check.ts';

type Rule = Change<'tax_id'>;
type Owner = NonNullable<Stored<'tax_id'>['owner']>;

/** How long the register takes to answer, in seconds: long enough to be seen pending. Stripe says only "asynchronously". */
const ANSWER_AFTER = 5;

// The account's own tax ids are its own business: only a customer's are announced.
const ofCustomer =
  (one: (change: Rule) => boolean) =>
  (change: Rule): boolean =>
    change.after.object.customer !== null && one(change);

/** A number by which a tax office knows a customer, or the account itself. */
export const taxId = defineResource('tax_id', {
  prefix: 'txi',
  operations: {
    'customers.createTaxId': ({ tx, params, path }) => {
      const { id } = need(tx, 'customer', path[0]!, 'customer');
      return insertTaxId(tx, params as TaxIdParams, { type: 'customer', customer: id });
    },
    'customers.deleteTaxId': ({ tx, path }) => {
      need(tx, 'customer', path[0]!, 'customer');
      const found = tx.get('tax_id', path[1]!);
      if (!found || found.customer !== path[0]) throw noSuch('tax id', path[1]!, 'id', 404);
      tx.remove('tax_id', found.id);
      return stub(found);
    },
    'taxIds.create': ({ tx, params }) => insertTaxId(tx, params as TaxIdParams, ownerOf(tx, params)),
    'taxIds.list': listOwned,
  },
  events: [
    { type: 'customer.tax_id.created', when: ofCustomer(created), rank: RANK.attached },
    {
      type: 'customer.tax_id.updated',
      when: ofCustomer(changed<'tax_id'>('verification')),
      rank: RANK.attached,
      previous: true,
    },
    { type: 'customer.tax_id.deleted', when: ofCustomer(deleted), rank: RANK.detached },
  ],
  timers: [
    {
      name: 'verification',
      at: ({ created: made, verification, value }) =>
        verification?.status === 'pending' && verdictOn(value) !== 'pending' ? made + ANSWER_AFTER : null,
      run: verify,
    },
  ],
});

/** What a tax id is made from. */
export type TaxIdParams = { type: string; value: string };

/** Saves a tax id. Refuses a number that cannot be one of its type. */
export function insertTaxId(
  tx: Transaction,
  { type, value }: TaxIdParams,
  owner: Partial<Owner> & Pick<Owner, 'type'>,
  at?: string,
): Stored<'tax_id'> {
  if (!looksRight(type, value)) throw stripeError('tax_id_invalid', [value, type], at ? `${at}[value]` : 'value');
  const customer = (owner.customer as string | undefined) ?? null;
  return tx.insert('tax_id', {
    id: tx.id('txi'),
    object: 'tax_id',
    country: countryOf(type, value),
    created: tx.now,
    customer,
    customer_account: null,
    livemode: false,
    owner: { customer_account: null, ...owner } as Owner,
    type: type as Stored<'tax_id'>['type'],
    value,
    // The account's own numbers are not looked up.
    verification:
      customer === null
        ? null
        : { status: isAsked(type) ? 'pending' : 'unavailable', verified_address: null, verified_name: null },
  });
}

/** The register tells under which name and address it knows the number. */
function verify(tx: Transaction, { id, customer, value }: Stored<'tax_id'>): void {
  const status = verdictOn(value) as 'verified' | 'unverified';
  const { name, address } = tx.get('customer', customer as string) ?? {};
  const known = status === 'verified';
  const lines = [address?.line1, address?.line2, address?.postal_code, address?.city, address?.country];
  tx.update('tax_id', id, {
    verification: {
      status,
      verified_address: (known && lines.filter(Boolean).join(', ')) || null,
      verified_name: (known && name) || null,
    },
  });
}

function ownerOf(tx: Transaction, params: JsonObject): Partial<Owner> & Pick<Owner, 'type'> {
  const { type = 'self', customer, account } = (params as { owner?: Stripe.TaxIdCreateParams.Owner }).owner ?? {};
  if (type === 'customer') {
    if (!customer) throw stripeError('parameter_missing', ['owner[customer]'], 'owner[customer]');
    if (!tx.get('customer', customer)) throw noSuch('customer', customer, 'owner[customer]');
    return { type, customer };
  }
  if (type === 'account') {
    if (!account) throw stripeError('parameter_missing', ['owner[account]'], 'owner[account]');
    if (!tx.get('account', account)) throw noSuch('account', account, 'owner[account]');
    return { type, account };
  }
  return { type };
}

/** The account's own tax ids, unless another owner is named. */
function listOwned({ tx, params }: Call) {
  const { owner: _, ...cursors } = params;
  const owner = ownerOf(tx, params);
  return listOf(tx, 'tax_id', cursors, '/v1/tax_ids', ({ object }: Row) => {
    const its = (object as unknown as Stored<'tax_id'>).owner;
    return its?.type === owner.type && its.customer === owner.customer && its.account === owner.account;
  });
}
