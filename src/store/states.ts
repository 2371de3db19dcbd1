/**
 * Where an event stands. `pending`: stored; `processing`: in the mirror, a handler is still to run; `retrying`: a
 * handler failed or deferred and will be tried again; `done`; `dead`: a handler gave up; `refused`: proven false.
 */
export type EventState = 'pending' | 'processing' | 'retrying' | 'done' | 'dead' | 'refused';

/** Where one handler stands with one event. `pending`: held back behind an earlier event of the same object; `skipped`: the same change under another id was handled, or a replay was for other handlers. */
export type HandlerState = 'pending' | 'retrying' | 'done' | 'dead' | 'skipped';

/** The states in which something is still to be done. */
export type OpenState = 'pending' | 'processing' | 'retrying';

/** Every event state, in the order a page lists them. */
export const EVENT_STATES = [
  'pending',
  'processing',
  'retrying',
  'done',
  'dead',
  'refused',
] as const satisfies EventState[];
