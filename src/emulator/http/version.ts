import type { JsonObject } from '../../base/json.ts';
import { API_VERSION } from '../../stripe/events.gen.ts';
import type { Field, Operation } from '../../stripe/schema.ts';

/** How requests, answers and events look in a version of the API. */
export type Versions = {
  /** The version a request asks for. Throws Stripe's error for one that does not exist. */
  read(header: string | null): string;
  params(operation: Operation, version: string): Record<string, Field>;
  render<T extends JsonObject>(value: T, version: string): T;
  /** An event as an endpoint that is pinned to a version gets it. */
  event(event: JsonObject, version: string | null): JsonObject;
};

export const apiVersions: Versions = {
  read: (header) => header ?? API_VERSION,
  params: ({ params }) => params,
  render: (value) => value,
  event: (event) => event,
};
