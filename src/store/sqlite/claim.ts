import type { DatabaseSync } from 'node:sqlite';
import { fencing } from './fence.ts';
import { laneReads } from './read-lane.ts';
import type { Claim, ClaimedLane } from '../store.ts';

/** Leases lanes and reads what is to be done in them; to be called inside a transaction. */
export function claiming(db: DatabaseSync) {
  // A lease that has run out is due like anything else, so nobody has to look for dead owners.
  const due = db.prepare('SELECT lane FROM lanes WHERE due_at <= ? ORDER BY due_at LIMIT ?');
  const take = db.prepare('UPDATE lanes SET owner = ?, lease = ?, due_at = ? WHERE lane = ?');
  const { release } = fencing(db);
  const { whatIsDue } = laneReads(db);

  return function claim({ owner, lease, now, until, limit }: Claim): ClaimedLane[] {
    const lanes: ClaimedLane[] = [];
    for (const { lane } of due.all(now, limit) as { lane: string }[]) {
      const claimed = whatIsDue(lane, lease, now);
      if (claimed) {
        take.run(owner, lease, until, lane);
        lanes.push(claimed);
      } else release(lane);
    }
    return lanes;
  };
}
