import type Stripe from 'stripe';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { changed, defineResource, type Call, type Change } from '../define.ts';
import { listOf } from '../lists.ts';
import { GONE } from '../billing/customer-gone.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need, noSuch } from '../references.ts';
import { stub } from '../schema-behaviour.ts';
import { declineBody } from './card-error.ts';
import { cardAsPaymentMethod, hide } from './instrument.ts';
import { spendToken } from './source-choice.ts';
import { StripeError } from '../../http/errors.ts';

type Rule = Change<'card'>;
const owned = ({ after }: Rule) => after.object.customer != null;
const added = (change: Rule) => !change.before && !change.after.deleted && owned(change);
const removed = (change: Rule) => change.before !== undefined && change.after.deleted && owned(change);
const EDITABLE = [
  'address_city',
  'address_country',
  'address_line1',
  'address_line2',
  'address_state',
  'address_zip',
  'exp_month',
  'exp_year',
  'name',
] as const;

/** A customer's card, the older way. Every such card is a payment method too, and is announced as both. */
export const card = defineResource('card', {
  prefix: 'card',
  operations: {
    'customers.createSource': ({ tx, params, path }) => {
      const { id } = need(tx, 'customer', path[0]!, 'customer');
      const { source } = params as unknown as Stripe.CustomerCreateSourceParams;
      return addSource(tx, id, source, mergeMetadata({}, params['metadata']));
    },
    'customers.retrieveSource': ({ tx, path }) => ownedSource(tx, path[0]!, path[1]!),
    'customers.listSources': ({ tx, params, path }) => {
      const { id } = need(tx, 'customer', path[0]!, 'customer');
      const { object: _, ...cursors } = params;
      return listOf(tx, 'card', { ...cursors, customer: id }, `/v1/customers/${id}/sources`);
    },
    'customers.updateSource': updateSource,
    'customers.deleteSource': ({ tx, path }) => {
      const source = ownedSource(tx, path[0]!, path[1]!);
      tx.remove('card', source.id);
      const customer = tx.get('customer', path[0]!)!;
      if (customer.default_source === source.id) {
        const [next] = customerSources(tx, customer.id);
        tx.update('customer', customer.id, { default_source: next?.id ?? null });
      }
      return stub(source);
    },
  },
  events: [
    { type: 'customer.source.created', when: added, rank: RANK.source },
    { type: 'payment_method.attached', when: added, rank: RANK.attached, as: asMethod },
    {
      type: 'customer.source.deleted',
      when: removed,
      rank: ({ cause }) => (cause === GONE ? RANK.sourceGone : RANK.sourceDeleted),
    },
    {
      type: 'payment_method.detached',
      when: (change) => removed(change) && change.cause !== GONE,
      rank: RANK.detached,
      as: asMethod,
    },
    // With its customer it is detached as any payment method is: seen with what changed.
    {
      type: 'payment_method.detached',
      when: (change) => removed(change) && change.cause === GONE,
      rank: RANK.methodGone,
      as: asMethod,
      previous: true,
    },
    {
      type: 'customer.source.updated',
      when: changed<'card'>(...EDITABLE, 'metadata'),
      rank: RANK.source,
      previous: true,
    },
  ],
});

function asMethod({ object, hidden, deleted }: Rule['after']) {
  return cardAsPaymentMethod(deleted ? { ...object, customer: null } : object, hidden) as never;
}

/** Saves a token's card to a customer. The first one becomes the default. */
export function addSource(tx: Transaction, customerId: string, token: string, metadata = {}): Stored<'card'> {
  const { card, instrument } = spendToken(tx, token, 'source');
  // Saving asks the bank as well, and a card that will be declined is declined here; nothing is kept of it.
  if (instrument.card.attachable === false)
    throw new StripeError(
      402,
      declineBody(instrument.card.declines ?? { code: 'card_declined', declineCode: 'generic_decline' }, null),
    );
  const saved = tx.insert(
    'card',
    { ...card, customer: customerId, metadata },
    { ...hide(instrument), created: tx.now },
  );
  const customer = tx.get('customer', customerId)!;
  if (!customer.default_source) tx.update('customer', customerId, { default_source: saved.id });
  return saved;
}

/** A customer's cards, newest first. */
export const customerSources = (tx: Transaction, customer: string): Stored<'card'>[] =>
  Array.from(tx.newest('card', { field: 'customer', value: customer }), ({ object }) => object);

function ownedSource(tx: Transaction, customer: string, id: string): Stored<'card'> {
  need(tx, 'customer', customer, 'customer');
  const card = tx.get('card', id);
  if (!card || card.customer !== customer) throw noSuch('source', id, 'id', 404);
  return card;
}

function updateSource({ tx, params, path }: Call) {
  const card = ownedSource(tx, path[0]!, path[1]!);
  const edits = Object.fromEntries(
    EDITABLE.filter((name) => name in params).map((name) => [
      name,
      name.startsWith('exp_') ? Number(params[name]) : params[name],
    ]),
  );
  return tx.update('card', card.id, { ...edits, metadata: mergeMetadata(card.metadata ?? {}, params['metadata']) });
}
