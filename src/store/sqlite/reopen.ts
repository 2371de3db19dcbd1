import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import type { Reopened, Reopening } from '../store.ts';

/** Lets handlers run again; to be called inside a transaction. */
export function reopening(db: DatabaseSync) {
  const event = db.prepare(/* sql */ `
    SELECT e.state, e.lane, l.owner, p.seq AS payload
    FROM events e LEFT JOIN lanes l USING (lane) LEFT JOIN payloads p USING (seq)
    WHERE e.seq = ? AND e.valid = 1`);
  const reset = db.prepare(/* sql */ `
    INSERT INTO handler_records (seq, handler, state, attempts, failures, next_at, late, error, updated_at)
    VALUES (?, ?, 'pending', 0, 0, NULL, 0, NULL, ?)
    ON CONFLICT (seq, handler) DO UPDATE SET
      state = 'pending', attempts = 0, failures = 0, next_at = NULL, late = 0, error = NULL,
      updated_at = excluded.updated_at`);
  const skip = db.prepare(/* sql */ `
    INSERT INTO handler_records (seq, handler, state, attempts, failures, next_at, late, error, updated_at)
    VALUES (?, ?, 'skipped', 0, 0, NULL, 0, 'not part of the replay', ?) ON CONFLICT (seq, handler) DO NOTHING`);
  const open = db.prepare(`UPDATE events SET state = 'processing', ready_at = ?, finished_at = NULL WHERE seq = ?`);
  const lane = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, due_at) VALUES (?, ?)
    ON CONFLICT (lane) DO UPDATE SET due_at = min(due_at, excluded.due_at) WHERE owner IS NULL`);
  const held = db.prepare(/* sql */ `
    SELECT DISTINCT lane FROM events
    WHERE ${isOpen()} AND ready_at = :hold AND lane > :after
    ORDER BY lane LIMIT :limit`);
  const release = db.prepare(/* sql */ `
    UPDATE events SET ready_at = :now
    WHERE lane = :lane AND ${isOpen()} AND ready_at = :hold`);

  function reopenOne(change: Reopening, hold: number): Reopened {
    const found = event.get(change.seq) as EventRow | undefined;
    if (!found || found.state === 'refused') return 'unknown';
    if (found.payload === null) return 'pruned';
    if (found.state === 'pending') return 'waiting';
    // Whoever has a finished event's object in hand never writes to that event again; of an open one he would.
    const finished = found.state === 'done' || found.state === 'dead';
    if (!finished && found.owner !== null) return 'busy';
    for (const handler of change.reset) reset.run(change.seq, handler, change.now);
    if (finished) for (const handler of change.skip) skip.run(change.seq, handler, change.now);
    open.run(hold, change.seq);
    lane.run(found.lane, hold);
    return 'reopened';
  }

  return {
    reopen: (changes: readonly Reopening[], hold: number): Reopened[] =>
      changes.map((change) => reopenOne(change, hold)),
    letGo(options: { hold: number; now: number; after: string; limit: number }): string | null {
      const { hold, now, after, limit } = options;
      const lanes = held.all({ hold, after, limit }) as { lane: string }[];
      for (const { lane: name } of lanes) {
        release.run({ lane: name, hold, now });
        lane.run(name, now);
      }
      return lanes.at(-1)?.lane ?? null;
    },
  };
}

type EventRow = { state: string; lane: string; owner: string | null; payload: number | null };
