import type { JsonObject } from '../../base/json.ts';
import { against, breaks, type Witness } from './evidence.ts';

/**
 * The only order that nothing at all speaks against, in which each fact shows what the next one says it replaced; undefined
 * when there is none, or more than one. Most bursts of one object are such a chain, and it is found without comparing
 * orders, whose number grows with the cube of the facts.
 */
export function chain(seen: readonly Witness[], bases: readonly JsonObject[]): number[] | undefined {
  const before = new Int32Array(seen.length).fill(-1);
  const after = new Int32Array(seen.length).fill(-1);
  for (const [j, later] of seen.entries())
    for (const [i, earlier] of seen.entries()) {
      if (i === j || against(earlier, later) > 0 || breaks(earlier.fact.object, later.fact) > 0) continue;
      if (before[j]! >= 0 || after[i]! >= 0) return undefined;
      before[j] = i;
      after[i] = j;
    }
  const start = before.indexOf(-1);
  const path: number[] = [];
  for (let at = start; at >= 0; at = after[at]!) path.push(at);
  if (path.length < seen.length) return undefined;
  const first = seen[start]!.fact;
  if (bases.length > 0 && bases.every((base) => breaks(base, first) > 0)) return undefined;
  const isFree = path.every((i, place) => path.slice(place + 2).every((j) => against(seen[i]!, seen[j]!) === 0));
  return isFree ? path : undefined;
}
