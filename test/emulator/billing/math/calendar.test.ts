import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anchorFrom,
  boundary,
  nextBoundary,
  periodContaining,
  type Recurring,
} from '../../../../src/emulator/resources/billing/math/calendar.ts';
import { prorate } from '../../../../src/emulator/resources/billing/math/proration.ts';
import { runs, SEEDS } from '../../property.ts';

const at = (text: string) => Date.parse(`${text.includes('T') ? text : `${text}T12:00:00`}Z`) / 1000;
const day = (time: number) => new Date(time * 1000).toISOString().slice(0, 10);
const MONTHLY: Recurring = { interval: 'month', interval_count: 1 };
const YEARLY: Recurring = { interval: 'year', interval_count: 1 };

test('31 January monthly ends short months on their last day, and comes back to the 31st', () => {
  const days = [0, 1, 2, 3, 4, 13].map((n) => day(boundary(at('2024-01-31'), MONTHLY, n)));
  expect(days).toEqual(['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31', '2025-02-28']);
  expect(day(boundary(at('2024-01-31'), MONTHLY, -2))).toBe('2023-11-30');
});

test('29 February yearly comes back in leap years', () => {
  const days = [1, 2, 3, 4].map((n) => day(boundary(at('2024-02-29'), YEARLY, n)));
  expect(days).toEqual(['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']);
});

test('an anchor whose own month was too short comes back to the day that was meant', () => {
  const days = [0, 1, 2].map((n) => day(boundary(at('2023-02-28'), MONTHLY, n, 31)));
  expect(days).toEqual(['2023-02-28', '2023-03-31', '2023-04-30']);
});

test('days and weeks are counted, months are not', () => {
  expect(day(boundary(at('2024-02-26'), { interval: 'week', interval_count: 2 }, 1))).toBe('2024-03-11');
  expect(day(boundary(at('2024-02-26'), { interval: 'day', interval_count: 5 }, 1))).toBe('2024-03-02');
  expect(day(boundary(at('2024-08-31'), { interval: 'month', interval_count: 6 }, 1))).toBe('2025-02-28');
});

test('a boundary begins the period after it', () => {
  const anchor = at('2024-01-31');
  const period = periodContaining(anchor, MONTHLY, at('2024-02-29'));
  expect([day(period.start), day(period.end)]).toEqual(['2024-02-29', '2024-03-31']);
  expect(day(periodContaining(anchor, MONTHLY, at('2024-02-29') - 1).start)).toBe('2024-01-31');
  expect(day(nextBoundary(anchor, MONTHLY, at('2024-02-29')))).toBe('2024-03-31');
});

test('an anchor is the first moment that fits its configuration', () => {
  const start = at('2024-02-10T09:30:15');
  const iso = (config: Parameters<typeof anchorFrom>[0]) =>
    new Date(anchorFrom(config, start) * 1000).toISOString().slice(0, 19);
  expect(iso({ day_of_month: 15 })).toBe('2024-02-15T09:30:15');
  expect(iso({ day_of_month: 5 })).toBe('2024-03-05T09:30:15');
  expect(iso({ day_of_month: 31 })).toBe('2024-02-29T09:30:15');
  expect(iso({ day_of_month: 10 })).toBe('2024-02-10T09:30:15');
  expect(iso({ day_of_month: 10, hour: 9, minute: 30, second: 14 })).toBe('2024-03-10T09:30:14');
  expect(iso({ day_of_month: 31, month: 1 })).toBe('2025-01-31T09:30:15');
  expect(iso({ day_of_month: 31, month: 11, hour: 0, minute: 0, second: 0 })).toBe('2024-11-30T00:00:00');
});

test('half of February in a leap year is fourteen and a half of its 29 days', () => {
  const period = { start: at('2024-02-01'), end: at('2024-03-01') };
  // Changed on 15 February at noon: 15 of 29 days are left. $20.00 × 15/29 = 1034.48 → 1034; $50.00 → 2586.2 → 2586
  expect(prorate(2000, period, at('2024-02-15'))).toBe(1034);
  expect(prorate(5000, period, at('2024-02-15'))).toBe(2586);
  // In a common year 15 February leaves 14 of 28: exactly half.
  expect(prorate(2000, { start: at('2023-02-01'), end: at('2023-03-01') }, at('2023-02-15'))).toBe(1000);
  // To the second: one of 2,505,600 s used. 2,505,600 × 2,505,599 / 2,505,600 = 2,505,599
  expect(prorate(2_505_600, period, period.start + 1)).toBe(2_505_599);
  expect([prorate(2000, period, period.start - 9), prorate(2000, period, period.end + 9)]).toEqual([2000, 0]);
});

const moments = fc.integer({ min: at('2000-01-01'), max: at('2090-01-01') });
const recurring = fc.oneof(
  fc.record({ interval: fc.constantFrom('day' as const), interval_count: fc.integer({ min: 1, max: 365 }) }),
  fc.record({ interval: fc.constantFrom('week' as const), interval_count: fc.integer({ min: 1, max: 52 }) }),
  fc.record({ interval: fc.constantFrom('month' as const), interval_count: fc.integer({ min: 1, max: 12 }) }),
  fc.constant<Recurring>(YEARLY),
);

describe.each(SEEDS)('for any anchor (seed %i)', (seed) => {
  test('boundaries strictly increase, and a moment finds its period however far off', () => {
    fc.assert(
      fc.property(moments, recurring, moments, (anchor, every, moment) => {
        const { start, end } = periodContaining(anchor, every, moment);
        expect(start <= moment && moment < end).toBe(true);
        // Asking from the boundary itself gives the same next one: nothing depends on where one starts.
        expect(nextBoundary(anchor, every, start)).toBe(end);
        expect(periodContaining(anchor, every, end).start).toBe(end);
      }),
      { seed, numRuns: runs(300) },
    );
  });

  test('a credit is the opposite of its charge, and the rest never grows with time', () => {
    const period = { start: at('2024-02-01'), end: at('2024-03-01') };
    const moment = fc.integer({ min: period.start, max: period.end });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), moment, moment, (amount, one, other) => {
        const rest = prorate(amount, period, one);
        expect(prorate(-amount, period, one) + rest).toBe(0);
        const used = amount - rest;
        expect(rest >= 0 && used >= 0).toBe(true);
        expect(prorate(amount, period, Math.max(one, other))).toBeLessThanOrEqual(
          prorate(amount, period, Math.min(one, other)),
        );
      }),
      { seed, numRuns: runs(300) },
    );
  });
});
