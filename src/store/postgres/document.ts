import { storable } from './text.ts';

/**
 * JSON as jsonb can hold it, and as it is where that is not the same: jsonb takes neither NUL nor half of a surrogate
 * pair, which JSON may spell as `\u0000` and `\ud800`. Both stand as U+FFFD in `doc`, and as they came in `exact`.
 */
export function documentOf(json: string): { doc: string; exact: string | null } {
  if (!SUSPECT.test(json) && json.isWellFormed()) return { doc: json, exact: null };
  const value: unknown = JSON.parse(json);
  const exact = JSON.stringify(value);
  const doc = JSON.stringify(cleaned(value));
  return { doc, exact: doc === exact ? null : exact };
}

const SUSPECT = /\\u(?:0000|d[89a-f])/i;

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), cleaned(inner)]));
}
