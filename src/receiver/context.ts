import type { JsonObject } from '../base/json.ts';
import type { AnyEvent, EventOf, EventPattern, UntypedObject } from '../stripe/types.ts';

/** What a handler gets. `Tx` is what the store hands to `tx`: a `DatabaseSync` on SQLite. */
export interface Context<Event = AnyEvent, Tx = unknown> {
  event: Event;
  /** `event.data.object`; for a notification, what it links to, fetched after it came: undefined without `stripe`. */
  object: ObjectOf<Event>;
  /** `''` for the platform's own events. */
  account: string;
  /** 1 on the first run. */
  attempt: number;
  /** This handler has already handled a later event of the same object. */
  late: boolean;
  /** The object as the mirror shows it now: with every event that is stored. Undefined without a mirror or an id. */
  current: JsonObject | undefined;
  /** The same for every attempt, another for every event and handler: for effects outside the database. */
  idempotencyKey: string;
  /**
   * Aborted when the receiver has lost its lease on the object, or closes and four fifths of its grace period are over.
   * What a handler throws after that is no failure: it runs again.
   */
  signal: AbortSignal;
  /**
   * Not ready yet: this event is tried again (`after` milliseconds from now, else with backoff) and does not count
   * towards the dead letter. `return ctx.defer('the order is not there yet')`.
   */
  defer(reason: string, options?: { after?: number }): void;
  /**
   * What `effect` writes is committed together with the mark that this handler is done: both happen, or neither. When it
   * throws, the attempt has failed, caught or not. On SQLite it must be synchronous, and runs after the handler has
   * returned. On PostgreSQL it runs at once, in a transaction that all calls of this run share and that is rolled back
   * when the handler throws, defers or loses its lease; what it answers is answered.
   */
  tx: Transact<Tx>;
}

/** `ctx.tx` of a store: over a client that answers later (it has `query`), or inside the store's own commit. */
export type Transact<Tx> = [Tx] extends [{ query(...given: never[]): unknown }]
  ? <Result>(effect: (tx: Tx) => Result | Promise<Result>) => Promise<Result>
  : (effect: (tx: Tx) => void) => void;

/** The object an event carries. */
export type ObjectOf<Event> = Event extends { data: { object: infer Subject } }
  ? Subject
  : Event extends { object: 'v2.core.event' }
    ? UntypedObject | undefined
    : undefined;

/** Called for every event its pattern covers. What it throws is retried. */
export type Handler<Pattern extends EventPattern = '*', Tx = unknown> = (
  context: Context<EventOf<Pattern>, Tx>,
) => unknown;

/** How one handler is to be treated. */
export interface HandlerOptions {
  /** Names its records; the pattern by default, numbered when there are several. Must not change between releases. */
  name?: string;
  /** Failures before the dead letter, instead of the receiver's. */
  attempts?: number;
  /** Whether an event in the dead letter lets later events of its object pass. It does by default. */
  onDead?: 'release' | 'hold';
  /** Also handle an event that repeats another one under another id. */
  repeats?: boolean;
}
