import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDecimal } from '../../../../src/emulator/resources/billing/math/decimal.ts';
import {
  priceAmount,
  priceParts,
  type PriceTerms,
  type Tier,
} from '../../../../src/emulator/resources/billing/math/pricing.ts';
import { runs, SEEDS } from '../../property.ts';

const price = (terms: Partial<PriceTerms>): PriceTerms => ({
  currency: 'usd',
  billing_scheme: 'per_unit',
  tiers_mode: null,
  transform_quantity: null,
  unit_amount: null,
  unit_amount_decimal: null,
  ...terms,
});
const tier = (up_to: number | null, unit: string | null, flat: string | null = null): Tier => ({
  up_to,
  unit_amount: null,
  unit_amount_decimal: unit,
  flat_amount: null,
  flat_amount_decimal: flat,
});
/** docs.stripe.com/subscriptions/pricing-models/tiered-pricing: fonts at $7, from 6 on $6.50, from 11 on $6. */
const FONTS = [tier(5, '700'), tier(10, '650'), tier(null, '600')];

test('a unit price is exact until the whole quantity is priced, then rounded once', () => {
  expect(priceAmount(price({ unit_amount: 1500, unit_amount_decimal: '1500' }), 3)).toBe(4500);
  // 0.333333333333 × 3 = 0.999999999999 → 1; rounding each unit would give 0
  expect(priceAmount(price({ unit_amount_decimal: '0.333333333333' }), 3)).toBe(1);
  // 10.5 × 1 = 10.5 → 11; 0.05 × 1,234,567 = 61,728.35 → 61,728
  expect(priceAmount(price({ unit_amount_decimal: '10.5' }), 1)).toBe(11);
  expect(priceAmount(price({ unit_amount_decimal: '0.05' }), 1_234_567)).toBe(61_728);
  // Usage has fractions: 2.5 × 99 = 247.5 → 248
  expect(priceAmount(price({ unit_amount_decimal: '99' }), parseDecimal('2.5'))).toBe(248);
});

test('a zero-decimal currency needs no other arithmetic', () => {
  // ¥0.5 × 3 = ¥1.5 → ¥2
  expect(priceAmount(price({ currency: 'jpy', unit_amount_decimal: '0.5' }), 3)).toBe(2);
});

test('packages are counted before they are priced', () => {
  const packages = (round: 'up' | 'down') =>
    price({ unit_amount: 1000, unit_amount_decimal: '1000', transform_quantity: { divide_by: 5, round } });
  // 11 / 5 = 2.2: three packages, or two
  expect(priceAmount(packages('up'), 11)).toBe(3000);
  expect(priceAmount(packages('down'), 11)).toBe(2000);
  expect(priceAmount(packages('up'), 10)).toBe(2000);
  expect(priceAmount(packages('up'), 0)).toBe(0);
});

test('volume tiers price the whole quantity where it falls', () => {
  const volume = price({ billing_scheme: 'tiered', tiers_mode: 'volume', tiers: FONTS });
  // The published table: 1 → $7, 5 → $35, 6 → $39, 20 → $120, 25 → $150
  expect([1, 5, 6, 20, 25].map((quantity) => priceAmount(volume, quantity))).toEqual([700, 3500, 3900, 12000, 15000]);
  const fee = price({
    billing_scheme: 'tiered',
    tiers_mode: 'volume',
    tiers: [tier(5, '500', '1000'), tier(null, '400', '2000')],
  });
  // 6 × 4.00 + 20.00
  expect(priceAmount(fee, 6)).toBe(4400);
});

test('graduated tiers price each share at its own tier', () => {
  const graduated = price({ billing_scheme: 'tiered', tiers_mode: 'graduated', tiers: FONTS });
  // 5 × 7; 5 × 7 + 1 × 6.50; 5 × 7 + 5 × 6.50 + 10 × 6
  expect([5, 6, 20].map((quantity) => priceAmount(graduated, quantity))).toEqual([3500, 4150, 12750]);
  expect(priceParts(graduated, 12)).toEqual([
    { quantity: 5, unitAmount: parseDecimal('700'), amount: 3500, flat: false },
    { quantity: 5, unitAmount: parseDecimal('650'), amount: 3250, flat: false },
    { quantity: 2, unitAmount: parseDecimal('600'), amount: 1200, flat: false },
  ]);
});

test('a flat fee is due for every graduated tier reached, the first even with nothing used', () => {
  const graduated = price({
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [tier(5, '500', '1000'), tier(10, '400', '2000'), tier(null, '300', '3000')],
  });
  // 5 × 5 + 10; plus 1 × 4 + 20; 5 × 5 + 10 + 5 × 4 + 20 + 10 × 3 + 30
  expect([0, 5, 6, 20].map((quantity) => priceAmount(graduated, quantity))).toEqual([1000, 3500, 5900, 13500]);
});

test('the parts of a price are rounded so that they still sum to it', () => {
  const graduated = price({
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [tier(1, '0.4'), tier(2, '0.4'), tier(null, '0.4')],
  });
  // 0.4 × 3 = 1.2 → 1, although each part alone rounds to 0
  expect(priceAmount(graduated, 3)).toBe(1);
  expect(priceParts(graduated, 3).map(({ amount }) => amount)).toEqual([1, 0, 0]);
});

test('each currency has its own amounts, and one without an amount is refused', () => {
  const options = { eur: { unit_amount: 900, unit_amount_decimal: '900' } };
  const both = price({ unit_amount: 1000, unit_amount_decimal: '1000', currency_options: options });
  expect([priceAmount(both, 2), priceAmount(both, 2, 'eur')]).toEqual([2000, 1800]);
  expect(() => priceAmount(both, 2, 'gbp')).toThrow(RangeError);
});

const decimal = fc
  .nat(10_000_000)
  .map((value) => `${Math.floor(value / 1000)}.${String(value % 1000).padStart(3, '0')}`);
const tiers = fc
  .array(fc.record({ width: fc.integer({ min: 1, max: 50 }), unit: decimal, flat: decimal }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => {
    let top = 0;
    return list.map(({ width, unit, flat }, i) => tier(i === list.length - 1 ? null : (top += width), unit, flat));
  });

describe.each(SEEDS)('for any tiers (seed %i)', (seed) => {
  test.each(['graduated', 'volume'])('the parts of a %s price sum to it', (tiers_mode) => {
    fc.assert(
      fc.property(tiers, fc.nat(500), (list, quantity) => {
        const terms = price({ billing_scheme: 'tiered', tiers_mode, tiers: list });
        const parts = priceParts(terms, quantity);
        expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(priceAmount(terms, quantity));
        expect(parts.reduce((sum, part) => sum + (part.flat ? 0 : part.quantity), 0)).toBe(quantity);
      }),
      { seed, numRuns: runs(200) },
    );
  });
});
