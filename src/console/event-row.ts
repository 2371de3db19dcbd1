import type { StoredEvent } from '../store/store.ts';
import type { EventRow } from './api/types.ts';

/** An event as the console's lists show it. */
export function eventRow(event: StoredEvent): EventRow {
  const { seq, account, id, type, created, object, objectId, valid, state, reason, twinOf, deliveries, receivedAt } =
    event;
  const attempts = event.handlers.reduce((sum, handler) => sum + handler.attempts, 0);
  const failed = event.handlers.filter(({ error }) => error !== null).toSorted((a, b) => b.updatedAt - a.updatedAt);
  const error = failed[0]?.error?.split('\n')[0] ?? null;
  const known = {
    seq,
    account,
    id,
    type,
    created,
    object,
    objectId,
    valid,
    state,
    reason,
    twinOf,
    deliveries,
    receivedAt,
  };
  return { ...known, attempts, error };
}
