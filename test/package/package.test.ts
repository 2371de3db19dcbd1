import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OLDEST_NODE, alone, entries, install, oldestNode, outcome, pack, root } from './installed.ts';

let folder: string;
let files: string[];
let node: string;
/** Paybell installed as a user would. */
let project: string;
/** Paybell without a single dependency. */
let bare: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paybell-package-'));
  const [packed, fetched] = await Promise.all([pack(folder), oldestNode()]);
  node = fetched;
  files = packed.files;
  project = await install(packed.tarball, folder);
  bare = alone(project, folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What importing an entry gives: the names it exports and Node's own modules it made Node load. */
async function imported(entry: string, cwd: string): Promise<{ names: string[]; loaded: string[] }> {
  const program = `
    const names = Object.keys(await import(${JSON.stringify(entry)})).sort();
    const loaded = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
    console.log(JSON.stringify({ names, loaded }));`;
  const { code, stdout, stderr } = await outcome(node, ['--input-type=module', '--eval', program], cwd);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { names: string[]; loaded: string[] };
}

test('the oldest Node is the one promised', async () => {
  expect((await outcome(node, ['--version'], folder)).stdout.trim()).toBe(`v${OLDEST_NODE}`);
});

test.for(entries())('%s can be imported on the oldest Node, and exports what it should', async (entry) => {
  const { names } = await imported(entry, project);
  expect(names).toMatchSnapshot();
});

test('the receiver loads no dependency, nor SQLite before it is asked for', async () => {
  const { loaded } = await imported('paybell', bare);
  expect(loaded).not.toContain('sqlite');
  // Both halves can fail: the store does load SQLite, and there is no dependency here to be loaded.
  expect((await imported('paybell/sqlite', bare)).loaded).toContain('sqlite');
  await expect(imported('hono', bare)).rejects.toThrow('ERR_MODULE_NOT_FOUND');
});

test('the SQLite store and the catalogue load no dependency either', async () => {
  await imported('paybell/sqlite', bare);
  await imported('paybell/catalog', bare);
});

/** What a strict compiler that checks declaration files says of importing some entries in a project. */
async function complaints(wanted: string[], cwd: string, types: string[]): Promise<string[]> {
  for (const name of types)
    if (!existsSync(join(cwd, 'node_modules', name)))
      symlinkSync(join(root, 'node_modules', name), join(cwd, 'node_modules', name));
  writeFileSync(
    join(cwd, 'all.ts'),
    wanted.map((entry, i) => `import * as e${i} from '${entry}'; void e${i};`).join('\n'),
  );
  const flags = '--noEmit --strict --module nodenext --target es2022 --lib esnext --types node all.ts'.split(' ');
  const { stdout } = await outcome(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags], cwd);
  // What other packages get wrong in their own declarations is not for us to say.
  return stdout.split('\n').filter((line) => line.startsWith('node_modules/paybell/') || line.startsWith('all.ts'));
}

test('every entry has declarations that compile', async () => {
  expect(await complaints(entries(), project, ['@types', 'stripe'])).toEqual([]);
}, 60_000);

test('those that receive compile where there is no SDK, nor anything else', async () => {
  expect(await complaints(['paybell', 'paybell/sqlite', 'paybell/catalog'], bare, ['@types'])).toEqual([]);
  expect(await complaints(['paybell/nonesuch'], bare, ['@types'])).toHaveLength(1);
}, 60_000);

test('the tarball holds what is run and nothing else', () => {
  const code = /^(?:dist\/.+\.(?:js|d\.ts|gen\.json)|bin\/paybell\.js)$/;
  const webApp = /^dist\/web\/(?:index\.html|bell\.svg|assets\/[\w.-]+\.(?:js|css))(?:\.br|\.gz)?$/;
  const elsewhere = files.filter((file) => !code.test(file) && !webApp.test(file));
  expect(elsewhere.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(files).toContain('dist/stripe/schema.gen.json');
  expect(files).toContain('dist/web/index.html.br');
});

test('the installed package serves its console', async () => {
  const program = `
    import { createReceiver } from 'paybell';
    import { createSqliteStore } from 'paybell/sqlite';
    const { createConsole } = await import(new URL('console/index.js', import.meta.resolve('paybell').replace('receiver/index.js', '')).href);
    const store = createSqliteStore({ path: ':memory:' });
    const receiver = createReceiver({ store, secrets: 'whsec_package00000000000000000000000' });
    const { fetch } = createConsole({ receiver, store, addresses: {} });
    const page = await (await fetch(new Request('http://127.0.0.1:4242/'))).text();
    const [asset] = /\\/assets\\/[\\w-]+\\.js/.exec(page);
    console.log((await fetch(new Request('http://127.0.0.1:4242' + asset))).status);`;
  const { code, stdout, stderr } = await outcome(node, ['--input-type=module', '--eval', program], project);
  expect(stderr.replaceAll(/.*(?:ExperimentalWarning: SQLite|node --trace-warnings).*\n/g, '')).toBe('');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '200\n' });
});

test('the command starts on the oldest Node', async () => {
  const { code, stdout, stderr } = await outcome(node, ['node_modules/paybell/bin/paybell.js', '--help'], project);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('paybell');
});

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: join(project, 'node_modules/paybell'), pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});
