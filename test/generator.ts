/** A source of the same numbers for the same seed. */
export interface Generator {
  /** From 0 to just under 1. */
  next(): number;
  /** A whole number below `limit`. */
  whole(limit: number): number;
  pick<Value>(values: readonly Value[]): Value;
  bytes(length: number): Buffer;
}

/** Mulberry32. */
export function generator(seed: number): Generator {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    whole,
    pick: (values) => values[whole(values.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => whole(256))),
  };
}
