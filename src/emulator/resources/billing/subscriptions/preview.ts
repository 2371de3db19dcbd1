import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { endSubscription, isOver } from './cancel.ts';
import { changeBilled } from './change.ts';
import { createSubscription } from './create.ts';
import { draftBill } from './bill.ts';
import { discountAgain } from './discounts.ts';
import { itemRows } from './items.ts';
import { refuseUnmodelled, type Params } from './params.ts';
import { creditUnused } from './prorate.ts';
import { upcomingInvoice } from './renew.ts';
import { billedChange } from './update.ts';
import { setCancellation } from './cancel-later.ts';

type Given = Stripe.InvoiceCreatePreviewParams;
type Details = NonNullable<Given['subscription_details']> & JsonObject;

/** Whether a preview is about a subscription: one that exists, or one to be made. */
export const previewsSubscription = ({ subscription, subscription_details: details }: Given): boolean =>
  subscription !== undefined || details?.items !== undefined;

/**
 * The next invoice of a subscription, changed as the parameters say: the one the change itself would bring about, or that
 * of the next renewal. To be run where everything is undone afterwards: the change is made in earnest, so that the preview
 * cannot differ from what it foretells.
 */
export function previewSubscription(tx: Transaction, given: Given): Stored<'invoice'> {
  const { billing_mode, cancel_now, ...rest } = (given.subscription_details ?? {}) as Details;
  const details = {
    ...rest,
    ...(given.discounts !== undefined && { discounts: given.discounts }),
  } as unknown as Params;
  if (given.subscription === undefined) {
    const { latest_invoice } = createSubscription(
      tx,
      {
        ...(details as unknown as JsonObject),
        customer: given.customer,
        ...(given.currency && { currency: given.currency }),
        ...(billing_mode && { billing_mode }),
        payment_behavior: 'default_incomplete',
      } as unknown as JsonObject,
      true,
    );
    return tx.get('invoice', latest_invoice)!;
  }
  const subscription = tx.get('subscription', given.subscription);
  if (!subscription || (given.customer && subscription.customer !== given.customer))
    throw noSuch('subscription', given.subscription, 'subscription');
  const { id } = subscription;
  if (isOver(subscription)) throw stripeError('invoice_upcoming_none', [subscription.customer as string]);
  refuseUnmodelled(details);
  discountAgain(tx, subscription, details.discounts);
  if (cancel_now) return canceledNow(tx, subscription);
  const change = billedChange({ ...details, payment_behavior: 'default_incomplete' });
  const changes = change.items || change.trial_end !== undefined || change.anchor === 'now';
  const invoice = changes ? changeBilled(tx, id, change) : null;
  if (invoice) return tx.get('invoice', invoice.id)!;
  setCancellation(tx, id, details);
  const { cancel_at } = tx.get('subscription', id)!;
  const upcoming = upcomingInvoice(tx, id);
  if (cancel_at !== null && cancel_at <= upcoming.period_end)
    throw stripeError('invoice_upcoming_none', [subscription.customer as string]);
  return upcoming;
}

/** What would be invoiced if the subscription ended now: credit for the unused time, and what is pending. */
function canceledNow(tx: Transaction, subscription: Stored<'subscription'>): Stored<'invoice'> {
  for (const row of itemRows(tx, subscription)) creditUnused(tx, subscription, row, tx.now);
  const period = { start: tx.now, end: tx.now };
  const invoice = draftBill(tx, subscription.id, { reason: 'subscription_update', lines: [], period, advances: true });
  endSubscription(tx, subscription.id);
  return invoice;
}
