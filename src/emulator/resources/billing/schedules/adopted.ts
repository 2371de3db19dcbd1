import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { lastPeriodEnd } from '../subscriptions/periods.ts';
import { readPhases, type Phase } from './phases.ts';

/** What a subscription is at the moment, as a phase that lasts until its period ends. */
export function adopted(tx: Transaction, subscription: Stored<'subscription'>): Phase {
  const { items } = subscription;
  const start = Math.min(...items.data.map(({ current_period_start }) => current_period_start));
  const phase = {
    end_date: lastPeriodEnd(subscription),
    items: items.data.map(({ price, quantity }) => ({ price: price.id, ...(quantity !== undefined && { quantity }) })),
  };
  return readPhases(tx, [phase as never], start)[0]!;
}
