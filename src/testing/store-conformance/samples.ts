import type { ClaimedLane, IncomingEvent, LaneResult, ReopenedLanes, Reopening, Store } from '../../store/store.ts';

/** Any moment, in milliseconds. */
export const NOW = 1_790_000_000_000;

/** A proven event of a charge. */
export function sample(parts: Partial<IncomingEvent> = {}): IncomingEvent {
  const { id = 'evt_1', created = 1_790_000_000, objectId = 'ch_1' } = parts;
  return {
    account: '',
    id,
    type: 'charge.succeeded',
    created,
    livemode: false,
    apiVersion: '2026-10-28.endive',
    object: 'charge',
    objectId,
    proof: 'signature test',
    payload: Buffer.from(JSON.stringify({ id, created })),
    receivedAt: NOW,
    ...parts,
  };
}

/** Stores events in one commit. */
export const put = (store: Store, ...events: IncomingEvent[]) => store.insert({ events, refused: [], keepRefused: 10 });

let leases = 0;

/** Claims what is due at a time. */
export function claim(store: Store, { owner = 'a', now = NOW, limit = 10 } = {}): Promise<ClaimedLane[]> {
  leases += 1;
  return store.claim({ owner, lease: leases, now, until: now + 30_000, limit });
}

/** Makes handlers run again. */
export function reopen(
  store: Store,
  changes: readonly Reopening[],
  { owner = 'a', now = NOW } = {},
): Promise<ReopenedLanes> {
  leases += 1;
  return store.reopen(changes, { owner, lease: leases, now, until: now + 30_000 });
}

/** A result for a claimed lane: every event done, unless parts say otherwise. */
export function result(lane: ClaimedLane, parts: Partial<LaneResult> = {}): LaneResult {
  return {
    lane: lane.lane,
    owner: 'a',
    lease: lane.lease,
    now: NOW,
    events: lane.events.map(({ seq }) => ({ seq, state: 'done', readyAt: null })),
    records: [],
    effects: [],
    wake: false,
    release: true,
    ...parts,
  };
}

/** A handler record of an event. */
export function record(seq: number, parts: Partial<LaneResult['records'][number]> = {}): LaneResult['records'][number] {
  const rest = { attempts: 1, failures: 0, nextAt: null, late: false, error: null, updatedAt: NOW };
  return { seq, handler: 'h', state: 'done', ...rest, ...parts };
}

/** What the mirror is to show of charge ch_1. */
export const shown = (json: string): NonNullable<LaneResult['mirror']> => ({
  account: '',
  object: 'charge',
  id: 'ch_1',
  json,
  eventId: 'evt_1',
  created: 1_790_000_000,
  ties: 1,
  deleted: false,
  ambiguous: false,
});
