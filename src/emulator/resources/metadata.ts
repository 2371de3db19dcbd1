import type { Json, JsonObject } from '../../base/json.ts';

/** Merges metadata as Stripe does: given keys are set, keys given as null or `''` go, null for the whole clears it. */
export function mergeMetadata(current: JsonObject | undefined, given: Json | undefined): Record<string, string> {
  const merged = { ...current } as Record<string, string>;
  if (given === undefined) return merged;
  if (given === null) return {};
  for (const [key, value] of Object.entries(given as JsonObject))
    if (value === null || value === '') delete merged[key];
    else merged[key] = String(value as string | number);
  return merged;
}
