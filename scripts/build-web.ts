import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

// `npm run build:web`: builds the console's web app into web/dist, with a compressed copy beside each file.
// `--if-needed` does nothing while the build is newer than everything it is made from.
const root = resolve(import.meta.dirname, '..');
const web = join(root, 'web');
const out = join(web, 'dist');
const stamp = join(out, '.built');

/** What the web app is made from, besides the packages that the lock file names. */
const MADE_FROM = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/vite.config.ts',
  'src/console/api/types.ts',
  'src/console/api/time-types.ts',
  'package-lock.json',
];

export async function buildWeb({ ifNeeded = false, quiet = false } = {}): Promise<void> {
  if (ifNeeded && existsSync(stamp) && newest() <= statSync(stamp).mtimeMs) return;
  if (!quiet) console.error('Building the console …');
  const { build } = await import('vite');
  // React chooses its slow half by this name, and a test runner sets it to its own.
  const environment = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = environment;
  }
  for (const file of filesBelow(out)) if (/\.(js|css|html|svg)$/.test(file)) compress(file);
  mkdirSync(out, { recursive: true });
  writeFileSync(stamp, '');
}

function newest(): number {
  const files = MADE_FROM.flatMap((path) => {
    const at = join(root, path);
    return statSync(at).isDirectory() ? filesBelow(at) : [at];
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

if (import.meta.main) await buildWeb({ ifNeeded: process.argv.includes('--if-needed') });
