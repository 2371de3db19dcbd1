import { isObject, type JsonObject } from '../../base/json.ts';
import { birthRank, deletes } from '../../stripe/lifecycle.ts';
import type { Fact } from './fact.ts';
import { order } from './order.ts';
import { comparable } from './version.ts';

/** What the stored events of an object say, taken together. */
export interface Told {
  /** Every event, in order. */
  sequence: Fact[];
  /** The one whose object is the state now. */
  last: Fact;
  /** How many events share its second. */
  ties: number;
  deleted: boolean;
  ambiguous: boolean;
}

/**
 * The state of one object as a pure function of the set of its events. Seconds follow each other; within one, `order`
 * decides, given the state before it. A deletion is final unless the object was made anew after it: a coupon or a
 * product may get an old id again.
 */
export function tell(facts: readonly Fact[]): Told | undefined {
  if (facts.length === 0) return undefined;
  const shapes = comparable(facts);
  const original = new Map(shapes.map((shape, index) => [shape, facts[index]!]));
  const seconds = [...Map.groupBy(shapes, ({ created }) => created).entries()].toSorted(([a], [b]) => a - b);
  const sequence: Fact[] = [];
  const ambiguous = new Set<number>();
  let before: JsonObject[] = [];
  for (const [second, group] of seconds) {
    const ordered = order(group, before);
    if (ordered.ends.length > 1) ambiguous.add(second);
    before = ordered.ends;
    sequence.push(...ordered.facts.map((fact) => original.get(fact)!));
  }
  const last = lastOf(sequence);
  const ties = facts.filter(({ created }) => created === last.created).length;
  return { sequence, last, ties, deleted: isDeletion(last), ambiguous: ambiguous.has(last.created) };
}

function lastOf(sequence: readonly Fact[]): Fact {
  const newest = sequence.at(-1)!;
  const death = sequence.findLast(isDeletion);
  if (!death || death === newest) return newest;
  const since = sequence.filter(({ created }) => created > death.created);
  return since.some((fact) => isBirth(fact, death.created)) ? newest : death;
}

const isDeletion = ({ type, object }: Fact): boolean => deletes(type, object);

function isBirth({ type, object }: Fact, death: number): boolean {
  const born = object['created'];
  return birthRank(type, String(object['object'] ?? '')) === 0 || (typeof born === 'number' && born > death);
}

/** What makes an object one row of the mirror; undefined for previews such as `invoice.upcoming`, which have no id. */
export function identity(object: unknown): { object: string; id: string } | undefined {
  if (!isObject(object)) return undefined;
  const { id, object: type } = object as JsonObject;
  return typeof id === 'string' && id !== '' && typeof type === 'string' && type !== ''
    ? { object: type, id }
    : undefined;
}
