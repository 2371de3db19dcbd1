import { isObject, type JsonObject } from '../../base/json.ts';

/** One event of an object, as far as it is evidence of what came after what. */
export interface Fact {
  id: string;
  type: string;
  /** Seconds. */
  created: number;
  object: JsonObject;
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
    created: Number(event['created']),
    object: data['object'],
    previous: isObject(previous) ? previous : undefined,
  };
}
