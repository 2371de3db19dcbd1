import type { JsonObject } from '../base/json.ts';
import type { EventState, HandlerState, OpenState } from './states.ts';

/** What one group commit stores. */
export interface Incoming {
  events: readonly IncomingEvent[];
  refused: readonly IncomingRefusal[];
  /** How many refused deliveries are kept; older ones go. */
  keepRefused: number;
  /** Secrets that matched, and when: told now and then, not with every delivery. */
  proofs?: readonly ProofSeen[];
  /** With whose lease shortcuts to `work` are taken. */
  lease?: { owner: string; lease: number; until: number };
}

/**
 * What the commit that stores a proven event may do besides, provided that its object is quiet: nothing of it is
 * unfinished, none of its events is as late as this one or later, none of the same type came within `TWIN_WINDOW`
 * before it, and the mirror shows neither a deletion nor a state of that second or a later one. An event whose object
 * is not quiet waits to be claimed, as one without a shortcut does.
 */
export interface Shortcut {
  /** What the mirror shows from then on. */
  mirror?: MirrorWrite | undefined;
  /** `finish`: nothing else is to be done. `work`: it is leased, and worked on by whoever stored it. */
  step?: 'finish' | 'work' | undefined;
}

/** A secret's fingerprint, and when it last proved a delivery, in milliseconds. */
export interface ProofSeen {
  proof: string;
  at: number;
}

/** A delivery that is to become an event. */
export interface IncomingEvent {
  /** `''` for the platform's own events. */
  account: string;
  id: string;
  type: string;
  created: number;
  livemode: boolean | null;
  apiVersion: string | null;
  /** The object's type, `''` when the event carries none. */
  object: string;
  /** The object's id, `''` when it has none (`invoice.upcoming`, `balance.available`). */
  objectId: string;
  /** How it was proven (`signature …`); null: not yet, so it shadows nothing and waits to be verified. */
  proof: string | null;
  /** The body as it came. */
  payload: Uint8Array;
  receivedAt: number;
  shortcut?: Shortcut | undefined;
}

/** A delivery that was refused. */
export interface IncomingRefusal {
  reason: string;
  detail: string;
  /** The `Stripe-Signature` header, shortened. */
  signature: string;
  /** The body's full size in bytes, as far as it was read. */
  size: number;
  /** Its beginning. */
  body: Uint8Array;
  receivedAt: number;
}

/** Whether a delivery was the first of its event. */
export type Inserted = 'stored' | 'duplicate';

/** What became of a delivery. */
export interface Received {
  inserted: Inserted;
  /** What is to come: nothing, a claim by whoever is first, or the work that the caller now holds the lease for. */
  next: 'nothing' | 'claim' | 'work';
  /** The event, where the caller is to work on it. */
  seq?: number | undefined;
}

/** What became of one lane: its changes are committed together, or not at all. */
export interface LaneResult<Tx = unknown> {
  lane: string;
  owner: string;
  lease: number;
  now: number;
  mirror?: MirrorWrite | undefined;
  events: readonly EventChange[];
  records: readonly RecordChange[];
  /** Connected accounts that withdrew their access, or gave it again. */
  accounts?: readonly AccountMark[];
  /** Payloads that are from now on kept masked, instead of what came and of the API's copy. */
  payloads?: readonly MaskedPayload[];
  /** Run inside the commit, in order; one that throws undoes the whole lane result. */
  effects: readonly ((tx: Tx) => unknown)[];
  /** A handler got past an event that others were held back behind: look at those again. */
  wake: boolean;
  /** The lease goes back. */
  release: boolean;
}

/** A transaction that a handler works in; it ends with exactly one of `settle` and `rollback`. */
export interface OpenEffects<Tx> {
  /** What the handler works with; its own `BEGIN` … `COMMIT` are savepoints, so that all is committed with its mark. */
  readonly tx: Tx;
  /**
   * Writes the result and commits both, unless the lease is lost (`lost`) or what was done in it cannot be committed
   * (`failed`). Rejects when it is not known whether the commit took place; settling the mark again is then harmless.
   */
  settle(result: LaneResult<Tx>): Promise<Settled>;
  /** Undoes everything; a second call does nothing. */
  rollback(): Promise<void>;
}

/** What is known of a connected account's access. The mark with the greatest `since` counts; of two, access given. */
export interface AccountMark {
  account: string;
  deauthorized: boolean;
  /** The event's `created`, in seconds, and its id. */
  since: number;
  eventId: string;
}

/** A payload with masked fields. */
export interface MaskedPayload {
  seq: number;
  payload: Uint8Array;
  fields: readonly string[];
}

/** `lost`: someone else has the lease now. `failed`: an effect threw. In both cases nothing was changed. */
export type Settled = { outcome: 'settled' } | { outcome: 'lost' } | { outcome: 'failed'; error: unknown };

/** A new state of an event. */
export interface EventChange {
  seq: number;
  state: EventState;
  /** When there is something to do again; null while it is held back, or for good. */
  readyAt: number | null;
  /** The id of the event that told of the same change first. */
  twinOf?: string | null;
  /** Why, for an event that could not be read. */
  reason?: string | null;
}

/** What is known of one handler and one event. */
export interface RecordChange {
  seq: number;
  handler: string;
  state: HandlerState;
  /** Runs so far. */
  attempts: number;
  /** Runs that threw; deferrals do not count towards the dead letter. */
  failures: number;
  nextAt: number | null;
  late: boolean;
  /** The last error or the reason of the last deferral. */
  error: string | null;
  updatedAt: number;
}

/** The state of an object as its stored events tell it. */
export interface MirrorWrite {
  account: string;
  object: string;
  id: string;
  json: string;
  /** Its `indexedFields`, where whoever writes has them at hand: a store that needs them parses it otherwise. */
  indexed?: Readonly<JsonObject> | undefined;
  /** The event that told it, and its `created`. */
  eventId: string;
  created: number;
  /** How many events of the object share that second: what an earlier event arriving late must look at again. */
  ties: number;
  deleted: boolean;
  ambiguous: boolean;
}

/** What was found out about an event that was not proven yet, or whose body says something else than it seemed to. */
export interface Verdict {
  seq: number;
  lane: string;
  owner: string;
  lease: number;
  now: number;
  /** null: still not known. */
  valid: boolean | null;
  /** How it was proven, or why it was not. */
  reason: string;
  state: OpenState | 'dead' | 'refused';
  readyAt: number | null;
  attempts: number;
  /** The API's copy, which is what is processed; null to process the body that came. */
  verified: Uint8Array | null;
  /** Once proven: what the event really is, read from all of it. */
  envelope?: EventHead;
}

/** What is known of an event from its own fields. */
export type EventHead = Pick<
  IncomingEvent,
  'account' | 'id' | 'type' | 'created' | 'livemode' | 'apiVersion' | 'object' | 'objectId'
>;
