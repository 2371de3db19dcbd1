import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const BIN = join(ROOT, 'bin/paybell.js');

/** What a command printed and how it ended. */
export type Finished = { code: number | null; stdout: string; stderr: string };

/** Runs `paybell …` to its end. */
export async function paybell(
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [BIN, ...args], { cwd: options.cwd ?? ROOT, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Starts a program that stays, and resolves once its output shows `until`. */
export async function startProgram(
  args: string[],
  until: RegExp,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{
  child: ChildProcess;
  output: () => string;
  log: () => string;
  ended: Promise<number | null>;
  stop: () => Promise<number | null>;
}> {
  const child = spawn(process.execPath, args, { cwd: options.cwd ?? ROOT, env: { ...process.env, ...options.env } });
  let output = '';
  let log = '';
  const closed = once(child, 'close') as Promise<[number | null]>;
  const shown = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      output += data;
      if (until.test(output)) resolve();
    });
    child.stderr.on('data', (data) => (log += data));
    void closed.then(() => reject(new Error(`ended before it was ready:\n${output}${log}`)));
  });
  await shown;
  return {
    child,
    output: () => output,
    log: () => log,
    ended: closed.then(([code]) => code),
    async stop() {
      child.kill('SIGTERM');
      return (await closed)[0];
    },
  };
}

/** A folder of its own that goes away with `using`. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'paybell-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Tries until something is so, for at most ten seconds. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  throw new Error('it never became so');
}
