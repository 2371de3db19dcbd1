import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { VERSION_CHANGES } from './changes.ts';
import type { Surroundings } from './define.ts';
import { compareVersions } from './list.ts';
import { render } from './render.ts';

/** Whether an endpoint at a version is sent an event of this type about this object at all. */
export function isSentAt(type: string, object: JsonObject, version: string): boolean {
  return VERSION_CHANGES.filter((changes) => compareVersions(version, changes.version) < 0)
    .flatMap((entry) => entry.events)
    .every((change) => !change.types.includes(type) || change.sentBefore(object));
}

/** How the difference between two states of an object is told: `previous_attributes` of the later one. */
export type Difference = (object: string, before: JsonObject, after: JsonObject) => JsonObject;

/**
 * A snapshot event as an endpoint at a version gets it: the version named, the object rendered, and
 * `previous_attributes` told anew from both states, since a field that moved did not change in its old place.
 */
export function renderEvent(
  event: JsonObject,
  version: string,
  difference: Difference,
  around?: Surroundings,
): JsonObject {
  const { data } = event;
  if (!isObject(data) || !isObject(data['object'])) return event;
  const object = data['object'];
  const shown = render(object, version, around);
  const earlier = data['previous_attributes'];
  if (shown === object) return { ...event, api_version: version };
  if (!isObject(earlier)) return { ...event, api_version: version, data: { ...data, object: shown } };
  const before = render(overlay(object, earlier) as JsonObject, version, around);
  const previous = difference(String(object['object']), before, shown);
  return { ...event, api_version: version, data: { ...data, object: shown, previous_attributes: previous } };
}

/** The state before: hashes are laid over each other, everything else (arrays whole) is as it was. */
function overlay(now: Json | undefined, earlier: Json): Json {
  if (!isObject(now) || !isObject(earlier)) return earlier;
  const merged = { ...now };
  for (const [key, value] of Object.entries(earlier)) merged[key] = overlay(now[key], value);
  return merged;
}
