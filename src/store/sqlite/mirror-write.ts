import type { DatabaseSync } from 'node:sqlite';
import type { MirrorWrite } from '../store.ts';

const INSERT = /* sql */ `
  INSERT INTO mirror (object, account, id, json, event_id, created, ties, deleted, ambiguous, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (object, account, id) DO UPDATE SET
    json = excluded.json, event_id = excluded.event_id, created = excluded.created, ties = excluded.ties,
    deleted = excluded.deleted, ambiguous = excluded.ambiguous, updated_at = excluded.updated_at`;

/** What writes the rows of the mirror. */
export function mirroring(db: DatabaseSync) {
  const replace = db.prepare(INSERT);
  const advance = db.prepare(`${INSERT} WHERE mirror.created < excluded.created AND mirror.deleted = 0`);
  const values = (write: MirrorWrite, now: number) => {
    const { object, account, id, json, eventId, created, ties, deleted, ambiguous } = write;
    return [object, account, id, json, eventId, created, ties, Number(deleted), Number(ambiguous), now];
  };
  return {
    /** Writes what the object's history says. */
    write: (write: MirrorWrite, now: number): void => void replace.run(...values(write, now)),
    /** Writes the state after a later event, where what is shown is an earlier one; whether it did. */
    show: (write: MirrorWrite, now: number): boolean => advance.run(...values(write, now)).changes > 0,
  };
}
