import type { Period } from './calendar.ts';
import { roundDecimal, shareOf } from './decimal.ts';

/** The part of an amount (minor units) that the rest of its period is worth, by the second, rounded once. */
export function prorate(amount: number, { start, end }: Period, at: number): number {
  const from = Math.min(Math.max(at, start), end);
  return roundDecimal(shareOf(amount, end - from, end - start));
}
