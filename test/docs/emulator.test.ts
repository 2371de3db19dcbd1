import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/index.ts';
import { DEFAULT_SETTINGS } from '../../src/emulator/resources/billing/settings.ts';
import { ROOT, startProgram } from '../cli/paybell.ts';

const page = readFileSync(join(ROOT, 'docs/emulator.md'), 'utf8');

test('the program of docs/emulator.md runs as it stands, and says what it should', async () => {
  const [, program] = /<!-- runs: emulator -->\s*```ts\n([^]*?)```/.exec(page)!;
  // Beside the sources, so that `paybell` means this package.
  const folder = join(ROOT, 'test/.docs-emulator');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'program.ts'), program!);
    const args = ['--conditions=paybell-source', join(folder, 'program.ts')];
    const { output, ended } = await startProgram(args, /and back/);
    expect(await ended).toBe(0);
    expect(output()).toMatch(/^a year later: 13 invoices, \d+ events\nand back: 1 invoice\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every control route that it names exists, and the Dashboard’s settings are all there', async () => {
  const named = [...page.matchAll(/`(GET|POST|DELETE) \/_paybell(\/[\w/]+)`/gi)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const emulator = createEmulator();
  for (const route of named) {
    const [method, path] = route.split(' ') as [string, string];
    const at = `http://127.0.0.1/_paybell${path}?key=sk_test_docs`;
    expect((await emulator.fetch(new Request(at, { method }))).status, route).not.toBe(404);
  }
  expect(named.length).toBeGreaterThan(15);
  for (const setting of Object.keys(DEFAULT_SETTINGS)) expect(page).toContain(`\`${setting}\``);
  await emulator.close();
});
