import { expect, test } from 'vitest';
import { parseSpan } from '../../../src/emulator/index.ts';
import { addMonths } from '../../../src/emulator/span.ts';

const at = (text: string) => Math.floor(Date.parse(text) / 1000);

test.each([
  ['0s', '2026-01-15T10:00:00Z'],
  ['30s', '2026-01-15T10:00:30Z'],
  ['90m', '2026-01-15T11:30:00Z'],
  ['5 minutes', ''],
  ['1h', '2026-01-15T11:00:00Z'],
  ['3 days', '2026-01-18T10:00:00Z'],
  ['2w', '2026-01-29T10:00:00Z'],
  ['1mo', '2026-02-15T10:00:00Z'],
  ['12 months', '2027-01-15T10:00:00Z'],
  ['1y', '2027-01-15T10:00:00Z'],
  ['1mo 2d', '2026-02-17T10:00:00Z'],
  ['1y1mo1d1h1m1s', '2027-02-16T11:01:01Z'],
])('%s', (span, wanted) => {
  const from = at('2026-01-15T10:00:00Z');
  if (wanted) expect(parseSpan(span, from)).toBe(at(wanted));
  else expect(() => parseSpan(span, from)).toThrow(/not a unit of time/);
});

test.each(['', 'soon', '1', 'd', '1x', '-1d', '1d later', '1.5h'])('%o is no span of time', (span) => {
  expect(() => parseSpan(span, 0)).toThrow(/time/);
});

test.each([
  ['2026-01-31T23:59:59Z', 1, '2026-02-28T23:59:59Z'],
  ['2028-01-31T00:00:00Z', 1, '2028-02-29T00:00:00Z'],
  ['2028-02-29T12:00:00Z', 12, '2029-02-28T12:00:00Z'],
  ['2028-02-29T12:00:00Z', 48, '2032-02-29T12:00:00Z'],
  ['2026-03-31T00:00:00Z', 1, '2026-04-30T00:00:00Z'],
  ['2026-12-31T00:00:00Z', 2, '2027-02-28T00:00:00Z'],
  ['2026-11-30T00:00:00Z', 3, '2027-02-28T00:00:00Z'],
])('%s and %i months', (from, months, wanted) => {
  expect(new Date(addMonths(at(from), months) * 1000).toISOString()).toBe(new Date(wanted).toISOString());
});
