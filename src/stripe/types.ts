/** @ts-ignore `stripe` is an optional peer: without it every SDK type below is `any`, and `Minimal…` takes over. */
import type Stripe from 'stripe';
import type { LegacyType, SnapshotType, ThinType } from './events/names.ts';

/** A snapshot event as far as it is known without the SDK's own declaration of it. */
export interface SnapshotEvent<Type extends string = string> {
  id: string;
  object: 'event';
  type: Type;
  account?: string;
  api_version: string | null;
  context?: string;
  /** Seconds since the Unix epoch. */
  created: number;
  data: { object: UntypedObject; previous_attributes?: { [field: string]: unknown } };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null } | null;
}

/** A Stripe object of unknown shape. */
export interface UntypedObject {
  /** Absent on previews such as the invoice of `invoice.upcoming`. */
  id?: string;
  object: string;
  [field: string]: unknown;
}

/** A thin event: what happened, and a link to what it happened to. */
export interface ThinEvent<Type extends string = string> {
  id: string;
  object: 'v2.core.event';
  type: Type;
  context?: string | null;
  /** ISO 8601, unlike the seconds of a snapshot event. */
  created: string;
  livemode: boolean;
  reason?: unknown;
  related_object?: { id: string; type: string; url: string } | null;
  /** Only after the event was fetched, and only for types that have it. */
  data?: unknown;
}

// The SDK's own declaration of each type it knows; nothing when `stripe` is not installed. Only `keyof` can tell: an
// unresolved import is an error type, and a conditional type on one of those is an error type again.
type SdkEventMap = string extends keyof Stripe.Event ? {} : { [E in Stripe.Event as E['type']]: E };

type UndeclaredSnapshot = Exclude<SnapshotType | LegacyType, keyof SdkEventMap>;

/**
 * Event type → event. The types that the installed `stripe` declares are its own; those it does not declare (legacy
 * ones, thin ones, ones newer than it) have the minimal shape.
 */
export type EventMap = SdkEventMap & { [Type in UndeclaredSnapshot]: SnapshotEvent<Type> } & {
  [Type in ThinType]: ThinEvent<Type>;
};

/** The name of an event type. */
export type EventType = keyof EventMap;

/**
 * Any event at all; `object` tells snapshot events and thin ones apart. Written out because indexing `EventMap` with
 * all of its 631 keys takes the compiler seconds.
 */
export type AnyEvent = SdkEventMap[keyof SdkEventMap] | SnapshotEvent<UndeclaredSnapshot> | ThinEvent<ThinType>;

type Prefix<Type extends string> = Type extends `${infer Head}.${infer Rest}`
  ? Head | `${Head}.${Prefix<Rest>}`
  : never;

/** What a handler can be registered for: one type, everything under a prefix, or everything. */
export type EventPattern = EventType | `${Prefix<EventType>}.*` | '*';

type Covered<Pattern> = Pattern extends keyof EventMap
  ? { event: EventMap[Pattern] }
  : Pattern extends '*'
    ? { event: AnyEvent }
    : Pattern extends `${infer Below}*`
      ? { event: EventMap[Extract<EventType, `${Below}${string}`>] }
      : never;

/** The events that a pattern covers. A lookup, because inferring through the bare conditional type takes seconds. */
export type EventOf<Pattern extends EventPattern> = Covered<Pattern>['event'];

/**
 * The listed values of one of the SDK's open enums: since 22.4 they end in `| OtherString`, with which every typo
 * compiles and no `switch` is exhaustive. A plain `string` stays what it is.
 */
export type Known<Value> = [Listed<Value>] extends [never] ? Value : Listed<Value>;
type Listed<Value> = Value extends string ? (string extends Value ? never : Value) : Value;
