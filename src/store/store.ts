import type { JsonObject } from '../base/json.ts';
import type {
  AccountMark,
  Incoming,
  Inserted,
  LaneResult,
  OpenEffects,
  ProofSeen,
  Received,
  Settled,
  Shortcut,
  Verdict,
} from './writes.ts';
import type { ClaimedLane, HistoryEvent } from './work.ts';
import type { Erased, Erasing, Pruned, Pruning } from './privacy.ts';
import type { ReopenedLanes, Reopening } from './replay.ts';
import type {
  EventDetail,
  EventFilter,
  Marks,
  MirrorFilter,
  MirrorObject,
  NamingFilter,
  Page,
  RefusedDelivery,
  StoreCounts,
  StoredEvent,
} from './reads.ts';

export { EndedByEffect } from './ended-by-effect.ts';
export type * from './privacy.ts';
export type * from './reads.ts';
export type * from './replay.ts';
export * from './states.ts';
export type * from './work.ts';
export type * from './writes.ts';

/**
 * Where events and the mirror live. Every method that writes takes a batch and does it in one commit; when it throws,
 * nothing of the batch was stored. `Tx` is what `ctx.tx` hands to a function that joins that commit.
 * Times are milliseconds since the Unix epoch, except `created`, which is Stripe's: seconds.
 */
export interface Store<Tx = unknown> extends AsyncDisposable {
  /** Stores deliveries, proven or not, and refused ones; answers for each event whether it was new. */
  insert(incoming: Incoming): Promise<Inserted[]>;
  /** The same, and tells which of them are leased with `incoming.lease` and are now worked on by whoever called. */
  receive(incoming: Incoming): Promise<Received[]>;
  /** Whether nothing else goes on in this process while the store commits; else `receive` is called again meanwhile. */
  readonly blocks?: boolean;
  /** An object as JSON, as this store writes it best; `JSON.stringify` where there is none. */
  readonly toJson?: (object: JsonObject) => string;

  /** Leases up to `limit` lanes that have something due, with the events that are ready, until `until`. */
  claim(claim: Claim): Promise<ClaimedLane[]>;
  /** Keeps an owner's leases on these lanes until `until`. */
  renew(owner: string, lanes: readonly string[], until: number): Promise<void>;
  /** Everyone who holds a lease, so that the leases of owners known to be dead can be taken over at once. */
  owners(): Promise<string[]>;
  /** Gives the leases of an owner back: what they cover is due now. */
  abandon(owner: string, now: number): Promise<void>;
  /** When the next lane is due, a lease's end included; undefined when nothing waits. */
  nextDue(): Promise<number | undefined>;
  /** The proven events of one lane, oldest first: the newest 200 (the oldest second among them whole) and every deletion. */
  history(lane: string): Promise<HistoryEvent[]>;
  /** Commits what work on lanes has come to. A lane whose lease is no longer the caller's is left untouched. */
  settle(results: readonly LaneResult<Tx>[]): Promise<Settled[]>;
  /** Commits what verification against the API has found; a proven event moves to the lane of its object. */
  judge(verdicts: readonly Verdict[]): Promise<void>;

  /**
   * Leases the objects of these events and makes their handlers run again, in one commit; whatever else waits in those
   * objects is left for later. When the lease ends unsettled, the events are due like any other.
   */
  reopen(changes: readonly Reopening[], claim: Lease): Promise<ReopenedLanes>;

  /** Events, newest first. */
  listEvents(filter?: EventFilter): Promise<Page<StoredEvent>>;
  /**
   * Where the pages of that list begin, when each has `every` events. Reads every event that the filter finds: a long list
   * is read in parts, each with how many events come `ahead` of it.
   */
  marks(filter: EventFilter, every: number, ahead?: number): Promise<Marks>;
  /** One event with its payload: the proven one of that id, else the newest. Any account when none is named. */
  getEvent(id: string, account?: string): Promise<EventDetail | undefined>;
  /** Refused deliveries, newest first. */
  listRefused(options?: { limit?: number; before?: number }): Promise<Page<RefusedDelivery>>;
  /** One object of the mirror, deleted ones included. */
  getObject(object: string, id: string, account?: string): Promise<MirrorObject | undefined>;
  /** Objects of the mirror by type, account and id, deleted ones included. */
  listObjects(filter?: MirrorFilter): Promise<Page<MirrorObject, string>>;
  /** The ids of objects that name another one. Throws `bad_option` for a field that is not indexed. */
  objectsNaming(filter: NamingFilter): Promise<string[]>;
  /** How many objects of each type the mirror holds, deleted ones included. */
  objectTypes(): Promise<Record<string, number>>;
  /** Connected accounts that once withdrew their access, by id, or what is known of one. */
  accounts(account?: string): Promise<AccountMark[]>;
  /** Every secret that ever proved a delivery, the latest first. */
  proofs(): Promise<ProofSeen[]>;
  /** Totals for a status page. */
  counts(): Promise<StoreCounts>;

  /** What was last written under a name: how far a command has come. Undefined when nothing ever was. */
  readNote(name: string): Promise<string | undefined>;
  /** Writes something down under a name, in place of what was there. */
  writeNote(name: string, value: string): Promise<void>;

  /**
   * Deletes what is old: payloads of finished events, later their rows. Keeps what the mirror's state rests on (events
   * of the second it shows, deletions), objects that are being worked on, and the dead letter unless told otherwise.
   */
  prune(pruning: Pruning): Promise<Pruned>;
  /** Masks every stored payload and object in which a text occurs, and drops errors and refused bodies that came with it. */
  erase(erasing: Erasing): Promise<Erased>;
  /** Leaves nothing of what was deleted or masked in the files of the database. Blocks while it runs. */
  compact(): Promise<void>;

  /**
   * Opens a transaction for a handler to work in while it runs, where the store can do that without keeping deliveries
   * waiting; may wait for one of a limited number of places. Without it `ctx.tx` records synchronous functions, which
   * `settle` runs.
   */
  begin?(): Promise<OpenEffects<Tx>>;

  /**
   * Calls `wake` when another process has stored something, where the store can tell; the function returned ends that.
   * Workers look by themselves besides.
   */
  watch?(wake: () => void): () => void;

  /** Closes the store; a second call does nothing, any other call afterwards throws `store_closed`. */
  close(): Promise<void>;
}

/** Who leases until when. `lease` is a number the owner never used before: the fence against its former self. */
export interface Lease {
  owner: string;
  lease: number;
  now: number;
  until: number;
}

/** A lease on at most so many lanes. */
export interface Claim extends Lease {
  limit: number;
}

/** How many pages `marks` says the beginning of. */
export const MOST_MARKS = 1_000;
/** Written here once for every driver: how many of a lane's ready events one claim hands out. */
export const LANE_BATCH = 32;
/** How many of a lane's proven events `history` gives, in whole seconds. Only ties within one second ever look that far back. */
export const HISTORY_LIMIT = 200;
/** Two ids for one change come close together: within this many seconds of `created`. */
export const TWIN_WINDOW = 600;

/** How far a shortcut goes: as far as the event's own says, but nobody works without a lease; `wait` mirrors only. */
export function stepOf({ step }: Shortcut, lease: Incoming['lease']): Step {
  return step === 'work' && !lease ? 'wait' : (step ?? 'wait');
}

export type Step = 'finish' | 'work' | 'wait';

/**
 * The queue an event waits in. One object is one lane, so that never two of its events are worked on at a time; an
 * event without an object is a lane of its own.
 */
export function laneOf(event: { account: string; object: string; objectId: string; id: string }): string {
  const { account, object, objectId, id } = event;
  return objectId === '' ? `${account} event ${id}` : `${account} ${object} ${objectId}`;
}
