import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';

/** Who may write to a lane, and how it is given back. */
export function fencing(db: DatabaseSync) {
  const holder = db.prepare('SELECT owner, lease FROM lanes WHERE lane = ?');
  const nextReady = db.prepare(/* sql */ `
    SELECT min(ready_at) AS due FROM events
    WHERE lane = ? AND seq <> ? AND ${isOpen()}`);
  const free = db.prepare('UPDATE lanes SET owner = NULL, due_at = ? WHERE lane = ?');
  const finish = db.prepare(/* sql */ `
    DELETE FROM lanes WHERE lane = ? AND NOT EXISTS (
      SELECT 1 FROM events
      WHERE lane = ? AND seq <> ? AND ${isOpen()} AND ready_at IS NOT NULL)`);
  return {
    /** Whether the lease of a claim is still in force: someone who was too slow may not overwrite his successor. */
    holds({ lane, owner, lease }: { lane: string; owner: string; lease: number }): boolean {
      const row = holder.get(lane) as { owner: string | null; lease: number } | undefined;
      return row !== undefined && row.owner === owner && row.lease === lease;
    },
    /** Gives a lane back: due when the next of its events is (but for one that leaves it), gone when there is none. */
    release(lane: string, leaving = 0): void {
      if (finish.run(lane, lane, leaving).changes > 0) return;
      const { due } = nextReady.get(lane, leaving) as { due: number };
      free.run(due, lane);
    },
  };
}
