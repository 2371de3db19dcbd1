import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What a fresh process has loaded after importing a source file: paths of files, and whether SQLite is among them. */
function loadedBy(entry: string): { files: string[]; builtins: string[] } {
  const script = `
    import { registerHooks } from 'node:module';
    const files = [], builtins = [];
    registerHooks({ load(url, context, next) { (url.startsWith('node:') ? builtins : files).push(url); return next(url, context); } });
    await import(${JSON.stringify(join(import.meta.dirname, '../../src', entry))});
    console.log(JSON.stringify({ files, builtins }));`;
  const flags = ['--disable-warning=ExperimentalWarning', '--conditions=paybell-source', '--input-type=module', '-e'];
  return JSON.parse(execFileSync(process.execPath, [...flags, script], { encoding: 'utf8' })) as ReturnType<
    typeof loadedBy
  >;
}

test('the receiver loads nothing but Node, and no SQLite', () => {
  const { files, builtins } = loadedBy('receiver/index.ts');
  expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  expect(files.filter((file) => /\/src\/(?!base|stripe|store|receiver)/.test(file))).toEqual([]);
  expect(builtins).not.toContain('node:sqlite');
  expect(builtins).toContain('node:crypto');
});

test('SQLite is loaded with its own entry, and nothing else is', () => {
  const { files, builtins } = loadedBy('store/sqlite/index.ts');
  expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  expect(builtins).toContain('node:sqlite');
});
