import type { DatabaseSync } from 'node:sqlite';
import { PaybellError } from '../../base/errors.ts';
import { sql as events } from './migrations/001-events.ts';
import { sql as operations } from './migrations/002-operations.ts';
import { sql as plainConditions } from './migrations/003-plain-conditions.ts';
import type { Transaction } from './transaction.ts';

/** Number n is what takes a database from version n - 1 to n. Released ones never change. */
const MIGRATIONS = [events, operations, plainConditions];

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
