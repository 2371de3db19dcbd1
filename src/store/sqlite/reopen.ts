import type { DatabaseSync } from 'node:sqlite';
import { laneReads } from './read-lane.ts';
import type { ClaimedLane, EventState, Lease, Reopened, ReopenedLanes, Reopening } from '../store.ts';

/** Lets handlers run again; to be called inside a transaction. */
export function reopening(db: DatabaseSync) {
  const event = db.prepare(/* sql */ `
    SELECT e.state, e.lane, l.owner, l.due_at AS dueAt, p.seq AS payload
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
  const take = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, owner, lease, due_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (lane) DO UPDATE SET owner = excluded.owner, lease = excluded.lease, due_at = excluded.due_at`);
  const record = db.prepare('SELECT state FROM handler_records WHERE seq = ? AND handler = ?');
  const stateOf = (seq: number, handler: string): string | undefined =>
    (record.get(seq, handler) as { state: string } | undefined)?.state;
  const { only } = laneReads(db);

  return function reopen(changes: readonly Reopening[], { owner, lease, now, until }: Lease): ReopenedLanes {
    const before = new Map<number, EventState>();
    const taken = new Map<string, number[]>();

    function stands({ seq, reset: handlers, was }: Reopening, state: EventState): boolean {
      if (!was) return true;
      if (state !== was.state) return false;
      return was.reset === undefined || handlers.every((handler) => stateOf(seq, handler) === was.reset);
    }

    function reopenOne(change: Reopening): Reopened {
      const found = event.get(change.seq) as EventRow | undefined;
      if (!found || found.state === 'refused') return 'unknown';
      if (found.payload === null) return 'pruned';
      if (found.state === 'pending') return 'waiting';
      const mine = taken.get(found.lane);
      if (!mine && found.owner !== null && found.dueAt > now) return 'busy';
      if (!stands(change, found.state)) return 'changed';
      for (const handler of change.reset) reset.run(change.seq, handler, now);
      // A handler that has an open event before it is left to it.
      if (found.state === 'done' || found.state === 'dead')
        for (const handler of change.skip) skip.run(change.seq, handler, now);
      open.run(now, change.seq);
      before.set(change.seq, found.state);
      if (mine) mine.push(change.seq);
      else {
        take.run(found.lane, owner, lease, until);
        taken.set(found.lane, [change.seq]);
      }
      return 'reopened';
    }

    const outcomes = changes.map(reopenOne);
    const lanes = [...taken].map(([lane, seqs]): ClaimedLane => {
      const claimed = only(seqs, lane, lease);
      for (const one of claimed.events) one.state = before.get(one.seq)!;
      return claimed;
    });
    return { outcomes, lanes };
  };
}

type EventRow = { state: EventState; lane: string; owner: string | null; dueAt: number; payload: number | null };
