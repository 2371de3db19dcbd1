import type { Pool } from 'pg';
import { LANE_BATCH, TWIN_WINDOW, type ClaimedEvent, type ClaimedLane, type MirrorHead } from '../store.ts';
import { bigint, bigints, columns, text, texts } from './arrays.ts';
import { readTogether, withoutSeq, type Statement } from './query.ts';

const NEAR_LIMIT = 64;

/** What is read of an event that is claimed, from a table of events with the alias `e`. */
export const claimedColumns = (s: string): string => /* sql */ `
  e.seq, e.account, e.id, e.type, e.created, e.object, e.object_id AS "objectId", e.valid, e.proof, e.state, e.attempts,
  e.deliveries, e.received_at AS "receivedAt",
  (SELECT coalesce(verified, body) FROM ${s}.payloads p WHERE p.seq = e.seq) AS payload`;

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

/** Completes leased lanes with what is known around the events in hand. */
export function laneReads(pool: Pool, s: string) {
  const open = /* sql */ `e.state IN ('pending', 'processing', 'retrying')`;
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

  /** `now` tells what is due, and so in hand too, from what waits. */
  return async function around(
    lanes: ReadonlyMap<string, ClaimedEvent[]>,
    lease: number,
    now: number,
  ): Promise<ClaimedLane[]> {
    const known = await surroundings(lanes, now);
    return [...lanes].map(([lane, events]): ClaimedLane => {
      for (const event of events) event.records = (known.records.get(event.seq) ?? []).map(withoutSeq);
      if (events[0]!.valid !== true) events[0]!.proven = known.proven.get(lane);
      const own = new Set(events.map(({ seq }) => seq));
      const others = <Row extends { seq: number }>(rows: Row[] = []): Row[] => rows.filter(({ seq }) => !own.has(seq));
      return {
        lane,
        lease,
        events,
        waiting: others(known.waiting.get(lane)).map(({ seq, created, handler, state }) => ({
          seq,
          created,
          handler,
          state,
        })),
        near: others(known.near.get(lane)),
        mirror: known.mirror.get(lane),
      };
    });
  };
}

/** Before anything was due: whatever is open waits. */
export const NEVER = -1;
