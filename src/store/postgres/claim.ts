import type { Pool } from 'pg';
import { LANE_BATCH, TWIN_WINDOW, type Claim, type ClaimedEvent, type ClaimedLane, type MirrorHead } from '../store.ts';
import { bigint, bigints, columns, text, texts } from './arrays.ts';
import { fencing } from './fence.ts';
import { inTransaction, persistently, readTogether, rows, runOn, withoutSeq, type Statement } from './query.ts';

const NEAR_LIMIT = 64;

type First = ClaimedEvent & { lane: string };

const FIRST = columns<First>({ lane: text((event) => event.lane), created: bigint((event) => event.created) });
const OBJECTS = columns<First>({
  lane: text((event) => event.lane),
  object: text((event) => event.object),
  account: text((event) => event.account),
  id: text((event) => event.objectId),
});
const UNPROVEN = columns<First>({
  lane: text((event) => event.lane),
  id: text((event) => event.id),
  account: text((event) => event.account),
});

/** Leases lanes and reads what is to be done in them. */
export function claiming(pool: Pool, s: string) {
  const { lock, release } = fencing(s);
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
        SELECT seq, account, id, type, created, object, object_id AS "objectId", valid, proof, state, attempts,
               deliveries, received_at AS "receivedAt",
               (SELECT coalesce(verified, body) FROM ${s}.payloads p WHERE p.seq = e.seq) AS payload
        FROM ${s}.events e
        WHERE e.lane = taken.lane AND ${open} AND e.ready_at <= $3
        ORDER BY created, seq LIMIT ${LANE_BATCH}
      ) AS ready ON true`,
  };
  const records: Statement = {
    name: 'paybell_claim_records',
    text: /* sql */ `
      SELECT seq, handler, state, attempts, failures, next_at AS "nextAt"
      FROM ${s}.handler_records WHERE seq = ANY ($1::bigint[])`,
  };
  const ofEvent = /* sql */ `CROSS JOIN LATERAL (SELECT * FROM ${s}.handler_records r WHERE r.seq = e.seq OFFSET 0) AS r`;
  const waiting: Statement = {
    name: 'paybell_claim_waiting',
    text: /* sql */ `
      SELECT of.lane, of_lane.* FROM unnest($1::text[]) AS of (lane) CROSS JOIN LATERAL (
        SELECT e.seq, e.created, r.handler, r.state, false AS dead
        FROM ${s}.events e ${ofEvent}
        WHERE e.lane = of.lane AND ${open} AND (e.ready_at IS NULL OR e.ready_at > $2)
          AND r.state IN ('pending', 'retrying', 'dead')
        UNION ALL
        SELECT e.seq, e.created, r.handler, r.state, true
        FROM ${s}.events e ${ofEvent}
        WHERE e.lane = of.lane AND e.state = 'dead' AND r.state = 'dead'
      ) AS of_lane
      ORDER BY dead, created, seq`,
  };
  const near: Statement = {
    name: 'paybell_claim_near',
    text: /* sql */ `
      SELECT near.* FROM ${FIRST.from('first')} CROSS JOIN LATERAL (
        SELECT lane, seq, type, created, state FROM ${s}.events e
        WHERE e.lane = first.lane AND e.created >= first.created - ${TWIN_WINDOW}
        ORDER BY e.created DESC LIMIT ${NEAR_LIMIT + LANE_BATCH}
      ) AS near`,
  };
  const mirror: Statement = {
    name: 'paybell_claim_mirror',
    text: /* sql */ `
      SELECT first.lane, coalesce(exact, doc::text) AS json, m.created, ties, deleted, ambiguous
      FROM ${OBJECTS.from('first')} CROSS JOIN LATERAL (
        SELECT * FROM ${s}.mirror m
        WHERE m.object = first.object AND m.account = first.account AND m.id = first.id OFFSET 0
      ) AS m`,
  };
  const proven: Statement = {
    name: 'paybell_claim_proven',
    text: /* sql */ `
      SELECT first.lane, payload FROM ${UNPROVEN.from('first')} CROSS JOIN LATERAL (
        SELECT (SELECT coalesce(verified, body) FROM ${s}.payloads p WHERE p.seq = e.seq) AS payload
        FROM ${s}.events e WHERE e.id = first.id AND e.account = first.account AND e.valid OFFSET 0
      ) AS proven WHERE payload IS NOT NULL`,
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

  /** What is known around the events of each lane, in one round trip. */
  async function surroundings(lanes: ReadonlyMap<string, readonly ClaimedEvent[]>, now: number) {
    const names = [...lanes.keys()];
    const all = [...lanes.values()].flat();
    const first = [...lanes].map(([lane, [event]]) => ({ ...event!, lane }));
    const objects = first.filter(({ valid, objectId }) => valid === true && objectId !== '');
    const unproven = first.filter(({ valid }) => valid !== true);
    const begun = all.filter(({ state }) => state !== 'pending').map(({ seq }) => seq);
    const [recordRows, waitingRows, nearRows, mirrorRows, provenRows] = await readTogether(pool, [
      begun.length > 0 ? [records, [bigints(begun)]] : undefined,
      [waiting, [texts(names), now]],
      [near, FIRST.values(first)],
      objects.length > 0 ? [mirror, OBJECTS.values(objects)] : undefined,
      unproven.length > 0 ? [proven, UNPROVEN.values(unproven)] : undefined,
    ]);
    return {
      records: Map.groupBy(recordRows as ({ seq: number } & ClaimedEvent['records'][number])[], ({ seq }) => seq),
      waiting: Map.groupBy(waitingRows as ({ lane: string } & ClaimedLane['waiting'][number])[], ({ lane }) => lane),
      near: Map.groupBy(nearRows as ({ lane: string } & ClaimedLane['near'][number])[], ({ lane }) => lane),
      mirror: new Map((mirrorRows as ({ lane: string } & MirrorHead)[]).map((row) => [row.lane, row])),
      proven: new Map(
        (provenRows as { lane: string; payload: Uint8Array }[]).map(({ lane, payload }) => [lane, payload]),
      ),
    };
  }

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

    const around = await surroundings(lanes, now);
    const claimed = [...lanes].map(([lane, events]): ClaimedLane => {
      for (const event of events) event.records = (around.records.get(event.seq) ?? []).map(withoutSeq);
      if (events[0]!.valid !== true) events[0]!.proven = around.proven.get(lane);
      const own = new Set(events.map(({ seq }) => seq));
      return {
        lane,
        lease,
        events,
        waiting: (around.waiting.get(lane) ?? []).map(({ seq, created, handler, state }) => ({
          seq,
          created,
          handler,
          state,
        })),
        near: (around.near.get(lane) ?? []).filter(({ seq }) => !own.has(seq)),
        mirror: around.mirror.get(lane),
      };
    });
    return { again, lanes: claimed };
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
