import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Our declarations, as a user's compiler sees them, beside each generation of the SDK: 18 (declarations in one ambient
// module), 20 (the last of those), 22.6 (ES modules, open enums), 23.1 (ours), and no SDK at all.
const VERSIONS = ['18.5.0', '20.4.1', '22.6.2', '23.1.0'] as const;
const MAX_INSTANTIATIONS = 700_000; // measured in November 2026: 508,234 under 23.1, of which 450,000 are the list of patterns

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const cache = join(tmpdir(), 'paybell-test-cache');
let folder: string;

async function compile(args: string[], cwd: string): Promise<{ ok: boolean; output: string }> {
  try {
    const { stdout } = await run(process.execPath, [tsc, ...args], { cwd, maxBuffer: 1 << 26 });
    return { ok: true, output: stdout };
  } catch (error) {
    return { ok: false, output: String((error as { stdout?: string }).stdout ?? error) };
  }
}

/** The folder of an installed SDK: the repository's own, or one fetched once and kept beside other temporary files. */
async function sdk(version: string): Promise<string> {
  const installed = join(cache, `stripe-${version}`);
  const found = join(installed, 'node_modules/stripe');
  if (existsSync(found)) return found;
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }');
  await run('npm', ['install', `stripe@${version}`, '--ignore-scripts', '--no-save', '--prefer-offline'], {
    cwd: fresh,
  });
  // A rename is atomic: two test runs at once cannot see half a package.
  try {
    renameSync(fresh, installed);
  } catch {
    rmSync(fresh, { recursive: true });
  }
  return found;
}

/** A user's project: Paybell's declarations, perhaps an SDK, and one file. */
async function project(version: string | null, fixture: string, edit = (text: string) => text): Promise<string> {
  const dir = mkdtempSync(join(folder, 'user-'));
  cpSync(join(folder, 'dist'), join(dir, 'node_modules/paybell/dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(dir, 'node_modules/paybell/package.json'));
  if (version) cpSync(await sdk(version), join(dir, 'node_modules/stripe'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(dir, 'handlers.ts'), edit(readFileSync(join(import.meta.dirname, 'fixtures', fixture), 'utf8')));
  return dir;
}

const FLAGS = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022', '--types', ''];

/** Compiles with every declaration file checked, and keeps the complaints about us (the SDK's own are not ours to fix). */
async function complaints(dir: string): Promise<{ ours: string[]; instantiations: number }> {
  const { output } = await compile([...FLAGS, '--extendedDiagnostics', 'handlers.ts'], dir);
  const instantiations = Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1]);
  const ours = output.split('\n').filter((line) => /\berror TS/.test(line) && !line.startsWith('node_modules/stripe/'));
  return { ours, instantiations };
}

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'paybell-types-'));
  const config = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: {
      outDir: join(folder, 'dist'),
      rootDir: join(root, 'src'),
      emitDeclarationOnly: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, 'src/examples/catalog.ts')],
  };
  writeFileSync(join(folder, 'emit.json'), JSON.stringify(config));
  const built = await compile(['-p', join(folder, 'emit.json')], folder);
  expect(built).toEqual({ ok: true, output: '' });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for(VERSIONS)(
  'handlers compile under stripe %s, and the wrong ones do not',
  { timeout: 60_000 },
  async (version) => {
    const { ours, instantiations } = await complaints(await project(version, 'with-stripe.ts'));
    expect(ours).toEqual([]);
    expect(instantiations).toBeGreaterThan(0);
    expect(instantiations).toBeLessThan(MAX_INSTANTIATIONS);
  },
);

test(
  'without stripe there are no complaints, and handlers are still typed by the name',
  { timeout: 60_000 },
  async () => {
    const { ours, instantiations } = await complaints(await project(null, 'without-stripe.ts'));
    expect(ours).toEqual([]);
    expect(instantiations).toBeLessThan(MAX_INSTANTIATIONS);
  },
);

test('the fixture can fail: a typo and a lost @ts-expect-error are both reported', { timeout: 60_000 }, async () => {
  const dir = await project('23.1.0', 'with-stripe.ts', (text) =>
    text.replace("on('invoice.paid',", "on('invoice.piad',").replace("on('invoices.*',", "on('invoice.*',"),
  );
  const { ours } = await complaints(dir);
  expect(ours.join('\n')).toMatch(/TS2345[^\n]*invoice\.piad/);
  expect(ours.join('\n')).toMatch(/TS2578/);
});
