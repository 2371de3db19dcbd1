import type { DatabaseSync } from 'node:sqlite';
import { HISTORY_LIMIT, type HistoryEvent } from '../store.ts';

/** Reads the proven events of a lane. */
export function histories(db: DatabaseSync) {
  // Deletions outlive everything, so they are read however old they are.
  const events = db.prepare(/* sql */ `
    SELECT seq, id, type, created, state, twin_of AS twinOf, coalesce(verified, body) AS payload
    FROM events JOIN payloads USING (seq)
    WHERE lane = :lane AND valid = 1
      AND (type LIKE '%.deleted' OR created >= coalesce(
        (SELECT created FROM events WHERE lane = :lane AND valid = 1
         ORDER BY created DESC LIMIT 1 OFFSET ${HISTORY_LIMIT - 1}), 0))
    ORDER BY created, seq`);
  const handled = db.prepare(/* sql */ `
    SELECT r.seq, r.handler FROM events e JOIN handler_records r USING (seq)
    WHERE e.lane = ? AND r.state = 'done'`);
  return function history(lane: string): HistoryEvent[] {
    const byEvent = Map.groupBy(handled.all(lane) as { seq: number; handler: string }[], ({ seq }) => seq);
    return (events.all({ lane }) as Omit<HistoryEvent, 'handled'>[]).map((event) => ({
      ...event,
      handled: byEvent.get(event.seq)?.map(({ handler }) => handler) ?? [],
    }));
  };
}
