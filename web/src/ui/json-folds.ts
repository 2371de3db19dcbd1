/** How many lines may be there at first. */
const LINES = 1_500;
/** More changes than these are not all opened. */
const CHANGES = 200;

/** How deep a value can be open, at most as deep as wanted, without taking too many lines; `most` of a list are shown. */
export function depthWithin(value: unknown, wanted: number, most: number): number {
  let lines = 1;
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < wanted && level.length > 0; depth += 1) {
    level = level.flatMap((each) => (isNested(each) ? Object.values(each).slice(0, most) : []));
    lines += level.length;
    if (lines > LINES) return Math.max(1, depth);
  }
  return wanted;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The dotted paths of everything that has a change somewhere inside. */
export function holdersOf(changed: ReadonlyMap<string, unknown> | undefined): ReadonlySet<string> {
  const holders = new Set<string>();
  if (!changed || changed.size > CHANGES) return holders;
  for (const path of changed.keys()) {
    const names = path.split('.');
    for (let i = 0; i < names.length; i += 1) holders.add(names.slice(0, i).join('.'));
  }
  return holders;
}
