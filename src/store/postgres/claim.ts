import type { Pool } from 'pg';
import { LANE_BATCH, type Claim, type ClaimedEvent, type ClaimedLane } from '../store.ts';
import { fencing } from './fence.ts';
import { inTransaction, persistently, rows, runOn, type Statement } from './query.ts';
import { claimedColumns, laneReads } from './read-lane.ts';

/** Leases lanes and reads what is to be done in them. */
export function claiming(pool: Pool, s: string) {
  const { lock, release } = fencing(s);
  const around = laneReads(pool, s);
  const open = /* sql */ `e.state IN ('pending', 'processing', 'retrying')`;
  // A lease that has run out is due like anything else, so nobody has to look for dead owners. Lanes that someone else
  // is just taking or giving back are passed over.
  const take: Statement = {
    name: 'paybell_claim',
    text: /* sql */ `
      WITH due AS MATERIALIZED (
        SELECT lane FROM ${s}.lanes WHERE due_at <= $3 ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED
      ), taken AS (
        UPDATE ${s}.lanes SET owner = $1, lease = $2, due_at = $4 WHERE lane = ANY (ARRAY(SELECT lane FROM due))
        RETURNING lane, taken IS NOT NULL AS left
      )
      SELECT taken.lane, taken.left, ready.* FROM taken LEFT JOIN LATERAL (
        SELECT ${claimedColumns(s)}
        FROM ${s}.events e
        WHERE e.lane = taken.lane AND ${open} AND e.ready_at <= $3
        ORDER BY created, seq LIMIT ${LANE_BATCH}
      ) AS ready ON true`,
  };
  const forget: Statement = {
    name: 'paybell_claim_forget',
    text: /* sql */ `
      UPDATE ${s}.lanes l SET owner = NULL, due_at = $2
      FROM jsonb_to_recordset($1::jsonb) AS c (owner text, lease bigint)
      WHERE l.owner = c.owner AND l.lease = c.lease`,
  };
  /** Claims that failed, perhaps after they were committed: nobody works on what they hold. */
  let failed: { owner: string; lease: number }[] = [];

  async function claimOnce({
    owner,
    lease,
    now,
    until,
    limit,
  }: Claim): Promise<{ again: boolean; lanes: ClaimedLane[] }> {
    const found = await runOn(pool)<Taken>(take, [owner, lease, now, until, limit]);
    const lanes = new Map<string, ClaimedEvent[]>();
    // Nothing to do in them, or nothing yet: what a dead owner had in hand is to be opened first.
    const back = new Set<string>();
    for (const { lane, left, ...event } of found)
      if (left || event.seq === null) back.add(lane);
      else if (lanes.has(lane)) lanes.get(lane)!.push({ ...event, records: [] });
      else lanes.set(lane, [{ ...event, records: [] }]);
    if (back.size > 0) {
      const claims = [...back].map((lane) => ({ lane, owner, lease }));
      await inTransaction(pool, async (run) => ({
        result: undefined,
        last: [release([...(await lock(run, claims))])],
      }));
    }
    const again = found.some(({ left }) => left) || lanes.size + back.size === limit;
    if (lanes.size === 0) return { again, lanes: [] };

    return { again, lanes: await around(lanes, lease, now) };
  }

  return async function claim(given: Claim): Promise<ClaimedLane[]> {
    const { owner, lease, now } = given;
    if (failed.length > 0) {
      const before = failed;
      await persistently(() => runOn(pool)(forget, [rows(before), now]));
      failed = failed.filter((claim) => !before.includes(claim));
    }
    try {
      for (let round = 0; ; round += 1) {
        const { again, lanes } = await claimOnce(given);
        // Nothing but lanes that were given back, and perhaps more behind them.
        if (lanes.length > 0 || !again || round === 20) return lanes;
      }
    } catch (error) {
      failed.push({ owner, lease });
      throw error;
    }
  };
}

type Taken = { lane: string; left: boolean } & (
  Omit<ClaimedEvent, 'records'> | (Omit<ClaimedEvent, 'records' | 'seq'> & { seq: null })
);
