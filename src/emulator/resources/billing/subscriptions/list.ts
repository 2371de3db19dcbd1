import type { JsonObject } from '../../../../base/json.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Call } from '../../define.ts';
import { inRange, listOf } from '../../lists.ts';
import { isOver } from './cancel.ts';

type Filters = {
  status?: string;
  price?: string;
  plan?: string;
  current_period_start?: number | JsonObject;
  current_period_end?: number | JsonObject;
};

/** Subscriptions, newest first: those that have not been canceled, unless `status` says otherwise. */
export function list({ tx, params }: Call) {
  const { status, price, plan, current_period_start, current_period_end, ...rest } = params as Filters & JsonObject;
  const wanted = price ?? plan;
  return listOf(tx, 'subscription', rest, '/v1/subscriptions', ({ object }) => {
    const subscription = object as unknown as Stored<'subscription'>;
    const items = subscription.items.data;
    return (
      hasStatus(subscription, status) &&
      (wanted === undefined || items.some((item) => item.price.id === wanted)) &&
      (current_period_start === undefined ||
        items.some((item) => isAt(item.current_period_start, current_period_start))) &&
      (current_period_end === undefined || items.some((item) => isAt(item.current_period_end, current_period_end)))
    );
  });
}

function hasStatus(subscription: Stored<'subscription'>, wanted: string | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'ended') return isOver(subscription);
  return wanted === undefined ? subscription.status !== 'canceled' : subscription.status === wanted;
}

const isAt = (at: number, wanted: number | JsonObject) =>
  typeof wanted === 'number' ? at === wanted : inRange(at, wanted);
