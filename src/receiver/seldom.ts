/** What took longer, in milliseconds, is not asked for again for so many times its time, up to a minute. */
const LONG = 50;
const SHARE = 20;
const FARTHEST = 60_000;

/**
 * Asks for what takes longer the more is stored, such as totals: each time, until that takes long; then it answers with what
 * it found before for a while, so that asking stays a small share of the work however often it is asked.
 */
export function seldom<Found>(ask: () => Promise<Found>): () => Promise<Found> {
  let known: { found: Found; until: number } | undefined;
  return async () => {
    // Time of the machine: a receiver's own may stand still.
    const began = performance.now();
    if (known && began < known.until) return known.found;
    const found = await ask();
    const took = performance.now() - began;
    known = took < LONG ? undefined : { found, until: began + took + Math.min(FARTHEST, SHARE * took) };
    return found;
  };
}
