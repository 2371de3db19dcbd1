import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { parseText } from '../payload.ts';

/** What stands where something was masked. As evidence it may have been anything. */
export const MASK = '[redacted]';

/** Never masked, whatever is asked for: what names things, counts money and says how they stand. */
const KEPT = new Set(['amount', 'created', 'currency', 'id', 'livemode', 'object', 'status', 'type']);

/** Masks fields in JSON; answers the same value, untouched, when there is none of them in it. */
export type Masker = (value: JsonObject) => { value: JsonObject; fields: string[] };

/** Prepares masking of fields, `name` or `customer.name`. Texts become `[redacted]`, numbers null; shapes stay. */
export function maskerOf(fields: readonly string[]): Masker {
  const anywhere = new Set(fields.filter((field) => !field.includes('.')));
  const within = new Set(fields.filter((field) => field.includes('.')));
  return (value) => {
    const masked = new Set<string>();
    return { value: walk(value, '') as JsonObject, fields: [...masked].toSorted() };

    function walk(inner: Json, type: string): Json {
      if (Array.isArray(inner)) return each(inner, (item) => walk(item, type));
      if (!isObject(inner)) return inner;
      // What an event replaced stands beside its object, without a type of its own.
      const own = typeof inner['object'] === 'string' ? inner['object'] : subjectType(inner, type);
      let copy: JsonObject | undefined;
      for (const [key, item] of Object.entries(inner)) {
        const wanted = !KEPT.has(key) && (anywhere.has(key) || within.has(`${own}.${key}`));
        const shown = wanted ? blank(item) : walk(item, own);
        if (shown === item) continue;
        if (wanted) masked.add(key);
        (copy ??= { ...inner })[key] = shown;
      }
      return copy ?? inner;
    }
  };
}

function subjectType(data: JsonObject, type: string): string {
  const subject = data['object'];
  return isObject(subject) && typeof subject['object'] === 'string' ? subject['object'] : type;
}

/** The same shape without what it says; ids and booleans stay. */
function blank(value: Json): Json {
  if (typeof value === 'string') return MASK;
  if (typeof value === 'number') return null;
  if (Array.isArray(value)) return each(value, blank);
  if (!isObject(value)) return value;
  let copy: JsonObject | undefined;
  for (const [key, item] of Object.entries(value)) {
    const shown = KEPT.has(key) ? item : blank(item);
    if (shown !== item) (copy ??= { ...value })[key] = shown;
  }
  return copy ?? value;
}

function each(items: Json[], change: (item: Json) => Json): Json[] {
  const changed = items.map(change);
  return changed.some((item, index) => item !== items[index]) ? changed : items;
}

/** The same on JSON text; undefined when there is nothing to mask in it, or it is no JSON object. */
export function maskText(text: string, masker: Masker): { json: string; fields: string[] } | undefined {
  const parsed = parseText(text);
  if (!isObject(parsed)) return undefined;
  const { value, fields } = masker(parsed);
  return fields.length > 0 ? { json: JSON.stringify(value), fields } : undefined;
}
