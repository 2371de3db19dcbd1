import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PaybellError } from '../base/errors.ts';
import { createSqliteStore } from '../store/sqlite/index.ts';
import type { Store } from '../store/store.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';

/** Where `paybell dev` keeps what it has, in the folder it was started in. */
export const DEV_FOLDER = '.paybell';
export const DEV_STORE = join(DEV_FOLDER, 'paybell.db');

export const STORE_OPTION: OptionSpec = {
  flags: '--store <store>',
  about: `an SQLite file or postgres://… (or PAYBELL_STORE; ${DEV_STORE} by default)`,
};

/** What a command wants of its store. */
export type StoreUse = {
  /** `look`: it must be there, and is only read. `use`: it must be there. `make`: it is made when it is not there. */
  to: 'look' | 'use' | 'make';
  /** Told of connections that break. */
  onProblem?: (what: string, error: unknown) => void;
};

/** Opens the store that the options name. The server that writes it may be running. */
export async function openStore(options: Invocation['options'], { to, onProblem }: StoreUse): Promise<Store> {
  const named = storeOf(options);
  if (isPostgres(named)) {
    const { createPostgresStore } = await loadPostgres();
    const open = createPostgresStore({ url: named, readOnly: to === 'look', ...(onProblem && { onProblem }) });
    return open.catch((error: unknown) => {
      if (error instanceof PaybellError) throw error;
      throw new PaybellError('store_unopened', `${storeShown(options)}: ${whyOf(error)}.`, { cause: error });
    });
  }
  const path = named.replace(/^sqlite:(\/\/)?/, '');
  if (/^[a-z]+:\/\//.test(path)) throw new UsageError('--store is a path, sqlite:… or postgres://….');
  if (to !== 'make' && !existsSync(path))
    throw new UsageError(`There is no store at ${path}: run \`paybell dev\` here first, or name one with --store.`);
  return createSqliteStore({ path, readOnly: to === 'look' });
}

/** Of a name with several addresses each has its own error, and all of them together have no message. */
function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(whyOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** The store that the options name, as given: it may hold a password. */
export const storeOf = (options: Invocation['options']): string =>
  (options['store'] as string | undefined) ?? process.env['PAYBELL_STORE'] ?? DEV_STORE;

/** The same to be shown: without user and password. */
export function storeShown(options: Invocation['options']): string {
  const named = storeOf(options);
  if (!isPostgres(named)) return named;
  if (!URL.canParse(named)) return 'PostgreSQL';
  const { host, pathname } = new URL(named);
  return `postgres://${host}${pathname}`;
}

const isPostgres = (store: string): boolean => /^postgres(ql)?:/.test(store);

async function loadPostgres(): Promise<typeof import('../store/postgres/index.ts')> {
  try {
    return await import('../store/postgres/index.ts');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('A PostgreSQL store needs the package `pg`: npm install pg', { cause: error });
  }
}
