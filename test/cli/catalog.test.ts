import { expect, test } from 'vitest';
import type { CoverageRow, CoverageTotals } from '../../src/examples/coverage.ts';
import { paybell } from './paybell.ts';

test('catalog lists what a pattern covers, with what took the place of the old', async () => {
  const { code, stdout } = await paybell(['catalog', 'order.*']);
  expect(code).toBe(0);
  expect(stdout).toContain('order.payment_succeeded\n  An order was paid.');
  expect(stdout).toContain('now: checkout.session.completed, payment_intent.succeeded');
  const json = await paybell(['catalog', 'charge.refunded', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { type: 'charge.refunded', subject: ['charge'], era: 'current', reachedBy: 'scenario refund/current' },
  ]);
}, 30_000);

test('catalog --coverage says of each type what reaches it and how full its example is', async () => {
  const { code, stdout } = await paybell(['catalog', '--coverage', '--json']);
  expect(code).toBe(0);
  const { totals, types } = JSON.parse(stdout) as { totals: CoverageTotals; types: CoverageRow[] };
  expect(totals.types).toBe(275);
  expect(totals.run).toBeGreaterThanOrEqual(150);
  expect(totals.run + totals.schema).toBe(275);
  expect(types).toHaveLength(305);
  for (const { type, nulls } of types) expect(nulls >= 0 && nulls <= 1, type).toBe(true);
}, 60_000);

test('a name that is none is wrong usage', async () => {
  const { code, stderr } = await paybell(['catalog', 'charge.refundet']);
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean charge.refunded');
}, 30_000);
