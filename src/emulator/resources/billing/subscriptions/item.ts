import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { defineResource, type Call } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { need, noSuch } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import type { ItemParams } from './items.ts';
import { refuseUnmodelled, type Params } from './params.ts';
import { mayHoldBack } from './pending-update.ts';
import { billedChange, mustBeChangeable, settleChange } from './update.ts';

/** What of a call about one item is about the subscription: how the change is settled. */
const SETTLING = ['off_session', 'payment_behavior', 'proration_behavior', 'proration_date'] as const;

/** One thing a subscription bills. Every change of it is a change of its subscription. */
export const subscriptionItem = defineResource('subscription_item', {
  prefix: 'si',
  idLength: 14,
  operations: {
    'subscriptionItems.create': (call) => {
      const { tx, params } = call;
      const { subscription: id, ...given } = params as { subscription: string } & JsonObject;
      const known = new Set(tx.get('subscription', id)?.items.data.map((item) => item.id));
      change(tx, id, given);
      return tx.get('subscription', id)!.items.data.find((item) => !known.has(item.id));
    },
    'subscriptionItems.update': (call) => {
      const item = named(call);
      change(call.tx, item.subscription, call.params, { id: item.id });
      return call.tx.get('subscription_item', item.id);
    },
    'subscriptionItems.del': (call) => {
      const item = named(call);
      if (call.tx.get('subscription', item.subscription)!.items.data.length === 1)
        throw stripeError('wrong_state', [
          `A subscription must have at least one active plan: ${item.id} is the last item of ${item.subscription}. ` +
            'Cancel the subscription instead.',
        ]);
      const { clear_usage: _, ...given } = call.params;
      change(call.tx, item.subscription, given, { id: item.id, deleted: true });
      return stub(item);
    },
    'subscriptionItems.list': ({ tx, params }) => {
      const id = String(params['subscription']);
      if (!tx.get('subscription', id)) throw noSuch('subscription', id, 'subscription');
      return listOf(tx, 'subscription_item', params, '/v1/subscription_items', () => true, {
        field: 'subscription',
        value: id,
      });
    },
  },
  // Told by the subscription alone.
  events: [],
});

const named = ({ tx, path }: Call) => need(tx, 'subscription_item', path[0]!, 'id');

function change(tx: Transaction, id: string, given: JsonObject, target: Partial<ItemParams> = {}): void {
  const subscription = tx.get('subscription', id);
  if (!subscription) throw noSuch('subscription', id, 'subscription');
  const settling = Object.fromEntries(SETTLING.filter((name) => name in given).map((name) => [name, given[name]!]));
  const item = Object.fromEntries(Object.entries(given).filter(([name]) => !(name in settling) && name !== 'expand'));
  const params = { ...settling, items: [{ ...item, ...target }] } as unknown as Params;
  refuseUnmodelled(params);
  mustBeChangeable(subscription, Object.keys(params));
  if (params.payment_behavior === 'pending_if_incomplete') mayHoldBack(params);
  settleChange(tx, id, billedChange(params));
}
