import type { Json, JsonObject } from '../../base/json.ts';

/** Merges metadata as Stripe does: given keys are set, keys given as null or `''` go, null for the whole clears it. */
export function mergeMetadata(current: JsonObject | undefined, given: Json | undefined): Record<string, string> {
  if (given === null) return {};
  // A Map, because a key may be `__proto__`.
  const merged = new Map(Object.entries(current ?? {}) as [string, string][]);
  for (const [key, value] of Object.entries((given ?? {}) as JsonObject))
    if (value === null || value === '') merged.delete(key);
    else merged.set(key, String(value as string | number));
  return Object.fromEntries(merged);
}
