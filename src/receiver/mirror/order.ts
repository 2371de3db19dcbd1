import { sameJson, type JsonObject } from '../../base/json.ts';
import { chain } from './chain.ts';
import { against, breaks, witness, type Witness } from './evidence.ts';
import type { Fact } from './fact.ts';

/** A group of facts in the order the evidence speaks for. */
export interface Ordered {
  facts: Fact[];
  /** The states it may equally well end in; the last of `facts` shows the first of them. More than one: ambiguous. */
  ends: JsonObject[];
}

/**
 * How many partial orders are kept at each step, for so many facts: 512 are exact for eight events of one object in one
 * second. Of more than a dozen fewer are kept, so that a hundred in one second do not stop the process, but never fewer
 * than there are places where an order may begin.
 */
const widthFor = (facts: number): number => Math.min(512, Math.max(facts, Math.floor(6_144 / facts)));

/** A partial order: its last fact, what comes before it, and what speaks against it. */
interface Path {
  last: number;
  before: Path | undefined;
  cost: number;
  /** Which facts are in it, as two hashes: of two orders of the same facts that end alike only the better one is kept. */
  set: readonly [number, number];
}

/** The same, ready to be made longer. */
interface Kept extends Path {
  has: Uint8Array;
  /** For each fact: what speaks against its coming after those that are in it. */
  toward: Float64Array;
}

/**
 * Orders the events of one object that share a second: the order with the least speaking against it, taken over the
 * whole group. `bases` is what the object may have looked like before that second, where it is known. The same set
 * gives the same answer whatever its order; where nothing tells two ends apart, the greater event id is last.
 */
export function order(group: readonly Fact[], bases: readonly JsonObject[] = []): Ordered {
  const facts = group.toSorted((a, b) => compareText(a.id, b.id));
  if (facts.length < 2) return { facts, ends: facts.map(({ object }) => object) };
  const seen = facts.map(witness);
  const linked = chain(seen, bases)?.map((index) => facts[index]!);
  return linked ? { facts: linked, ends: [linked.at(-1)!.object] } : search(seen, bases);
}

/** The same by comparing orders; the facts are sorted by their ids. */
export function search(seen: readonly Witness[], bases: readonly JsonObject[]): Ordered {
  const facts = seen.map(({ fact }) => fact);
  const before = seen.map((earlier) => seen.map((later) => (earlier === later ? 0 : against(earlier, later))));
  const directly = facts.map((earlier) =>
    facts.map((later) => (earlier === later ? 0 : breaks(earlier.object, later))),
  );
  const first = facts.map((fact) => (bases.length > 0 ? Math.min(...bases.map((base) => breaks(base, fact))) : 0));

  const width = widthFor(facts.length);
  const marks = facts.map((_, i) => [mix(2 * i + 1), mix(2 * i + 2)] as const);
  const keep = (path: Path, { has, toward }: Pick<Kept, 'has' | 'toward'>): Kept => {
    const kept = { ...path, has: has.slice(), toward: toward.slice() };
    kept.has[path.last] = 1;
    for (let i = 0; i < facts.length; i += 1) kept.toward[i]! += before[path.last]![i]!;
    return kept;
  };
  const nothing = { has: new Uint8Array(facts.length), toward: new Float64Array(facts.length) };
  let paths = facts.map((_, last) => keep({ last, before: undefined, cost: first[last]!, set: marks[last]! }, nothing));
  for (let length = 1; length < facts.length; length += 1) {
    const longer = facts.map(() => new Map<number, Path>());
    for (const path of paths)
      for (let last = 0; last < facts.length; last += 1) {
        if (path.has[last]) continue;
        const cost = path.cost + directly[path.last]![last]! + path.toward[last]!;
        const set = [path.set[0] ^ marks[last]![0], path.set[1] ^ marks[last]![1]] as const;
        const known = longer[last]!.get(keyOf(set));
        if (!known || cost < known.cost || (cost === known.cost && path.last > known.before!.last))
          longer[last]!.set(keyOf(set), { last, before: path, cost, set });
      }
    const best = longer.flatMap((each) => [...each.values()]).toSorted(likelier);
    paths = best.slice(0, width).map((path) => keep(path, path.before as Kept));
  }

  const least = paths[0]!;
  const ends: JsonObject[] = [facts[least.last]!.object];
  for (const { last, cost } of paths) {
    const { object } = facts[last]!;
    if (cost === least.cost && !ends.some((known) => sameJson(known, object))) ends.push(object);
  }
  return { facts: unwind(least).map((index) => facts[index]!), ends };
}

const keyOf = ([a, b]: readonly [number, number]): number => (a >>> 0) * 2_097_152 + (b & 2_097_151);

/** Spreads a small number over 32 bits: the same one always alike. */
function mix(n: number): number {
  const x = Math.imul(n ^ (n >>> 16), 0x85eb_ca6b) ^ 0x9e37_79b9;
  const y = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return y ^ (y >>> 16);
}

const likelier = (a: Path, b: Path): number => a.cost - b.cost || b.last - a.last || keyOf(a.set) - keyOf(b.set);

function unwind(path: Path): number[] {
  const indexes: number[] = [];
  for (let step: Path | undefined = path; step; step = step.before) indexes.unshift(step.last);
  return indexes;
}

// Not localeCompare: the answer must not depend on the machine's language.
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
