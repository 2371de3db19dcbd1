import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteStore } from '../store/sqlite/index.ts';
import type { Store } from '../store/store.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';

/** Where `paybell dev` keeps what it has, in the folder it was started in. */
export const DEV_FOLDER = '.paybell';
export const DEV_STORE = join(DEV_FOLDER, 'paybell.db');

export const STORE_OPTION: OptionSpec = {
  flags: '--store <path>',
  about: 'the SQLite file to look into',
  default: DEV_STORE,
};

/** Opens a store to look into it; the server that writes it may be running. */
export function openStore(options: Invocation['options']): Store {
  const path = storePath(String(options['store']));
  if (!existsSync(path))
    throw new UsageError(`There is no store at ${path}: run \`paybell dev\` here first, or name one with --store.`);
  return createSqliteStore({ path, readOnly: true });
}

/** A path, written as one or as `sqlite:…`. */
export const storePath = (store: string): string => store.replace(/^sqlite:(\/\/)?/, '');
