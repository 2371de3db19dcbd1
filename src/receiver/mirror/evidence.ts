import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { birthRank, deletes, LIFECYCLES } from '../../stripe/lifecycle.ts';
import type { Fact } from './fact.ts';
import { shows, unexplained } from './previous.ts';

// What speaks against an order, as one number: one count of a stronger kind outweighs every count of a weaker one.
// Even 12 events with 8 growing fields each stay below 2^53.
/** An API's copy before an event of its second: less than any evidence, so it only decides what nothing else does. */
const COPY_FIRST = 0.5;
const UNEXPLAINED = 1;
const TOLD = 2 ** 10;
const GROWS = 2 ** 17;
const RANKS = 2 ** 27;
const CHAIN = 2 ** 36;
const ENDS = 2 ** 41;

/** What speaks against `earlier` standing anywhere before `later`. */
export function against(earlier: Fact, later: Fact): number {
  let cost = 0;
  const type = String(later.object['object'] ?? '');
  const earlierDeletes = deletes(earlier.type, earlier.object);
  const laterDeletes = deletes(later.type, later.object);
  if (earlierDeletes && !laterDeletes) cost += ENDS;
  else if (earlierDeletes === laterDeletes && birthRank(later.type, type) < birthRank(earlier.type, type)) cost += ENDS;

  if (earlier.copied !== undefined && later.copied === undefined) cost += COPY_FIRST;
  // A copy that shows what an event says it replaced was most likely made before that event.
  if (later.copied !== undefined && earlier.previous && shows(later.object, earlier.previous)) cost += TOLD;
  if (earlier.copied !== undefined && later.copied !== undefined && earlier.copied > later.copied) cost += CHAIN;

  const life = LIFECYCLES[type];
  if (!life) return cost;
  for (const [path, ranks] of Object.entries(life.ranks ?? {})) {
    const before = ranks[String(at(earlier.object, path))];
    const after = ranks[String(at(later.object, path))];
    if (before !== undefined && after !== undefined && before > after) cost += RANKS;
  }
  for (const path of life.grows ?? []) if (shrinks(at(earlier.object, path), at(later.object, path))) cost += GROWS;
  const before = life.told?.(earlier.type, earlier.object);
  const after = life.told?.(later.type, later.object);
  if (before !== undefined && after !== undefined && before > after) cost += TOLD;
  return cost;
}

/** What speaks against `next` coming directly after an object that looks like this. */
export function breaks(object: JsonObject, next: Fact): number {
  if (!next.previous) return 0;
  const chain = shows(object, next.previous) ? 0 : CHAIN;
  return chain + Math.min(unexplained(object, next.object, next.previous), 80) * UNEXPLAINED;
}

function at(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

function shrinks(before: Json | undefined, after: Json | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (before === null || after === null) return before !== null && before !== false && after === null;
  if (typeof before === 'number' && typeof after === 'number') return before > after;
  if (typeof before === 'boolean' && typeof after === 'boolean') return before && !after;
  const [longer, shorter] = [length(before), length(after)];
  return longer !== undefined && shorter !== undefined && longer > shorter;
}

/** The length of a plain list or of one of Stripe's list objects. */
function length(value: Json): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (!isObject(value) || value['object'] !== 'list') return undefined;
  if (typeof value['total_count'] === 'number') return value['total_count'];
  return Array.isArray(value['data']) ? value['data'].length : undefined;
}
