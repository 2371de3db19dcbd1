import { sameJson, type JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import { became, created, defineResource, type Change } from '../../define.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { endDiscount } from '../catalogue/discounts.ts';
import { GONE } from '../customer-gone.ts';
import { cancel, isOver } from './cancel.ts';
import { create } from './create.ts';
import { endDunning, FIRST_PAID, INVOICE_TOLD, LAST_RETRY_FAILED } from './follow.ts';
import { expire, EXPIRES_AFTER } from './incomplete.ts';
import { list } from './list.ts';
import { migrate } from './migrate.ts';
import { pause } from './pause.ts';
import { dropHeldBack } from './pending-update.ts';
import { nextRenewal } from './periods.ts';
import { endAndBill, renew, RENEWED, upcomingInvoice } from './renew.ts';
import { resume } from './resume.ts';
import { SET_UP } from './setup-over.ts';
import { tellTrialEnd } from './trial.ts';
import { update } from './update.ts';

type Rule = Change<'subscription'>;
type Subscription = Stored<'subscription'>;

/** Statuses in which time goes on: periods end, and what follows is billed. */
const RUNNING: readonly string[] = ['trialing', 'active', 'past_due', 'unpaid'];
const runs = ({ status }: Subscription) => RUNNING.includes(status);

const hiddenBecame =
  (name: string, ...values: unknown[]) =>
  (change: Rule) => {
    const now = change.after.hidden[name];
    return now != null && (values.length === 0 || values.includes(now)) && change.before?.hidden[name] !== now;
  };

const over = became<'subscription'>('status', 'canceled');
// The end is told by `customer.subscription.deleted` alone.
const updated = (change: Rule) =>
  change.before !== undefined && !over(change) && !sameJson(change.before.object, change.after.object);

const rankOfUpdate = ({ cause }: Rule) =>
  cause === FIRST_PAID || cause === SET_UP
    ? RANK.subscriptionFirstPaid
    : cause === RENEWED || cause === INVOICE_TOLD
      ? RANK.subscriptionBilled
      : RANK.subscription;

const rankOfEnd = ({ cause }: Rule) =>
  cause === GONE ? RANK.subscription : cause === LAST_RETRY_FAILED ? RANK.subscriptionBilled : RANK.subscriptionDeleted;

export const subscription = defineResource('subscription', {
  prefix: 'sub',
  operations: {
    'subscriptions.create': create,
    'subscriptions.update': update,
    'subscriptions.cancel': cancel,
    'subscriptions.migrate': migrate,
    'subscriptions.pause': pause,
    'subscriptions.resume': resume,
    'subscriptions.list': list,
    'subscriptions.deleteDiscount': ({ tx, path }) => {
      const { id, discounts } = need(tx, 'subscription', path[0]!, 'id');
      const discount = tx.get('discount', (discounts as string[]).at(-1));
      if (!discount) throw stripeError('resource_missing', ['active discount for subscription', id], 'subscription');
      endDiscount(tx, discount.id);
      return stub(discount);
    },
  },
  events: [
    { type: 'customer.subscription.created', when: created, rank: RANK.subscription },
    { type: 'customer.subscription.deleted', when: over, rank: rankOfEnd },
    { type: 'customer.subscription.paused', when: became('status', 'paused'), rank: RANK.subscription },
    {
      type: 'customer.subscription.resumed',
      when: ({ before, after }) => before?.object.status === 'paused' && runs(after.object),
      rank: RANK.subscriptionBilled,
    },
    {
      type: 'customer.subscription.pending_update_applied',
      when: hiddenBecame('updateOutcome', 'applied'),
      rank: RANK.subscriptionFirstPaid,
    },
    {
      type: 'customer.subscription.pending_update_expired',
      when: hiddenBecame('updateOutcome', 'expired'),
      rank: RANK.subscription,
    },
    { type: 'customer.subscription.updated', when: updated, rank: rankOfUpdate, previous: true },
    { type: 'customer.subscription.trial_will_end', when: hiddenBecame('trialEndTold'), rank: RANK.subscription },
    {
      type: 'invoice.upcoming',
      when: hiddenBecame('upcoming'),
      rank: RANK.invoice,
      as: ({ hidden }) => hidden['upcoming'] as JsonObject,
    },
  ],
  timers: [
    { name: 'renew', at: (object) => (runs(object) ? nextRenewal(object) : null), run: (tx, { id }) => renew(tx, id) },
    {
      name: 'cancel',
      at: (object) => (runs(object) || object.status === 'paused' ? object.cancel_at : null),
      run: (tx, { id }) => endAndBill(tx, id),
    },
    {
      name: 'trial_will_end',
      at: (object, hidden) => tellTrialEnd(object, hidden['trialEndTold']),
      run: (tx, { id, trial_end }) => void tx.update('subscription', id, {}, { trialEndTold: trial_end }),
    },
    {
      name: 'upcoming',
      at: (object, hidden) => {
        const ends = object.cancel_at !== null && object.cancel_at <= nextRenewal(object);
        return runs(object) && !ends ? (hidden['upcomingAt'] as number | null | undefined) : null;
      },
      run: (tx, { id }) =>
        void tx.update('subscription', id, {}, { upcomingAt: null, upcoming: upcomingInvoice(tx, id) }),
    },
    {
      name: 'expire',
      at: ({ status, created }) => (status === 'incomplete' ? created + EXPIRES_AFTER : null),
      run: (tx, { id }) => expire(tx, id),
    },
    {
      name: 'drop_update',
      at: ({ pending_update: update }) => update?.expires_at,
      run: (tx, { id }) => dropHeldBack(tx, id, 'expired'),
    },
    {
      name: 'resume_collection',
      at: (object) => (isOver(object) ? null : object.pause_collection?.resumes_at),
      run: (tx, { id }) => void tx.update('subscription', id, { pause_collection: null }),
    },
    {
      name: 'end_dunning',
      at: ({ status }, hidden) => (status === 'past_due' ? (hidden['dunningEndsAt'] as number | null) : null),
      run: (tx, { id }) => endDunning(tx, id),
    },
  ],
});
