import type { DatabaseSync } from 'node:sqlite';
import type { MirrorWrite } from '../store.ts';
import { quoted } from './expression.ts';
import { INDEX_COLUMNS, indexedValues, NO_VALUES, refillSql } from './indexed.ts';

const COLUMNS = INDEX_COLUMNS.map(quoted);
const INSERT = /* sql */ `
  INSERT INTO mirror (object, account, id, json, event_id, created, ties, deleted, ambiguous, updated_at,
                      ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (object, account, id) DO UPDATE SET
    json = excluded.json, event_id = excluded.event_id, created = excluded.created, ties = excluded.ties,
    deleted = excluded.deleted, ambiguous = excluded.ambiguous, updated_at = excluded.updated_at,
    ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`;

/** What writes the rows of the mirror. */
export function mirroring(db: DatabaseSync) {
  const replace = db.prepare(INSERT);
  const advance = db.prepare(`${INSERT} WHERE mirror.created < excluded.created AND mirror.deleted = 0`);
  const refill = db.prepare(refillSql('WHERE object = ? AND account = ? AND id = ?'));

  function run(statement: typeof replace, write: MirrorWrite, now: number): boolean {
    const { object, account, id, json, indexed, eventId, created, ties, deleted, ambiguous } = write;
    const values = indexedValues(object, () => indexed ?? JSON.parse(json));
    const flags = [ties, Number(deleted), Number(ambiguous), now];
    const { changes } = statement.run(object, account, id, json, eventId, created, ...flags, ...(values ?? NO_VALUES));
    if (!values) refill.run(object, account, id);
    return changes > 0;
  }

  return {
    /** Writes what the object's history says. */
    write: (write: MirrorWrite, now: number): void => void run(replace, write, now),
    /** Writes the state after a later event, where what is shown is an earlier one; whether it did. */
    show: (write: MirrorWrite, now: number): boolean => run(advance, write, now),
  };
}
