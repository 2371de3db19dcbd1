import type { JsonObject } from '../../base/json.ts';
import type { Field } from '../schema.ts';
import type { ApiVersion } from './list.ts';

/** What rendering may ask about objects that are only named by id in the one being rendered. */
export interface Surroundings {
  /** The object with this id, in the newest version's shape. */
  object(id: string): JsonObject | undefined;
  /** The invoice payments of an invoice, or those made through a payment intent or a charge. */
  invoicePayments(of: { invoice: string } | { payment_intent: string } | { charge: string }): JsonObject[];
}

/** A field, or several, that moved, was renamed or was removed in a version. */
export interface ObjectChange {
  /** The `object` value of what changed. */
  object: string;
  what: string;
  /** Turns the object back into its shape before the version: gets a copy, returns fields to set on it. */
  before?: (object: JsonObject, around: Surroundings) => JsonObject;
  /** The fields `before` sets that hold ids, with the objects they can be expanded to. */
  expandable?: Readonly<Record<string, string>>;
}

/** A parameter that a version removed, renamed or reshaped. */
export interface RequestChange {
  /** The calls it concerns: method and path, with `{}` for each id. */
  calls: readonly string[];
  what: string;
  /** The parameters as they were before the version, by path (`phases[].coupon`). */
  had?: Readonly<Record<string, Field>>;
  /** Turns parameters of before the version into those of the version; gets a copy it may change. */
  upgrade?: (params: JsonObject) => void;
  /** Writes out what leaving a parameter away meant before the version; gets a copy it may change. */
  defaults?: (params: JsonObject) => void;
  /** How the parameter is refused from this version on, where that is not `parameter_unknown`. */
  refusal?: { parameter: string; code: string; message: string };
}

/** A change in which events are sent. */
export interface EventChange {
  types: readonly string[];
  what: string;
  /** Whether an event about this object was already sent before the version. */
  sentBefore: (object: JsonObject) => boolean;
}

/** What a version broke; versions that only added something are not listed, since additions show in every version. */
export interface VersionChanges {
  version: ApiVersion;
  /** Stripe's own page about it. */
  source: string;
  objects: readonly ObjectChange[];
  requests: readonly RequestChange[];
  events: readonly EventChange[];
  /** What else works differently from this version on, in words. */
  behaviour: readonly string[];
}

/** Declares what an API version broke. */
export const defineVersion = (
  version: ApiVersion,
  changes: Partial<Omit<VersionChanges, 'version'>>,
): VersionChanges => ({
  version,
  source: `https://docs.stripe.com/changelog/${version.split('.')[1] ?? version}`,
  objects: [],
  requests: [],
  events: [],
  behaviour: [],
  ...changes,
});
