import type { Pool } from 'pg';
import type { ClaimedEvent, EventState, HandlerState, Lease, Reopened, ReopenedLanes, Reopening } from '../store.ts';
import { fencing } from './fence.ts';
import { inTransaction, persistently, rows, type Statement } from './query.ts';
import { claimedColumns, laneReads, NEVER } from './read-lane.ts';

/** Lets handlers run again. */
export function reopening(pool: Pool, s: string) {
  const { opening, release } = fencing(s);
  const around = laneReads(pool, s);
  // The lanes are locked before their events, as everywhere.
  const take: Statement = {
    name: 'paybell_reopen_take',
    text: /* sql */ `
      INSERT INTO ${s}.lanes AS known (lane, owner, lease, due_at)
      SELECT DISTINCT lane, $2, $3::bigint, $5::bigint FROM ${s}.events
      WHERE seq = ANY ($1::bigint[]) AND valid AND state <> 'refused' ORDER BY lane
      ON CONFLICT (lane) DO UPDATE SET owner = excluded.owner, lease = excluded.lease, due_at = excluded.due_at
      WHERE known.owner IS NULL OR known.due_at <= $4
      RETURNING lane, taken IS NOT NULL AS left`,
  };
  // Locked, so that none of them is pruned meanwhile.
  const look: Statement = {
    name: 'paybell_reopen_look',
    text: /* sql */ `
      SELECT e.lane, ${claimedColumns(s)},
             (SELECT json_object_agg(handler, state) FROM ${s}.handler_records r WHERE r.seq = e.seq) AS handlers
      FROM ${s}.events e WHERE e.seq = ANY ($1::bigint[]) AND e.valid
      ORDER BY e.seq FOR UPDATE OF e`,
  };
  const record: Statement = {
    name: 'paybell_reopen_records',
    text: /* sql */ `
      WITH change AS (
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (seq bigint, handler text, skip boolean)
      ), skipped AS (
        INSERT INTO ${s}.handler_records (seq, handler, state, attempts, failures, late, error, updated_at)
        SELECT seq, handler, 'skipped', 0, 0, false, 'not part of the replay', $2 FROM change WHERE skip
        ON CONFLICT (seq, handler) DO NOTHING
      )
      INSERT INTO ${s}.handler_records (seq, handler, state, attempts, failures, late, updated_at)
      SELECT seq, handler, 'pending', 0, 0, false, $2 FROM change WHERE NOT skip
      ON CONFLICT (seq, handler) DO UPDATE SET
        state = 'pending', attempts = 0, failures = 0, next_at = NULL, late = false, error = NULL,
        updated_at = excluded.updated_at`,
  };
  const open: Statement = {
    name: 'paybell_reopen',
    text: /* sql */ `
      UPDATE ${s}.events SET state = 'processing', ready_at = $2, finished_at = NULL WHERE seq = ANY ($1::bigint[])`,
  };

  async function reopenOnce(changes: readonly Reopening[], { owner, lease, now, until }: Lease): Promise<Opened> {
    return inTransaction(pool, async (run) => {
      const seqs = changes.map(({ seq }) => seq);
      const taken = await run<{ lane: string; left: boolean }>(take, [seqs, owner, lease, now, until]);
      // What a dead owner had in hand is an open event like any other first.
      const left = taken.filter((row) => row.left).map(({ lane }) => lane);
      if (left.length > 0) await run(...opening(left));
      const found = new Map((await run<Found>(look, [seqs])).map((row) => [row.seq, row]));
      const mine = new Set(taken.map(({ lane }) => lane));
      const outcomes = seqs.map((seq, i) => outcomeOf(changes[i]!, found.get(seq), mine));
      const opened = changes.filter((_, i) => outcomes[i] === 'reopened');
      const records = opened.flatMap(({ seq, reset, skip }) => [
        ...reset.map((handler) => ({ seq, handler, skip: false })),
        // A handler that has an open event before it is left to it.
        ...(isFinished(found.get(seq)!) ? skip : []).map((handler) => ({ seq, handler, skip: true })),
      ]);
      const lanes = Map.groupBy(
        opened.map(({ seq }) => found.get(seq)!).toSorted((a, b) => a.created - b.created || a.seq - b.seq),
        ({ lane }) => lane,
      );
      const idle = [...mine].filter((lane) => !lanes.has(lane));
      return {
        result: { outcomes, lanes },
        last: [[record, [rows(records), now]], [open, [opened.map(({ seq }) => seq), now]], release(idle)],
      };
    });
  }

  return async function reopen(changes: readonly Reopening[], lease: Lease): Promise<ReopenedLanes> {
    const { outcomes, lanes: found } = await persistently(() => reopenOnce(changes, lease));
    const events = new Map(
      [...found].map(([lane, rows]) => [lane, rows.map((row): ClaimedEvent => ({ ...withoutLane(row), records: [] }))]),
    );
    return { outcomes, lanes: events.size > 0 ? await around(events, lease.lease, NEVER) : [] };
  };
}

function withoutLane({ lane, handlers, ...event }: Found): Omit<ClaimedEvent, 'records'> {
  void [lane, handlers];
  return event;
}

function stands({ reset, was }: Reopening, { state, handlers }: Found): boolean {
  if (!was) return true;
  if (state !== was.state) return false;
  return was.reset === undefined || reset.every((handler) => handlers?.[handler] === was.reset);
}

type Found = Omit<ClaimedEvent, 'records'> & { lane: string; handlers: Record<string, HandlerState> | null };
type Opened = { outcomes: Reopened[]; lanes: Map<string, Found[]> };

const isFinished = ({ state }: { state: EventState }): boolean => state === 'done' || state === 'dead';

function outcomeOf(change: Reopening, found: Found | undefined, mine: ReadonlySet<string>): Reopened {
  if (!found || found.state === 'refused') return 'unknown';
  if (!found.payload) return 'pruned';
  if (found.state === 'pending') return 'waiting';
  if (!mine.has(found.lane)) return 'busy';
  return stands(change, found) ? 'reopened' : 'changed';
}
