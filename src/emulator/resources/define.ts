import { sameJson, type JsonObject } from '../../base/json.ts';
import type { Operation } from '../../stripe/schema.ts';
import type { Hidden, Row, Stored } from '../world/objects.ts';
import type { Transaction, Trigger } from '../world/transaction.ts';
import type { World } from '../world/world.ts';

/** What one request (or one due moment) did to one object. */
export type Change<Name extends string = string> = {
  readonly object: Name;
  readonly id: string;
  /** Before the transaction; undefined for an object it created. */
  readonly before: Row<Name> | undefined;
  /** As the transaction first wrote it. */
  readonly first: Row<Name>;
  /** At its end; `deleted` rows are gone for the API. */
  readonly after: Row<Name>;
  /** Why, where the same change can have several reasons (`tx.because`). */
  readonly cause: string | undefined;
};

/**
 * Which event a change fires. The engine looks at the rules of an object in order and fires every one whose `when`
 * holds, except that an `otherwise` rule only fires when none before it did.
 */
export type EventRule<Name extends string = string> = {
  type: string;
  when: (change: Change<Name>) => boolean;
  otherwise?: true;
  /** Events of one commit are told in ascending rank, then in the order in which objects were first touched. */
  rank: number | ((change: Change<Name>) => number);
  /** The snapshot: the object at the end of the request, or as the request first wrote it. */
  shows?: 'end' | 'start';
  /** Whether `previous_attributes` tells what changed. */
  previous?: true;
  /** Another object in place of the changed one, where Stripe announces it under two names. */
  as?: (row: Row<Name>) => JsonObject;
};

/** A moment that becomes due for an object. `at` is a pure function of the row: state says what is due, nothing else. */
export type TimerRule<Name extends string = string> = {
  name: string;
  at: (object: Stored<Name>, hidden: Hidden) => number | null | undefined;
  run: (tx: Transaction, object: Stored<Name>, hidden: Hidden) => void;
  /** The request that set it off, where Stripe names one in the events of what came later. */
  trigger?: (hidden: Hidden) => Trigger;
};

/** What happens to an object outside the API: its customer on the bank's page, say. No call does it; `act` does. */
export type Action = {
  /** How it may end, as whoever brings it about says it. */
  outcomes: readonly string[];
  run: (tx: Transaction, id: string, outcome: string) => unknown;
};

/** One call of the API, validated: what a behaviour gets. */
export type Call = {
  readonly tx: Transaction;
  readonly world: World;
  readonly operation: Operation;
  /** The parameters, converted to the types the schema declares. */
  readonly params: JsonObject;
  /** The ids in the path, in order. */
  readonly path: readonly string[];
};

/** Answers a call with an object, a list or the stub of a deleted object. Throws a `StripeError` to refuse. */
export type Behaviour = (call: Call) => unknown;

/** What a list call needs to know of the objects it selects from. */
export type Listing = { object: string; field?: string; value?: string };

export type Resource<Name extends string = string> = {
  object: Name;
  /** Ids begin with it: `ch` makes `ch_…`. */
  prefix: string;
  /** Length of an id after the prefix; Stripe's are 24 for most and 14 for a few. */
  idLength?: number;
  /** Behaviours by the SDK's name of the operation. What is not here is served from the schema. */
  operations?: Record<string, Behaviour>;
  events?: EventRule<Name>[];
  timers?: TimerRule<Name>[];
  actions?: Record<string, Action>;
  /** What follows, by event type, once every endpoint that asked for an event about the object has answered it with 2xx. */
  answered?: Record<string, (tx: Transaction, id: string) => void>;
  /** Finds an object that is stored under another name: a card is also a payment method. */
  find?: (tx: Transaction, id: string) => JsonObject | undefined;
  /** Lists that appear only when expanded: where their objects are found. */
  includes?: Record<string, (object: Stored<Name>) => Listing>;
  /** Fields that appear only when expanded, and are kept beside the object or derived from it. */
  expanded?: Record<string, (tx: Transaction, id: string) => unknown>;
};

/** Declares an emulated resource. The engine does the rest: routes, validation, ids, lists, expansion, events, timers. */
export const defineResource = <Name extends string>(object: Name, resource: Omit<Resource<Name>, 'object'>) =>
  ({ object, ...resource }) as unknown as Resource;

// What the predicates look at, whatever the object: a rule of any resource may use them.
type AnyChange = { before: { deleted: boolean } | undefined; after: { deleted: boolean } };

/** The change made the object exist. */
export const created = (change: AnyChange): boolean => !change.before && !change.after.deleted;

/** The change made the object cease to exist. */
export const deleted = (change: AnyChange): boolean => change.after.deleted && change.before !== undefined;

/** The change left the object with another value in one of these fields. */
export const changed =
  <Name extends string>(...fields: (keyof Stored<Name> & string)[]) =>
  (change: Change<Name>): boolean =>
    change.before !== undefined &&
    !change.after.deleted &&
    fields.some((field) => {
      const before = change.before!.object as Record<string, unknown>;
      const after = change.after.object as Record<string, unknown>;
      return !sameJson(before[field], after[field]);
    });

/** The change made a field take one of these values, at creation or later. */
export const became =
  <Name extends string>(field: keyof Stored<Name> & string, ...values: unknown[]) =>
  (change: Change<Name>): boolean => {
    if (change.after.deleted) return false;
    const now = (change.after.object as Record<string, unknown>)[field];
    const was = change.before && (change.before.object as Record<string, unknown>)[field];
    return values.includes(now) && was !== now;
  };
