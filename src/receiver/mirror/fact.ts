import { createdOf } from '../envelope.ts';
import { isObject, type JsonObject } from '../../base/json.ts';

/**
 * The type of the rows that keep what the API answered about an object. They are stored like events, so that the
 * mirror stays a pure function of what is stored, but no handler ever sees one.
 */
export const COPY = 'paybell.copy';

/** One event of an object, as far as it is evidence of what came after what. */
export interface Fact {
  id: string;
  type: string;
  /** Seconds. */
  created: number;
  object: JsonObject;
  /** The version in whose shape the object is; undefined where the event does not say. */
  apiVersion?: string | undefined;
  /** For a copy from the API: when it was asked for, in milliseconds; undefined for an event. */
  copied?: number | undefined;
  /** `previous_attributes`: what the event says it replaced; undefined when it does not say. */
  previous: JsonObject | undefined;
}

/** The fact in an event's payload, or undefined when it carries no object. */
export function factOf(event: JsonObject): Fact | undefined {
  const data = event['data'];
  if (!isObject(data) || !isObject(data['object'])) return undefined;
  const previous = data['previous_attributes'];
  return {
    id: String(event['id']),
    type: String(event['type']),
    // As its row has it, whatever stands there.
    created: createdOf(event['created']),
    object: data['object'],
    apiVersion: typeof event['api_version'] === 'string' ? event['api_version'] : undefined,
    copied: copiedAt(event),
    previous: isObject(previous) ? previous : undefined,
  };
}

/** When the API was asked for what this row keeps, in milliseconds; undefined for an event. */
export function copiedAt(event: JsonObject): number | undefined {
  return event['type'] === COPY && typeof event['requested_at'] === 'number' ? event['requested_at'] : undefined;
}
