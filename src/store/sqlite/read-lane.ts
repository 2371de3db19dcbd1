import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import { LANE_BATCH, TWIN_WINDOW, type ClaimedEvent, type ClaimedLane, type MirrorHead } from '../store.ts';

const NEAR_LIMIT = 64;
const COLUMNS = /* sql */ `
  seq, account, id, type, created, object, object_id AS objectId, valid, proof, state, attempts, deliveries,
  received_at AS receivedAt, coalesce(verified, body) AS payload`;

/** Reads what is to be done in leased lanes. */
export function laneReads(db: DatabaseSync) {
  const due = db.prepare(/* sql */ `
    SELECT ${COLUMNS} FROM events JOIN payloads USING (seq)
    WHERE lane = ? AND ${isOpen()} AND ready_at <= ?
    ORDER BY created, seq LIMIT ${LANE_BATCH}`);
  const chosen = db.prepare(/* sql */ `
    SELECT ${COLUMNS} FROM events JOIN payloads USING (seq)
    WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY created, seq`);
  const records = db.prepare(/* sql */ `
    SELECT handler, state, attempts, failures, next_at AS nextAt FROM handler_records WHERE seq = ?`);
  const waiting = db.prepare(/* sql */ `
    SELECT e.seq, e.created, r.handler, r.state
    FROM events e JOIN handler_records r USING (seq)
    WHERE e.lane = ? AND ${isOpen('e')} AND r.state IN ('pending', 'retrying', 'dead')
      AND (e.ready_at IS NULL OR e.ready_at > ?)
    UNION ALL
    SELECT e.seq, e.created, r.handler, r.state
    FROM events e JOIN handler_records r USING (seq)
    WHERE e.lane = ? AND e.state = 'dead' AND r.state = 'dead'`);
  // Most objects have few events. When all of them are in hand no other can be waiting.
  const upTo = db.prepare('SELECT count(*) AS events FROM (SELECT 1 FROM events WHERE lane = ? LIMIT ?)');
  const near = db.prepare(/* sql */ `
    SELECT seq, type, created, state FROM events
    WHERE lane = ? AND created >= ? ORDER BY created DESC LIMIT ${NEAR_LIMIT + LANE_BATCH}`);
  const mirror = db.prepare(/* sql */ `
    SELECT json, created, ties, deleted, ambiguous FROM mirror WHERE object = ? AND account = ? AND id = ?`);
  const proven = db.prepare(/* sql */ `
    SELECT coalesce(verified, body) AS payload FROM events JOIN payloads USING (seq)
    WHERE id = ? AND account = ? AND valid = 1`);

  /** A lane with these events in hand; `now` tells those that are due, and so in hand too, from those that wait. */
  function around(lane: string, lease: number, ready: ClaimedEvent[], now: number): ClaimedLane {
    const first = ready[0]!;
    const isProven = first.valid === true;
    if (!isProven) first.proven = (proven.get(first.id, first.account) as { payload: Uint8Array } | undefined)?.payload;
    const others = <Row extends { seq: number }>(rows: Row[]): Row[] =>
      rows.filter(({ seq }) => ready.every((own) => own.seq !== seq));
    const neighbours = others(near.all(lane, first.created - TWIN_WINDOW) as ClaimedLane['near']);
    const alone = neighbours.length === 0 && countUpTo(lane, ready.length + 1) === ready.length;
    return {
      lane,
      lease,
      events: ready,
      waiting: alone ? [] : others(waiting.all(lane, now, lane) as ClaimedLane['waiting']),
      near: neighbours,
      mirror: isProven && first.objectId !== '' ? readMirror(first) : undefined,
    };
  }

  const countUpTo = (lane: string, limit: number): number => (upTo.get(lane, limit) as { events: number }).events;

  function claimedEvent(row: EventRow): ClaimedEvent {
    const valid = row.valid === null ? null : row.valid === 1;
    const isNew = row.state === 'pending';
    return { ...row, valid, records: isNew ? [] : (records.all(row.seq) as unknown as ClaimedEvent['records']) };
  }

  function readMirror({ object, account, objectId }: ClaimedEvent): MirrorHead | undefined {
    const row = mirror.get(object, account, objectId) as MirrorRow | undefined;
    return row && { ...row, deleted: row.deleted === 1, ambiguous: row.ambiguous === 1 };
  }

  return {
    /** A lane with what is due in it; undefined when nothing is. */
    whatIsDue(lane: string, lease: number, now: number): ClaimedLane | undefined {
      const ready = due.all(lane, now).map((row) => claimedEvent(row as EventRow));
      return ready.length > 0 ? around(lane, lease, ready, now) : undefined;
    },
    /** A lane with just these events of it, whatever else is due. */
    only(seqs: readonly number[], lane: string, lease: number): ClaimedLane {
      const ready = chosen.all(JSON.stringify(seqs)).map((row) => claimedEvent(row as EventRow));
      return around(lane, lease, ready, NEVER);
    },
  };
}

/** Before anything was due: whatever is open waits. */
const NEVER = -1;

type EventRow = Omit<ClaimedEvent, 'valid' | 'records' | 'proven' | 'json'> & { valid: number | null };
type MirrorRow = Omit<MirrorHead, 'deleted' | 'ambiguous'> & { deleted: number; ambiguous: number };
