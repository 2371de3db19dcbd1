import { isObject, sameJson, type Json, type JsonObject } from '../base/json.ts';

/** A field that changed: its dotted path (`items.data.0.quantity`), and its values; one that was not there is left out. */
export type FieldChange = { path: string; before: Json | undefined; after: Json | undefined };

const MOST = 200;

/** What changed from one state of an object to the next, field by field; lists of different lengths as a whole. */
export function changesOf(before: JsonObject, after: JsonObject): FieldChange[] {
  const found: FieldChange[] = [];
  compare('', before, after, found);
  return found.slice(0, MOST);
}

function compare(path: string, before: Json | undefined, after: Json | undefined, found: FieldChange[]): void {
  if (sameJson(before, after)) return;
  const inner = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (isObject(before) && isObject(after))
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(inner(key), before[key], after[key], found);
  else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    before.forEach((item, i) => compare(inner(String(i)), item, after[i], found));
  else found.push({ path, before, after });
}
