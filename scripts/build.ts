import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { buildWeb } from './build-web.ts';

// `npm run build [folder]`: compiles the sources, puts the generated data beside them and the console's web app into `web`; `dist` unless told otherwise.
const root = resolve(import.meta.dirname, '..');
const out = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(out, { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', out], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

// tsc leaves data alone; `schema.ts` reads it from beside itself.
for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.gen.json')) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    copyFileSync(join(root, 'src', file), join(out, file));
  }

await buildWeb({ ifNeeded: true });
cpSync(join(root, 'web/dist'), join(out, 'web'), { recursive: true, filter: (path) => !path.endsWith('.built') });

// Git keeps the mode, a zip of the sources does not.
chmodSync(join(root, 'bin/paybell.js'), 0o755);
