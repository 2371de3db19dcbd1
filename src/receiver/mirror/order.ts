import { sameJson, type JsonObject } from '../../base/json.ts';
import { against, breaks } from './evidence.ts';
import type { Fact } from './fact.ts';

/** A group of facts in the order the evidence speaks for. */
export interface Ordered {
  facts: Fact[];
  /** The states it may equally well end in; the last of `facts` shows the first of them. More than one: ambiguous. */
  ends: JsonObject[];
}

/** How many partial orders are kept at each step: enough to be exact for eight events of one object in one second. */
const WIDTH = 512;

/** A partial order: its last fact, what comes before it, and what speaks against it. */
interface Path {
  last: number;
  before: Path | undefined;
  members: bigint;
  cost: number;
}

/**
 * Orders the events of one object that share a second: the order with the least speaking against it, taken over the
 * whole group. `bases` is what the object may have looked like before that second, where it is known. The same set
 * gives the same answer whatever its order; where nothing tells two ends apart, the greater event id is last.
 */
export function order(group: readonly Fact[], bases: readonly JsonObject[] = []): Ordered {
  const facts = group.toSorted((a, b) => compareText(a.id, b.id));
  if (facts.length < 2) return { facts, ends: facts.map(({ object }) => object) };
  const before = facts.map((earlier) => facts.map((later) => (earlier === later ? 0 : against(earlier, later))));
  const directly = facts.map((earlier) =>
    facts.map((later) => (earlier === later ? 0 : breaks(earlier.object, later))),
  );
  const first = facts.map((fact) => (bases.length > 0 ? Math.min(...bases.map((base) => breaks(base, fact))) : 0));

  let paths: Path[] = facts.map((_, last) => ({
    last,
    before: undefined,
    members: 1n << BigInt(last),
    cost: first[last]!,
  }));
  for (let length = 1; length < facts.length; length += 1) {
    const longer = new Map<string, Path>();
    for (const path of paths)
      for (let last = 0; last < facts.length; last += 1) {
        const bit = 1n << BigInt(last);
        if (path.members & bit) continue;
        let cost = path.cost + directly[path.last]![last]!;
        for (let step: Path | undefined = path; step; step = step.before) cost += before[step.last]![last]!;
        const members = path.members | bit;
        const key = `${members} ${last}`;
        const known = longer.get(key);
        if (!known || cost < known.cost || (cost === known.cost && path.last > known.before!.last))
          longer.set(key, { last, before: path, members, cost });
      }
    paths = [...longer.values()].toSorted(likelier).slice(0, WIDTH);
  }

  const least = paths[0]!;
  const ends: JsonObject[] = [facts[least.last]!.object];
  for (const { last, cost } of paths) {
    const { object } = facts[last]!;
    if (cost === least.cost && !ends.some((known) => sameJson(known, object))) ends.push(object);
  }
  return { facts: unwind(least).map((index) => facts[index]!), ends };
}

const likelier = (a: Path, b: Path): number => a.cost - b.cost || b.last - a.last || (a.members < b.members ? -1 : 1);

function unwind(path: Path): number[] {
  const indexes: number[] = [];
  for (let step: Path | undefined = path; step; step = step.before) indexes.unshift(step.last);
  return indexes;
}

// Not localeCompare: the answer must not depend on the machine's language.
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
