import type { DatabaseSync } from 'node:sqlite';
import type { Pruned, Pruning } from '../store.ts';

/** Deletes what is old; to be called inside a transaction. */
export function pruning(db: DatabaseSync) {
  const events = db.prepare(/* sql */ `
    SELECT e.seq, e.received_at AS receivedAt, e.state, e.finished_at AS finishedAt, p.seq AS payload
    FROM events e LEFT JOIN payloads p USING (seq) WHERE e.seq > ? ORDER BY e.seq LIMIT ?`);
  // The events of the second that is shown are what a late one of that second is compared with, and a deletion is what
  // keeps older events from bringing the object back.
  const needed = db.prepare(/* sql */ `
    SELECT EXISTS (SELECT 1 FROM mirror m WHERE m.object = e.object AND m.account = e.account AND m.id = e.object_id
                   AND (m.created = e.created OR (m.deleted = 1 AND m.event_id = e.id)))
        OR EXISTS (SELECT 1 FROM lanes l WHERE l.lane = e.lane) AS needed
    FROM events e WHERE e.seq = ?`);
  const dropPayload = db.prepare('DELETE FROM payloads WHERE seq = ?');
  const dropErrors = db.prepare('UPDATE handler_records SET error = NULL WHERE seq = ?');
  const dropRecords = db.prepare('DELETE FROM handler_records WHERE seq = ?');
  const dropEvent = db.prepare('DELETE FROM events WHERE seq = ?');

  return function prune({ before, rowsBefore, dead, limit, after }: Pruning): Pruned {
    const rows = events.all(after, limit) as unknown as Row[];
    const pruned: Pruned = { payloads: 0, rows: 0, next: rows.length === limit ? rows.at(-1)!.seq : null };
    for (const { seq, receivedAt, state, finishedAt, payload } of rows) {
      // Rows are in the order of arrival: what follows is younger.
      if (receivedAt >= before) return { ...pruned, next: null };
      const finished = state === 'done' || state === 'refused' || (dead && state === 'dead');
      if (!finished || (finishedAt ?? 0) >= before) continue;
      if ((needed.get(seq) as { needed: number }).needed === 1) continue;
      if (payload !== null) {
        dropPayload.run(seq);
        dropErrors.run(seq);
        pruned.payloads += 1;
      }
      if (receivedAt >= rowsBefore) continue;
      dropRecords.run(seq);
      dropEvent.run(seq);
      pruned.rows += 1;
    }
    return pruned;
  };
}

type Row = { seq: number; receivedAt: number; state: string; finishedAt: number | null; payload: number | null };
