import { expect, test } from 'vitest';
import { scenarios } from '../../src/scenarios/index.ts';
import { paybell, temporaryFolder } from './paybell.ts';

test('scenarios run prints the events in order, each whole, and that the mirror equals the truth', async () => {
  const { code, stdout } = await paybell(['scenarios', 'run', 'refund', '--era', 'classic', '--json']);
  expect(code).toBe(0);
  const run = JSON.parse(stdout) as {
    events: { step: string; event: { type: string; data: { object: { object: string } } } }[];
    calls: { sdk: string }[];
    mirror: { equal: boolean; objects: number };
  };
  expect(run.events.map(({ step, event }) => [step, event.type])).toEqual([
    ['s1', 'charge.succeeded'],
    ['s2', 'refund.created'],
    ['s2', 'charge.refunded'],
  ]);
  expect(run.events[1]!.event.data.object.object).toBe('refund');
  expect(run.calls[0]!.sdk).toBe("stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' })");
  expect(run.mirror).toEqual({ equal: true, objects: 2, differences: [] });
}, 30_000);

test('scenarios run --all --branches plays every branch of every path', async () => {
  const { code, stdout } = await paybell(['scenarios', 'run', '--all', '--branches', '--json']);
  expect(code).toBe(0);
  const runs = JSON.parse(stdout) as { scenario: string; era: string; without: string | null }[];
  const branches = scenarios.flatMap(({ paths }) =>
    Object.values(paths).map(({ conditions = {} }) => 1 + Object.keys(conditions).length),
  );
  expect(runs).toHaveLength(branches.reduce((sum, count) => sum + count, 0));
}, 60_000);

test('scenarios list and show', async () => {
  const list = await paybell(['scenarios', 'list']);
  expect(list.stdout).toContain('dispute-evidence');
  const show = await paybell(['scenarios', 'show', '3']);
  expect(show.stdout).toContain('charge.refunded: handle');
}, 30_000);

test('wrong usage exits with 2 and says what is right; an unknown scenario with 1', async () => {
  using folder = temporaryFolder();
  for (const args of [
    ['nonsense'],
    ['scenarios', 'run'],
    ['events', 'list', '--state', 'odd'],
    ['events', 'list', '--nonsense'],
    ['emulator', '--webhook', 'http://127.0.0.1:1/'],
    ['emulator', '--port', 'x'],
    ['scenarios', 'run', 'refund', '--without', 'odd'],
  ]) {
    const { code, stderr } = await paybell(args, { cwd: folder.path });
    expect({ args, code }).toEqual({ args, code: 2 });
    expect(stderr.trim()).not.toBe('');
  }
  const { code, stderr } = await paybell(['scenarios', 'show', 'nope']);
  expect(code).toBe(1);
  expect(stderr).toContain('one-off-charge');
}, 60_000);

test('events list without a store says how to get one', async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await paybell(['events', 'list'], { cwd: folder.path });
  expect(code).toBe(2);
  expect(stderr).toContain('paybell dev');
}, 30_000);
