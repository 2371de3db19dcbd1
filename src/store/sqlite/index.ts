import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { check, flag, maybe, text, type Checks } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import { COLUMNS, NESTED } from '../../stripe/columns.gen.ts';
import type { Incoming, Received, Store } from '../store.ts';
import { background } from './background.ts';
import { commits } from './commits.ts';
import { BLOCKING_WAIT, isBusy, patiently } from './busy.ts';
import { claiming } from './claim.ts';
import { emptyLog, erasing, rewrite } from './erase.ts';
import { histories } from './history.ts';
import { inserting } from './insert.ts';
import { judging } from './judge.ts';
import { leasing } from './leases.ts';
import { checkOurs, migrate, versionOf, CURRENT_VERSION } from './migrate.ts';
import { notes } from './notes.ts';
import { openDatabase } from './open.ts';
import { pruning } from './prune.ts';
import { eventReads } from './read-events.ts';
import { mirrorReads } from './read-mirror.ts';
import { reopening } from './reopen.ts';
import { settling } from './settle.ts';
import { totals, type Totals } from './totals.ts';
import { transactions } from './transaction.ts';
import { createViews } from './views.ts';

/** Where the database is. */
export interface SqliteOptions {
  /** A file, made with its folder when it does not exist, or `:memory:`. */
  path: string;
  /** For a process that only looks: nothing is created, migrated or written. */
  readOnly?: boolean;
}

const OPTIONS: Checks<SqliteOptions> = { path: text, readOnly: maybe(flag) };

/** A store in an SQLite file; `ctx.tx` runs a synchronous function in the commit that marks the handler done. */
export interface SqliteStore extends Store<DatabaseSync> {
  /**
   * The connection, for queries of your own: the views `stripe_charges`, `stripe_invoices`, … are in it. Writes of your own
   * through it do not wait for another process's.
   */
  readonly database: DatabaseSync;
}

/**
 * Opens or creates a store in an SQLite file (WAL, synchronous FULL, read back). Throws `store_unsafe` when the file
 * cannot keep what it commits, `store_version` when a newer Paybell wrote it.
 */
export function createSqliteStore(options: SqliteOptions): SqliteStore {
  check('createSqliteStore', OPTIONS, options);
  const { path, readOnly = false } = options;
  if (!readOnly && path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = openDatabase(path, { readOnly });
  const transaction = transactions(db);
  try {
    prepare();
    db.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT}`);
  } catch (error) {
    db.close();
    throw error;
  }
  const receive = inserting(db);
  const claim = claiming(db);
  const history = histories(db);
  const settle = settling(db);
  const judge = judging(db);
  const leases = leasing(db);
  const reopen = reopening(db);
  const prune = pruning(db);
  const erase = erasing(db);
  const events = eventReads(db);
  const mirror = mirrorReads(db);
  const note = notes(db);
  let open = true;
  const total = totals(db);
  const aside = readOnly || path === ':memory:' ? undefined : background(db, { path, totals: total });

  function prepare(): void {
    checkOurs(db, { path, readOnly });
    if (!readOnly) {
      migrate(db, transaction);
      createViews(db, transaction, COLUMNS, NESTED);
    } else if (versionOf(db) < CURRENT_VERSION)
      throw new PaybellError('store_version', 'It is older than this Paybell; start the receiver once to migrate it.');
  }

  /** Makes a synchronous function of SQLite one of the store's: closed stores are named, and errors reject. */
  function method<Parameters extends unknown[], Result>(run: (...given: Parameters) => Result) {
    return (...given: Parameters): Promise<Result> => {
      const attempt = (): Result => {
        if (!open) throw new PaybellError('store_closed', path);
        return run(...given);
      };
      try {
        return Promise.resolve(attempt());
      } catch (error) {
        return isBusy(error) ? patiently(attempt) : Promise.reject(error);
      }
    };
  }
  const together = commits(transaction, () => aside?.committed());
  /** Whoever calls has collected what belongs together. */
  const store = (incoming: Incoming): Promise<Received[]> =>
    open ? together.now(() => receive(incoming)) : Promise.reject(new PaybellError('store_closed', path));
  const write = <Parameters extends unknown[], Result>(run: (...given: Parameters) => Result) => {
    return (...given: Parameters): Promise<Result> =>
      open ? together.add(() => run(...given)) : Promise.reject(new PaybellError('store_closed', path));
  };
  /** In another thread, where there is one. */
  const count = <Question extends keyof Totals>(question: Question) => {
    const here = method(total[question] as () => ReturnType<Totals[Question]>);
    return () => (open && aside ? aside.ask(question) : here());
  };

  async function close(): Promise<void> {
    if (!open) return;
    open = false;
    together.flush();
    // The last connection copies the rest of the log, so the thread's goes first.
    await aside?.close();
    db.close();
  }

  return {
    database: db,
    insert: write((incoming: Incoming) => receive(incoming).map(({ inserted }) => inserted)),
    receive: store,
    blocks: true,
    claim: write(claim),
    renew: write(leases.renew),
    owners: method(leases.owners),
    abandon: write(leases.abandon),
    nextDue: method(leases.nextDue),
    history: method(history),
    settle: write(settle),
    judge: write(judge),
    reopen: write(reopen),
    listEvents: method(events.listEvents),
    marks: method(events.marks),
    getEvent: method(events.getEvent),
    listRefused: method(events.listRefused),
    getObject: method(mirror.getObject),
    listObjects: method(mirror.listObjects),
    objectsNaming: method(mirror.objectsNaming),
    objectTypes: count('objectTypes'),
    accounts: method(mirror.accounts),
    proofs: method(mirror.proofs),
    counts: count('counts'),
    readNote: method(note.read),
    writeNote: write(note.write),
    prune: write(prune),
    erase: write(erase),
    async compact() {
      await method(rewrite)(db);
      await method(emptyLog)(db);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
