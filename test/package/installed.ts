import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(tmpdir(), 'paybell-test-cache');

/** The repository. */
export const root = resolve(import.meta.dirname, '../..');

/** The oldest Node that package.json promises. */
export const OLDEST_NODE = '22.13.0';

/** What a program wrote and how it ended. */
export type Outcome = { code: number; stdout: string; stderr: string };

/** Runs a program and says how it went, without throwing. */
export async function outcome(file: string, args: string[], cwd: string): Promise<Outcome> {
  try {
    return { code: 0, ...(await run(file, args, { cwd, maxBuffer: 1 << 26 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

async function must(file: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await outcome(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** The path of the oldest Node, fetched once from npm and kept among the temporary files. */
export async function oldestNode(): Promise<string> {
  const home = join(cache, `node-${OLDEST_NODE}`);
  const binary = join(home, 'node_modules/node/bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  // The package's own script fetches the build for this machine, and npm runs it only when told that it may.
  writeFileSync(join(fresh, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await must('npm', ['install', `node@${OLDEST_NODE}`, '--no-save', '--prefer-offline'], fresh);
  // A rename is atomic: two test runs at once cannot see half a download.
  try {
    renameSync(fresh, home);
  } catch {
    rmSync(fresh, { recursive: true });
  }
  return binary;
}

/** Builds and packs Paybell into a folder; answers the tarball and the files in it. */
export async function pack(folder: string): Promise<{ tarball: string; files: string[] }> {
  const staging = join(folder, 'staging');
  mkdirSync(staging, { recursive: true });
  for (const part of ['package.json', 'bin', 'README.md', 'LICENSE'])
    if (existsSync(join(root, part))) cpSync(join(root, part), join(staging, part), { recursive: true });
  await must(process.execPath, [join(root, 'scripts/build.ts'), join(staging, 'dist')], root);
  const [packed] = JSON.parse(await must('npm', ['pack', '--json', '--pack-destination', folder], staging)) as [
    { filename: string; files: { path: string }[] },
  ];
  return { tarball: join(folder, packed.filename), files: packed.files.map((file) => file.path) };
}

/** Installs a tarball, with its dependencies, into an empty project; answers the project's folder. */
export async function install(tarball: string, folder: string): Promise<string> {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // `paybell/postgres` is for those who have the driver, an optional peer.
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const driver = `pg@${devDependencies['pg']}`;
  await must('npm', ['install', tarball, driver, '--no-save', '--prefer-offline', '--ignore-scripts'], project);
  return project;
}

/** A project that has Paybell and nothing else: neither its dependencies nor its peers. */
export function alone(project: string, folder: string): string {
  const bare = join(folder, 'alone');
  cpSync(join(project, 'node_modules/paybell'), join(bare, 'node_modules/paybell'), { recursive: true });
  writeFileSync(join(bare, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return bare;
}

/** The entries of `exports` that are modules, as one imports them: `paybell`, `paybell/sqlite`, … */
export function entries(): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object };
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => `paybell${path.slice(1)}`);
}
