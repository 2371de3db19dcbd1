import type { DatabaseSync } from 'node:sqlite';

/** Runs functions as write transactions: what throws inside, or in the commit itself, leaves nothing behind. */
export function transactions(db: DatabaseSync) {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  return function transaction<Result>(work: () => Result): Result {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      try {
        rollback.run();
      } catch {
        // SQLite rolls back by itself on some errors (a full disk), and then says that no transaction is active.
      }
      throw error;
    }
  };
}

export type Transaction = ReturnType<typeof transactions>;
