import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError, type OptionSpec } from './define.ts';

export const HANDLERS_OPTION: OptionSpec = {
  flags: '--handlers <file>',
  about: 'a module that exports `handlers(receiver)`, which calls receiver.on(…)',
};

/** Lets a user's file register its handlers. The file exports a function `handlers`, by that name or as its default. */
export async function loadHandlers(receiver: unknown, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  const module = (await import(pathToFileURL(path).href).catch((error: unknown) => {
    const hint = error instanceof SyntaxError ? ` \`node --check ${file}\` shows where.` : '';
    throw new Error(`${path} could not be loaded: ${String(error)}.${hint}`, { cause: error });
  })) as { handlers?: unknown; default?: unknown };
  const register = module.handlers ?? module.default;
  if (typeof register !== 'function')
    throw new UsageError(
      `${file} must export a function: export function handlers(receiver) { receiver.on('invoice.paid', …) }`,
    );
  await (register as (receiver: unknown) => unknown)(receiver);
}
