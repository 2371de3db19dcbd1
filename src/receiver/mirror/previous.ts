import { isObject, sameJson, type Json, type JsonObject } from '../../base/json.ts';
import { MASK } from '../privacy/mask.ts';

/**
 * Whether an object shows what `previous_attributes` says was there before. Hashes are partial, and so are the items
 * of a list of the same length (`items.data[].quantity`); null also stands for a key that was not there yet
 * (`metadata`). A top-level field that the object does not have at all was moved by its API version: no evidence.
 */
export function shows(object: JsonObject, previous: JsonObject): boolean {
  return Object.entries(previous).every(([key, value]) => !Object.hasOwn(object, key) || covers(object[key], value));
}

function covers(shown: Json | undefined, before: Json): boolean {
  // What was masked may have been anything.
  if (before === MASK || shown === MASK) return true;
  if (before === null) return shown === null || shown === undefined;
  if (Array.isArray(before))
    return Array.isArray(shown) && shown.length === before.length && before.every((item, i) => covers(shown[i], item));
  if (isObject(before))
    return isObject(shown) && Object.entries(before).every(([key, value]) => covers(shown[key], value));
  return shown === before;
}

/** How many top-level fields differ between `object` and what `next` was before the changes it names. */
export function unexplained(object: JsonObject, next: JsonObject, previous: JsonObject): number {
  let count = 0;
  const compare = (key: string): void => {
    const before = Object.hasOwn(previous, key) ? undo(next[key], previous[key]!) : next[key];
    if (!alike(object[key], before)) count += 1;
  };
  for (const key of Object.keys(object)) compare(key);
  for (const key of Object.keys(next)) if (!Object.hasOwn(object, key)) compare(key);
  return count;
}

function undo(now: Json | undefined, before: Json): Json {
  if (isObject(before) && isObject(now)) {
    const result: JsonObject = { ...now };
    for (const [key, value] of Object.entries(before)) result[key] = undo(now[key], value);
    return result;
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length)
    return before.map((item, i) => undo(now[i], item));
  return before;
}

/** Equal, where null and absent are the same: `previous_attributes` says null of a `metadata` key that was not there. */
function alike(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b || a === MASK || b === MASK) return true;
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  if (!isObject(a) || !isObject(b)) return sameJson(a, b);
  for (const key of Object.keys(a)) if (!alike(a[key], b[key])) return false;
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !alike(undefined, b[key])) return false;
  return true;
}
