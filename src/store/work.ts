import type { JsonObject } from '../base/json.ts';
import type { EventState, HandlerState } from './states.ts';

/** A leased lane: an object and what is to be done for it. */
export interface ClaimedLane {
  lane: string;
  lease: number;
  /** Events with something to do now, by `created`, then by arrival. */
  events: ClaimedEvent[];
  /** Handler records of this lane that are unfinished but not due, held back, or dead. */
  waiting: { seq: number; created: number; handler: string; state: HandlerState }[];
  /** Other proven events of this lane, newest first (at most 64) from `TWIN_WINDOW` before the earliest of `events`. */
  near: { seq: number; type: string; created: number; state: EventState }[];
  /** What the mirror shows now, when the lane is an object's. */
  mirror: MirrorHead | undefined;
}

/** An event that was claimed. */
export interface ClaimedEvent {
  seq: number;
  account: string;
  id: string;
  type: string;
  created: number;
  object: string;
  objectId: string;
  valid: boolean | null;
  proof: string | null;
  state: EventState;
  /** Attempts to verify it against the API so far. */
  attempts: number;
  deliveries: number;
  receivedAt: number;
  /** What to process: the API's copy where there is one, else the body as it came. */
  payload: Uint8Array;
  /** All of it, for one taken up by the commit that stored it and wrote its mirror row: only handlers are left. */
  json?: JsonObject;
  records: ClaimedRecord[];
  /** For an event not yet proven: the body of the proven event of the same id, if there is one. */
  proven?: Uint8Array | undefined;
}

/** Where a handler stands with a claimed event. */
export interface ClaimedRecord {
  handler: string;
  state: HandlerState;
  attempts: number;
  failures: number;
  nextAt: number | null;
}

/** The mirror's row without its history. */
export interface MirrorHead {
  json: string;
  created: number;
  ties: number;
  deleted: boolean;
  ambiguous: boolean;
}

/** A proven event of a lane, with the handlers that finished it. */
export interface HistoryEvent {
  seq: number;
  id: string;
  type: string;
  created: number;
  state: EventState;
  twinOf: string | null;
  handled: string[];
  payload: Uint8Array;
}
