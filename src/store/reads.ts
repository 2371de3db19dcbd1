import type { EventState, HandlerState } from './states.ts';

/** One page; `next` is the cursor of the following one (`before` or `after`), null on the last. */
export interface Page<T, Cursor = number> {
  items: T[];
  next: Cursor | null;
}

/** Which events to list; every part is optional and all given must hold. */
export interface EventFilter {
  id?: string;
  /** Any of these ids. */
  ids?: readonly string[];
  /** Any of these places in the order of arrival. */
  seqs?: readonly number[];
  /** `invoice.paid`, `invoice.*` or `*`. */
  type?: string;
  state?: EventState;
  /** null: not yet known. */
  valid?: boolean | null;
  account?: string;
  /** One that this handler has a record of. */
  handler?: string;
  /** The object's type. With `account` and `objectId` it is one object, whose proven events are found without a search. */
  object?: string;
  /** The object's id. */
  objectId?: string;
  /** Its payload, as it came, contains this text: every payload in range is read, so give one with `after` and `before`. */
  text?: string;
  /** `false` leaves out objects fetched from the API, which are stored beside events. */
  copies?: boolean;
  /** Received at or after, and before, in milliseconds. */
  since?: number;
  until?: number;
  /** A page's cursor. */
  before?: number;
  /** Arrived after this place in the order of arrival. */
  after?: number;
  /** 50 when not given, at most 1,000. */
  limit?: number;
}

/** Where the pages of a list begin, so that any of them can be read without those before it. */
export interface Marks {
  /** How many events there are in all, those ahead not counted. */
  total: number;
  /** The `before` of each page, the newest first; at most `MOST_MARKS`. */
  marks: number[];
  /** Older events follow after the last page that has a mark. */
  more: boolean;
}

/** An event as it is listed. */
export interface StoredEvent {
  /** Its place in the order of arrival. */
  seq: number;
  account: string;
  id: string;
  type: string;
  /** Seconds, as Stripe has it. */
  created: number;
  livemode: boolean | null;
  apiVersion: string | null;
  object: string;
  objectId: string;
  valid: boolean | null;
  /** How it was proven. */
  proof: string | null;
  /** Why it is not valid, not known to be, or could not be processed. */
  reason: string | null;
  state: EventState;
  readyAt: number | null;
  twinOf: string | null;
  /** How often it was delivered; one less is the number of duplicates. */
  deliveries: number;
  receivedAt: number;
  lastReceivedAt: number;
  finishedAt: number | null;
  /** The fields that were masked in its payload; null when it is as it came. */
  redacted: readonly string[] | null;
  /** Its payload is gone, by age. */
  pruned: boolean;
  handlers: HandlerRecord[];
}

/** What became of one handler with one event. */
export interface HandlerRecord {
  handler: string;
  state: HandlerState;
  attempts: number;
  failures: number;
  nextAt: number | null;
  late: boolean;
  error: string | null;
  updatedAt: number;
}

/** An event with its payload. */
export interface EventDetail extends StoredEvent {
  /** The body as it came; empty when it is gone. */
  payload: Uint8Array;
  /** The API's copy, when it was verified against the API: this is what was processed. */
  verified: Uint8Array | null;
}

/** A delivery that was not accepted. */
export interface RefusedDelivery {
  seq: number;
  reason: string;
  detail: string;
  signature: string;
  size: number;
  /** Its first 16 KiB. */
  body: Uint8Array;
  receivedAt: number;
}

/** Which objects to list. */
export interface MirrorFilter {
  object?: string;
  account?: string;
  after?: string;
  /** 50 when not given, at most 1,000. */
  limit?: number;
}

/** Objects of a type that name another one in a field. */
export interface NamingFilter {
  object: string;
  /** One of `INDEXED` for that type: no other is looked up without reading every object. */
  field: string;
  /** The id in that field. */
  id: string;
  account: string;
  limit: number;
}

/** One object of the mirror. */
export interface MirrorObject {
  account: string;
  object: string;
  id: string;
  /** The whole JSON of the last event about it. */
  json: string;
  eventId: string;
  created: number;
  deleted: boolean;
  /** Its events do not say which of them came last; what is shown is one of the possible ends, always the same. */
  ambiguous: boolean;
  updatedAt: number;
}

/** What a status page shows. */
export interface StoreCounts {
  events: Record<EventState, number>;
  refused: number;
  objects: number;
}
