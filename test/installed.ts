import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cache = join(tmpdir(), 'paybell-test-cache');

/** Installs packages that only one test or bench needs, once, among the temporary files; answers their node_modules. */
export async function installOnce(name: string, packages: string[]): Promise<string> {
  const home = join(cache, `${name}-${packages.join('-').replaceAll(/[^\w.-]/g, '_')}`);
  if (existsSync(home)) return join(home, 'node_modules');
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }');
  const args = ['install', ...packages, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  await promisify(execFile)('npm', args, { cwd: fresh, maxBuffer: 1 << 26 });
  // A rename is atomic: two runs at once cannot see half an installation.
  try {
    renameSync(fresh, home);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  return join(home, 'node_modules');
}
