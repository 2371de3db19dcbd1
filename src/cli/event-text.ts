import type { StoredEvent } from '../store/store.ts';

/** An event on one line: when, state, type, subject, id. */
export function eventLine(event: StoredEvent): string {
  const time = new Date(event.receivedAt).toISOString().slice(0, 19).replace('T', ' ');
  const duplicates = event.deliveries > 1 ? `  ×${event.deliveries}` : '';
  return `${time}  ${event.state.padEnd(10)}  ${event.type.padEnd(36)}  ${event.objectId.padEnd(28)}  ${event.id}${duplicates}`;
}

/** An event as `--json` shows it. Times are milliseconds, except `created`, which is Stripe's: seconds. */
export const eventShown = (event: StoredEvent) => ({
  id: event.id,
  type: event.type,
  account: event.account || null,
  created: event.created,
  api_version: event.apiVersion,
  livemode: event.livemode,
  object: event.object,
  object_id: event.objectId,
  valid: event.valid,
  proof: event.proof,
  reason: event.reason,
  state: event.state,
  deliveries: event.deliveries,
  received_at: event.receivedAt,
  finished_at: event.finishedAt,
  handlers: event.handlers,
});
