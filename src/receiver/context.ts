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
  /** Aborted when the receiver closes or has lost its lease on the object. */
  signal: AbortSignal;
  /**
   * Not ready yet: this event is tried again (`after` milliseconds from now, else with backoff) and does not count
   * towards the dead letter. `return ctx.defer('the order is not there yet')`.
   */
  defer(reason: string, options?: { after?: number }): void;
  /**
   * Runs `effect` inside the commit that marks this handler done, so that both happen or neither. On SQLite it must be
   * synchronous: it runs after the handler has returned. When it throws, the attempt has failed.
   */
  tx(effect: (tx: Tx) => void): void;
}

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
