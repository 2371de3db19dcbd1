import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDiscounts, type DiscountTerms } from '../../../../src/emulator/resources/billing/math/discounts.ts';
import { runs, SEEDS } from '../../property.ts';

const percent = (id: string, percentOff: number, appliesTo: string[] | null = null): DiscountTerms => ({
  id, percentOff, amountOff: null, appliesTo,
}); // prettier-ignore
const amount = (id: string, amountOff: number, appliesTo: string[] | null = null): DiscountTerms => ({
  id, percentOff: null, amountOff, appliesTo,
}); // prettier-ignore
const line = (amount: number, more: { discountable?: boolean; product?: string; discounts?: DiscountTerms[] } = {}) => ({
  amount, discountable: true, product: null, ...more,
}); // prettier-ignore

test('discounts in a row each take from what the former left, a line’s own first', () => {
  const { lines, total } = applyDiscounts(
    [line(1000, { discounts: [percent('own', 50)] }), line(333)],
    [percent('quarter', 25), amount('fiver', 100)],
  );
  // Line 1: 1000 × 50 % = 500, left 500; 25 % = 125, left 375. Line 2: 333 × 25 % = 83.25 → 83, left 250.
  // 100 over 375 and 250: 60 and 40.
  expect(lines).toEqual([
    [
      { discount: 'own', amount: 500 },
      { discount: 'quarter', amount: 125 },
      { discount: 'fiver', amount: 60 },
    ],
    [
      { discount: 'quarter', amount: 83 },
      { discount: 'fiver', amount: 40 },
    ],
  ]);
  expect(total).toEqual([
    { discount: 'own', amount: 500 },
    { discount: 'quarter', amount: 208 },
    { discount: 'fiver', amount: 100 },
  ]);
});

test('a percentage with decimals is exact and rounded once per line', () => {
  // 33.33 % of 1050 = 349.965 → 350
  expect(applyDiscounts([line(1050)], [percent('third', 33.33)]).total).toEqual([{ discount: 'third', amount: 350 }]);
});

test('a discount is limited to its products and to what may be discounted', () => {
  const lines = [
    line(1000, { product: 'prod_a' }),
    line(1000, { product: 'prod_b' }),
    line(1000, { discountable: false }),
  ];
  expect(applyDiscounts(lines, [percent('a', 10, ['prod_a'])]).lines).toEqual([
    [{ discount: 'a', amount: 100 }],
    [],
    [],
  ]);
  expect(applyDiscounts(lines, [amount('b', 100)]).lines.map((list) => list[0]?.amount)).toEqual([50, 50, undefined]);
});

test('an amount never takes more than there is, and its odd cents go to the largest remainders', () => {
  expect(applyDiscounts([line(300)], [amount('big', 1000)]).total).toEqual([{ discount: 'big', amount: 300 }]);
  // 100 over three equal lines: 34, 33, 33
  const { lines } = applyDiscounts([line(500), line(500), line(500)], [amount('odd', 100)]);
  expect(lines.map(([taken]) => taken!.amount)).toEqual([34, 33, 33]);
});

test('a percentage takes from credits, too; an amount only from what is left to pay', () => {
  expect(applyDiscounts([line(1000), line(-400)], [percent('half', 50)]).lines).toEqual([
    [{ discount: 'half', amount: 500 }],
    [{ discount: 'half', amount: -200 }],
  ]);
  // 1000 - 400 leaves 600 to take, all of it from the charge.
  expect(applyDiscounts([line(1000), line(-400)], [amount('big', 5000)]).lines).toEqual([
    [{ discount: 'big', amount: 600 }],
    [{ discount: 'big', amount: 0 }],
  ]);
});

describe.each(SEEDS)('for any lines (seed %i)', (seed) => {
  const terms = fc.oneof(
    fc.integer({ min: 1, max: 10_000 }).map((share) => percent('p', share / 100)),
    fc.integer({ min: 1, max: 20_000 }).map((off) => amount('a', off)),
  );
  const list = (values: fc.Arbitrary<number>) =>
    fc.array(fc.record({ amount: values, own: fc.array(terms, { maxLength: 2 }) }), { minLength: 1, maxLength: 6 });
  const sum = (taken: readonly { amount: number }[]) => taken.reduce((all, { amount }) => all + amount, 0);

  test('discounts never take more than a line has', () => {
    fc.assert(
      fc.property(list(fc.nat(10_000)), fc.array(terms, { maxLength: 3 }), (given, invoice) => {
        const lines = given.map(({ amount, own }) => line(amount, { discounts: own }));
        const result = applyDiscounts(lines, invoice);
        for (const [i, taken] of result.lines.entries()) {
          expect(taken.every(({ amount }) => amount >= 0)).toBe(true);
          expect(sum(taken)).toBeLessThanOrEqual(lines[i]!.amount);
        }
        expect(sum(result.lines.flat())).toBe(sum(result.total));
      }),
      { seed, numRuns: runs(300) },
    );
  });

  test('amounts never turn what is due into a credit', () => {
    fc.assert(
      fc.property(list(fc.integer({ min: -10_000, max: 10_000 })), fc.nat(50_000), (given, off) => {
        const due = given.reduce((all, { amount }) => all + amount, 0);
        const { total } = applyDiscounts(given.map(({ amount }) => line(amount)), [amount('a', off)]); // prettier-ignore
        expect(sum(total)).toBe(Math.min(off, Math.max(0, due)));
      }),
      { seed, numRuns: runs(300) },
    );
  });
});
