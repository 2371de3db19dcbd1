import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseDecimal,
  printDecimal,
  roundDecimal,
  shareOf,
} from '../../../../src/emulator/resources/billing/math/decimal.ts';
import { spread } from '../../../../src/emulator/resources/billing/math/spread.ts';
import { runs, SEEDS } from '../../property.ts';

test('a decimal keeps twelve places and no more', () => {
  expect(parseDecimal('10.5')).toBe(10_500_000_000_000n);
  expect(parseDecimal('0.000000000001')).toBe(1n);
  expect(parseDecimal('-0.1')).toBe(-100_000_000_000n);
  expect(parseDecimal(8.875)).toBe(8_875_000_000_000n);
  expect(parseDecimal(1e-7)).toBe(100_000n);
  expect(parseDecimal('1.0000000000000')).toBe(parseDecimal('1'));
  expect(() => parseDecimal('0.0000000000001')).toThrow(RangeError);
  expect(() => parseDecimal('ten')).toThrow(RangeError);
});

test('a decimal is printed in its shortest form', () => {
  expect(printDecimal(parseDecimal('10.50'))).toBe('10.5');
  expect(printDecimal(parseDecimal('007'))).toBe('7');
  expect(printDecimal(parseDecimal('-0.001'))).toBe('-0.001');
  expect(printDecimal(0n)).toBe('0');
});

test('halves are rounded away from zero, so that a credit is the opposite of its charge', () => {
  const round = (text: string) => roundDecimal(parseDecimal(text));
  expect([round('10.5'), round('10.499999999999'), round('-10.5'), round('-10.4'), round('0.5')]).toEqual([
    11, 10, -11, -10, 1,
  ]);
});

test('a share is exact to twelve places', () => {
  // 1000 × 1 / 3 = 333.333333333333 (cut off, not rounded)
  expect(printDecimal(shareOf(1000, 1, 3))).toBe('333.333333333333');
  // 999 × 2 / 4 = 499.5
  expect(roundDecimal(shareOf(999, 2, 4))).toBe(500);
  expect(roundDecimal(shareOf(-999, 2, 4))).toBe(-500);
});

test('shares get the largest remainders, the first of equals first', () => {
  // 100 in three: 33.33 each; one unit is left for the first.
  expect(spread([shareOf(100, 1, 3), shareOf(100, 1, 3), shareOf(100, 1, 3)], 100)).toEqual([34, 33, 33]);
  // 7 in 1:2:4 = 1, 2, 4; 10 in 1:2:4 = 1.43, 2.86, 5.71: the two units left go to the second and third.
  expect(spread([shareOf(10, 1, 7), shareOf(10, 2, 7), shareOf(10, 4, 7)], 10)).toEqual([1, 3, 6]);
  expect(spread([parseDecimal('-0.5'), parseDecimal('-0.5')], -1)).toEqual([0, -1]);
});

describe.each(SEEDS)('for any value (seed %i)', (seed) => {
  test('printed and parsed again it is the same', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        (value) => parseDecimal(printDecimal(value)) === value,
      ),
      { seed, numRuns: runs(200) },
    );
  });

  test('shares sum to what is shared and stay within one unit of the exact share', () => {
    const parts = fc
      .array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 })
      .filter((list) => list.some((x) => x > 0));
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), parts, (total, weights) => {
        const whole = weights.reduce((sum, weight) => sum + weight, 0);
        const shares = weights.map((weight) => shareOf(total, weight, whole));
        const amounts = spread(shares, total);
        expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(total);
        for (const [i, amount] of amounts.entries())
          expect(Math.abs(amount - (total * weights[i]!) / whole)).toBeLessThanOrEqual(1.000001);
      }),
      { seed, numRuns: runs(200) },
    );
  });
});
