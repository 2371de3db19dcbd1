import type { DatabaseSync } from 'node:sqlite';
import { PaybellError } from '../../base/errors.ts';
import { sql as events } from './migrations/001-events.ts';
import { sql as operations } from './migrations/002-operations.ts';
import { sql as plainConditions } from './migrations/003-plain-conditions.ts';
import type { Transaction } from './transaction.ts';

/** Number n is what takes a database from version n - 1 to n. Released ones never change. */
const MIGRATIONS = [events, operations, plainConditions];

/** The tables of version 1, which every later one has too. */
const TABLES = ['events', 'payloads', 'handler_records', 'lanes', 'refused', 'mirror', 'meta'];

/**
 * Makes sure that a database is Paybell's, or may become so: an application's own tables may be in it as well, but not
 * under the same names. Throws `store_unopened`, naming what is there.
 */
export function checkOurs(db: DatabaseSync, { path, readOnly }: { path: string; readOnly: boolean }): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all() as { name: string }[];
  const names = new Set(rows.map(({ name }) => name.toLowerCase()));
  const ours = TABLES.filter((name) => names.has(name));
  const refuse = (why: string): never => {
    throw new PaybellError('store_unopened', `${path}: ${why}`);
  };
  // Of a newer version nothing is known but that.
  if (version > 0 && version <= MIGRATIONS.length && ours.length < TABLES.length)
    refuse('it is a database of something else, whose user_version is in use; give Paybell a file of its own.');
  if (version === 0 && ours.length > 0)
    refuse(`it has a table ${ours[0]} that is not Paybell's; give Paybell a file of its own.`);
  if (version === 0 && readOnly) refuse('there is nothing of Paybell in it yet.');
}

/** Brings a database to this version; throws `store_version` when a newer Paybell wrote it. */
export function migrate(db: DatabaseSync, transaction: Transaction): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  transaction(() => {
    // Read again inside the transaction: two processes may start on a new file at once.
    const version = versionOf(db);
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/** The version a database is at: 0 for a new one. */
export function versionOf(db: DatabaseSync): number {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length)
    throw new PaybellError('store_version', `It is at version ${version}; this Paybell knows ${MIGRATIONS.length}.`);
  return version;
}

/** The version this Paybell writes. */
export const CURRENT_VERSION = MIGRATIONS.length;
