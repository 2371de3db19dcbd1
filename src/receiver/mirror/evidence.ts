import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { birthRank, deletes, LIFECYCLES, type Lifecycle } from '../../stripe/lifecycle.ts';
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

/** What an event shows that bears on its order, read off it once: it is compared with every other of its second. */
export interface Witness {
  fact: Fact;
  ends: boolean;
  birth: number;
  /** By the object type's ranks and growing fields, in their order. */
  ranks: readonly (number | undefined)[];
  grown: readonly (Json | undefined)[];
  told: number | undefined;
}

export function witness(fact: Fact): Witness {
  const { type, object } = fact;
  const kind = String(object['object'] ?? '');
  const { ranks, grows, told } = traitsOf(kind);
  return {
    fact,
    ends: deletes(type, object),
    birth: birthRank(type, kind),
    ranks: ranks.map(([path, values]) => values[String(at(object, path))]),
    grown: grows.map((path) => at(object, path)),
    told: told?.(type, object),
  };
}

type Traits = Pick<Lifecycle, 'told'> & {
  ranks: readonly (readonly [path: readonly string[], values: Readonly<Record<string, number>>])[];
  grows: readonly (readonly string[])[];
};

const traits = new Map<string, Traits>();
const NOTHING_KNOWN: Traits = { ranks: [], grows: [], told: undefined };

/** What is known of a type, its paths taken apart. */
function traitsOf(kind: string): Traits {
  const life = Object.hasOwn(LIFECYCLES, kind) ? LIFECYCLES[kind] : undefined;
  if (!life) return NOTHING_KNOWN;
  let known = traits.get(kind);
  if (!known) {
    const ranks = Object.entries(life.ranks ?? {}).map(([path, values]) => [path.split('.'), values] as const);
    known = { ranks, grows: (life.grows ?? []).map((path) => path.split('.')), told: life.told };
    traits.set(kind, known);
  }
  return known;
}

/** What speaks against `earlier` standing anywhere before `later`. */
export function against(earlier: Witness, later: Witness): number {
  let cost = 0;
  if (earlier.ends && !later.ends) cost += ENDS;
  else if (earlier.ends === later.ends && later.birth < earlier.birth) cost += ENDS;

  const [one, other] = [earlier.fact, later.fact];
  if (one.copied !== undefined && other.copied === undefined) cost += COPY_FIRST;
  // A copy that shows what an event says it replaced was most likely made before that event.
  if (other.copied !== undefined && one.previous && shows(other.object, one.previous)) cost += TOLD;
  if (one.copied !== undefined && other.copied !== undefined && one.copied > other.copied) cost += CHAIN;

  for (let i = 0; i < earlier.ranks.length; i += 1) if (isGreater(earlier.ranks[i], later.ranks[i])) cost += RANKS;
  for (let i = 0; i < earlier.grown.length; i += 1) if (shrinks(earlier.grown[i], later.grown[i])) cost += GROWS;
  if (isGreater(earlier.told, later.told)) cost += TOLD;
  return cost;
}

const isGreater = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && a > b;

/** What speaks against `next` coming directly after an object that looks like this. */
export function breaks(object: JsonObject, next: Fact): number {
  if (!next.previous) return 0;
  const chain = shows(object, next.previous) ? 0 : CHAIN;
  return chain + Math.min(unexplained(object, next.object, next.previous), 80) * UNEXPLAINED;
}

function at(object: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
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
