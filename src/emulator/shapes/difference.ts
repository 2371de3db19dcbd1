import { isObject, sameJson, type JsonObject } from '../../base/json.ts';
import { schema, type Field } from '../../stripe/schema.ts';

/**
 * What an event's `previous_attributes` holds: the changed fields with their old values. Hashes are partial, arrays
 * whole (both since API 2017-05-25). A key that is new in a free-form hash such as `metadata` shows as null; a declared
 * field that was absent before does not show.
 */
export function difference(object: string, before: JsonObject, after: JsonObject): JsonObject {
  return differ(schema().objects[object]?.fields, before, after);
}

function differ(fields: Record<string, Field> | undefined, before: JsonObject, after: JsonObject): JsonObject {
  const changed: JsonObject = {};
  for (const [key, old] of Object.entries(before)) {
    const now = after[key];
    // Most of an object is the very same value as before.
    if (old === now || old === undefined || sameJson(old, now)) continue;
    const field = fields?.[key];
    if (isObject(old) && isObject(now))
      changed[key] = differ(field?.kind === 'object' ? field.fields : undefined, old, now);
    else changed[key] = old;
  }
  if (!fields) for (const key in after) if (before[key] === undefined && after[key] !== undefined) changed[key] = null;
  return changed;
}
