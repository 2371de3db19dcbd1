import type { Pool } from 'pg';
import { HISTORY_LIMIT, type HistoryEvent } from '../store.ts';
import { runOn, type Statement } from './query.ts';

/** Reads the proven events of a lane. */
export function histories(pool: Pool, s: string) {
  // Deletions outlive everything, so they are read however old they are.
  const events: Statement = {
    name: 'paybell_history',
    text: /* sql */ `
      SELECT seq, id, type, created,
             CASE WHEN seq = (SELECT taken FROM ${s}.lanes WHERE lane = $1) THEN 'processing' ELSE state END AS state, twin_of AS "twinOf", coalesce(verified, body) AS payload,
             ARRAY(SELECT handler FROM ${s}.handler_records r WHERE r.seq = e.seq AND r.state = 'done') AS handled
      FROM (
        SELECT * FROM ${s}.events
        WHERE lane = $1 AND valid AND created >= coalesce(
          (SELECT created FROM ${s}.events WHERE lane = $1 AND valid
           ORDER BY created DESC OFFSET ${HISTORY_LIMIT - 1} LIMIT 1), 0)
        UNION
        SELECT * FROM ${s}.events WHERE lane = $1 AND valid AND type LIKE '%.deleted'
      ) AS e CROSS JOIN LATERAL (SELECT verified, body FROM ${s}.payloads p WHERE p.seq = e.seq OFFSET 0) AS p
      ORDER BY created, seq`,
  };
  return async function history(lane: string): Promise<HistoryEvent[]> {
    return runOn(pool)<HistoryEvent & Record<string, unknown>>(events, [lane]);
  };
}
