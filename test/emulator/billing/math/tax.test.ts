import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { taxLine } from '../../../../src/emulator/resources/billing/math/tax.ts';
import { runs, SEEDS } from '../../property.ts';

const rate = (id: string, percentage: number, inclusive = false) => ({ id, percentage, inclusive });

test('exclusive tax is added to the amount', () => {
  // 1099 × 8.875 % = 97.53625 → 98
  expect(taxLine(1099, [rate('ny', 8.875)])).toEqual([{ rate: 'ny', amount: 98, taxable: 1099, inclusive: false }]);
  // Two rates, each of the same amount and rounded for itself: 1050 × 5 % = 52.5 → 53; × 9.975 % = 104.7375 → 105
  expect(taxLine(1050, [rate('gst', 5), rate('qst', 9.975)]).map(({ amount }) => amount)).toEqual([53, 105]);
});

test('inclusive tax is contained in the amount', () => {
  // 1190 × 19 / 119 = 190, net 1000; 1000 × 19 / 119 = 159.66 → 160, net 840
  expect(taxLine(1190, [rate('vat', 19, true)])).toEqual([
    { rate: 'vat', amount: 190, taxable: 1000, inclusive: true },
  ]);
  expect(taxLine(1000, [rate('vat', 19, true)])).toEqual([{ rate: 'vat', amount: 160, taxable: 840, inclusive: true }]);
});

test('several inclusive rates share what is in the amount, and exclusive ones are taken of the rest', () => {
  // 1000 / 1.15 contains 10 %: 1000 × 10 / 115 = 86.96 → 87 and 5 %: 43.48 → 43; net 870; 20 % of it is 174
  expect(taxLine(1000, [rate('a', 10, true), rate('b', 5, true), rate('c', 20)])).toEqual([
    { rate: 'a', amount: 87, taxable: 870, inclusive: true },
    { rate: 'b', amount: 43, taxable: 870, inclusive: true },
    { rate: 'c', amount: 174, taxable: 870, inclusive: false },
  ]);
});

test('a zero-decimal currency and a rate of zero', () => {
  // ¥999 contains 10 %: 999 × 10 / 110 = 90.8 → ¥91
  expect(taxLine(999, [rate('ct', 10, true)])[0]!.amount).toBe(91);
  expect(taxLine(999, [rate('zero', 0)])[0]!.amount).toBe(0);
});

describe.each(SEEDS)('for any amount (seed %i)', (seed) => {
  const rates = fc
    .array(fc.record({ p: fc.nat(2_500_000), inclusive: fc.boolean() }), { minLength: 1, maxLength: 4 })
    .map((list) => list.map(({ p, inclusive }, i) => rate(`txr_${i}`, p / 100_000, inclusive)));

  test('a credit has the opposite tax, and net and inclusive tax are the amount', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), rates, (amount, list) => {
        const taxes = taxLine(amount, list);
        const opposite = taxLine(-amount, list);
        for (const [i, { amount: tax }] of taxes.entries()) expect(opposite[i]!.amount + tax).toBe(0);
        const contained = taxes.filter(({ inclusive }) => inclusive).reduce((sum, tax) => sum + tax.amount, 0);
        expect(taxes[0]!.taxable + contained).toBe(amount);
      }),
      { seed, numRuns: runs(300) },
    );
  });
});
