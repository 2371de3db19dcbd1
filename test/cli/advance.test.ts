import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, listen, type Emulator, type Listening } from '../../src/emulator/index.ts';
import { devSettings } from '../../src/cli/dev-settings.ts';
import { NOW, sdkFor } from '../emulator/sdk.ts';
import { paybell, temporaryFolder } from './paybell.ts';

const DAY = 86_400;
let emulator: Emulator;
let server: Listening;

beforeAll(async () => {
  emulator = createEmulator({ seed: 'advance', frozenAt: NOW });
  server = await listen(emulator);
});
afterAll(async () => {
  await server.close();
  await emulator.close();
});

const advance = (key: string, ...args: string[]) => paybell(['advance', ...args, '--url', server.url, '--key', key]);

/** A world in which an authorisation runs out after seven days. */
const hold = (key: string) =>
  sdkFor(emulator, key).charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });

test('a span: what happened on the way is told by type', async () => {
  await hold('sk_test_span');
  const { code, stdout, stderr } = await advance('sk_test_span', '1mo');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    '2026-11-22 00:00:00 → 2026-12-22 00:00:00 UTC  1 events\n       1  charge.expired\nNothing more is due.\n',
  );
});

test('--json; a span of several words, --next and --to', async () => {
  await hold('sk_test_json');
  const json = async (...args: string[]) => JSON.parse((await advance('sk_test_json', ...args, '--json')).stdout);
  expect(await json('1d', '12h')).toEqual({ from: NOW, to: NOW + 1.5 * DAY, events: {}, next_due: NOW + 7 * DAY });
  expect(await json('--next')).toEqual({
    from: NOW + 1.5 * DAY,
    to: NOW + 7 * DAY,
    events: { 'charge.expired': 1 },
    next_due: null,
  });
  expect((await json('--to', '2030-01-01')).to).toBe(Date.UTC(2030, 0, 1) / 1000);
  expect((await json('--to', '1900000000')).to).toBe(1_900_000_000);
});

test('without --key, it is the key of `paybell dev` in this folder', async () => {
  using folder = temporaryFolder();
  const there = { cwd: folder.path };
  const args = ['advance', '1d', '--url', server.url];
  const none = await paybell(args, there);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--key') });
  mkdirSync(join(folder.path, '.paybell'));
  const { key } = devSettings(join(folder.path, '.paybell'));
  expect((await paybell(args, there)).code).toBe(0);
  expect(emulator.open(key).world.clock.now()).toBe(NOW + DAY);
});

test.each([
  [[], 2, 'how far'],
  [['1d', '--next'], 2, 'how far'],
  [['soon'], 2, 'not a span'],
  [['--to', 'tomorrow'], 2, '--to takes a date'],
  [['--to', '2020-01-01'], 1, 'time only goes forward'],
])('advance %j: exit %i', async (args, code, message) => {
  const result = await advance('sk_test_wrong', ...args);
  expect(result.stderr).toContain(message);
  expect(result.code).toBe(code);
  expect(emulator.open('sk_test_wrong').world.clock.now()).toBe(NOW);
});

test('where nobody listens, it says so', async () => {
  const result = await paybell(['advance', '1d', '--url', 'http://127.0.0.1:9', '--key', 'sk_test_a']);
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('http://127.0.0.1:9') });
});
