import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { PaybellError } from '../../base/errors.ts';
import { COLUMNS } from '../../stripe/columns.gen.ts';
import type { Store } from '../store.ts';
import { claiming } from './claim.ts';
import { histories } from './history.ts';
import { inserting } from './insert.ts';
import { judging } from './judge.ts';
import { leasing } from './leases.ts';
import { migrate, versionOf, CURRENT_VERSION } from './migrate.ts';
import { openDatabase } from './open.ts';
import { eventReads } from './read-events.ts';
import { mirrorReads } from './read-mirror.ts';
import { settling } from './settle.ts';
import { transactions } from './transaction.ts';
import { createViews } from './views.ts';

/** Where the database is. */
export interface SqliteOptions {
  /** A file, made with its folder when it does not exist, or `:memory:`. */
  path: string;
  /** For a process that only looks: nothing is created, migrated or written. */
  readOnly?: boolean;
}

/** A store in an SQLite file; `ctx.tx` runs a synchronous function in the commit that marks the handler done. */
export interface SqliteStore extends Store<DatabaseSync> {
  /** The connection, for queries of your own: the views `stripe_charges`, `stripe_invoices`, … are in it. */
  readonly database: DatabaseSync;
}

/**
 * Opens or creates a store in an SQLite file (WAL, synchronous FULL, read back). Throws `store_unsafe` when the file
 * cannot keep what it commits, `store_version` when a newer Paybell wrote it.
 */
export function createSqliteStore({ path, readOnly = false }: SqliteOptions): SqliteStore {
  if (!readOnly && path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = openDatabase(path, { readOnly });
  const transaction = transactions(db);
  try {
    prepare();
  } catch (error) {
    db.close();
    throw error;
  }
  const insert = inserting(db);
  const claim = claiming(db);
  const history = histories(db);
  const settle = settling(db);
  const judge = judging(db);
  const leases = leasing(db);
  const events = eventReads(db);
  const mirror = mirrorReads(db);
  let open = true;

  function prepare(): void {
    if (!readOnly) {
      migrate(db, transaction);
      createViews(db, transaction, COLUMNS);
    } else if (versionOf(db) < CURRENT_VERSION)
      throw new PaybellError('store_version', 'It is older than this Paybell; start the receiver once to migrate it.');
  }

  /** Makes a synchronous function of SQLite one of the store's: closed stores are named, and errors reject. */
  function method<Parameters extends unknown[], Result>(run: (...given: Parameters) => Result) {
    return (...given: Parameters): Promise<Result> => {
      if (!open) return Promise.reject(new PaybellError('store_closed', path));
      try {
        return Promise.resolve(run(...given));
      } catch (error) {
        return Promise.reject(error);
      }
    };
  }
  const write = <Parameters extends unknown[], Result>(run: (...given: Parameters) => Result) =>
    method((...given: Parameters) => transaction(() => run(...given)));

  function close(): Promise<void> {
    if (open) db.close();
    open = false;
    return Promise.resolve();
  }

  return {
    database: db,
    insert: write(insert),
    claim: write(claim),
    renew: write(leases.renew),
    owners: method(leases.owners),
    abandon: write(leases.abandon),
    nextDue: method(leases.nextDue),
    history: method(history),
    settle: write(settle),
    judge: write(judge),
    listEvents: method(events.listEvents),
    getEvent: method(events.getEvent),
    listRefused: method(events.listRefused),
    getObject: method(mirror.getObject),
    listObjects: method(mirror.listObjects),
    counts: method(mirror.counts),
    close,
    [Symbol.asyncDispose]: close,
  };
}
