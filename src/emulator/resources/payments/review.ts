import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { created, defineResource, type Change } from '../define.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';

type Closed = NonNullable<Stored<'review'>['closed_reason']>;

const closed = ({ before, after }: Change<'review'>) => before?.object.open === true && !after.object.open;

/** A payment that Radar's default rule puts in front of somebody: elevated risk. */
export const review = defineResource('review', {
  prefix: 'prv',
  operations: {
    'reviews.approve': ({ tx, path }) => {
      const { id, open } = need(tx, 'review', path[0]!, 'review');
      if (!open)
        throw stripeError('wrong_state', [`Review ${id} is already closed; only an open one can be approved.`]);
      return close(tx, id, 'approved');
    },
  },
  events: [
    { type: 'review.opened', when: created, rank: RANK.review },
    { type: 'review.closed', when: closed, rank: RANK.review, previous: true },
  ],
});

/** Queues a charge for review; it and its intent point to it. */
export function openReview(tx: Transaction, chargeId: string): void {
  const { billing_details, payment_intent } = tx.get('charge', chargeId)!;
  const { id } = tx.insert('review', {
    id: tx.id('prv'),
    object: 'review',
    billing_zip: billing_details.address?.postal_code ?? null,
    charge: chargeId,
    closed_reason: null,
    created: tx.now,
    ip_address: null,
    ip_address_location: null,
    livemode: false,
    open: true,
    opened_reason: 'rule',
    ...(payment_intent && { payment_intent }),
    reason: 'rule',
    session: null,
  });
  tx.update('charge', chargeId, { review: id });
  if (payment_intent) tx.update('payment_intent', payment_intent, { review: id });
}

/** What became of a charge ends its review, if one is open. */
export function closeReview(tx: Transaction, charge: Stored<'charge'>, reason: Closed): void {
  const found = tx.get('review', charge.review as string | null);
  if (found?.open) close(tx, found.id, reason);
}

const close = (tx: Transaction, id: string, reason: Closed) =>
  tx.update('review', id, { open: false, closed_reason: reason, reason });
