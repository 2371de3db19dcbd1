import type { Pool } from 'pg';
import type { Reopened, Reopening } from '../store.ts';
import { dueAgain } from './fence.ts';
import { inTransaction, persistently, rows, type Statement } from './query.ts';

/** Lets handlers run again. */
export function reopening(pool: Pool, s: string) {
  const open = /* sql */ `state IN ('pending', 'processing', 'retrying')`;
  const lock: Statement = {
    name: 'paybell_reopen_lock',
    text: /* sql */ `
      SELECT lane FROM ${s}.lanes WHERE lane = ANY (ARRAY(SELECT lane FROM ${s}.events WHERE seq = ANY ($1::bigint[])))
      ORDER BY lane FOR UPDATE`,
  };
  const lockEvents: Statement = {
    name: 'paybell_reopen_lock_events',
    text: /* sql */ `SELECT seq FROM ${s}.events WHERE seq = ANY ($1::bigint[]) ORDER BY seq FOR UPDATE`,
  };
  const look: Statement = {
    name: 'paybell_reopen_look',
    text: /* sql */ `
      SELECT e.seq, CASE WHEN l.taken = e.seq THEN 'processing' ELSE e.state END AS state, l.owner,
             (SELECT seq FROM ${s}.payloads p WHERE p.seq = e.seq) IS NOT NULL AS payload
      FROM ${s}.events e
      LEFT JOIN LATERAL (SELECT taken, owner FROM ${s}.lanes l WHERE l.lane = e.lane OFFSET 0) AS l ON true
      WHERE e.seq = ANY ($1::bigint[]) AND e.valid`,
  };
  const record: Statement = {
    name: 'paybell_reopen_records',
    text: /* sql */ `
      WITH change AS (
        SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (seq bigint, handler text, skip boolean, now bigint)
      ), skipped AS (
        INSERT INTO ${s}.handler_records (seq, handler, state, attempts, failures, late, error, updated_at)
        SELECT seq, handler, 'skipped', 0, 0, false, 'not part of the replay', now FROM change WHERE skip
        ON CONFLICT (seq, handler) DO NOTHING
      )
      INSERT INTO ${s}.handler_records (seq, handler, state, attempts, failures, late, updated_at)
      SELECT seq, handler, 'pending', 0, 0, false, now FROM change WHERE NOT skip
      ON CONFLICT (seq, handler) DO UPDATE SET
        state = 'pending', attempts = 0, failures = 0, next_at = NULL, late = false, error = NULL,
        updated_at = excluded.updated_at`,
  };
  const reopened: Statement = {
    name: 'paybell_reopen',
    text: /* sql */ `
      WITH opened AS (
        UPDATE ${s}.events SET state = 'processing', ready_at = $2, finished_at = NULL
        WHERE seq = ANY ($1::bigint[]) RETURNING lane
      )
      INSERT INTO ${s}.lanes AS known (lane, due_at) SELECT DISTINCT lane, $2::bigint FROM opened ORDER BY lane
      ${dueAgain}`,
  };
  // The lanes are locked before their events, as everywhere; one that is leased is looked at when it is given back.
  const due: Statement = {
    name: 'paybell_let_go_lanes',
    text: /* sql */ `
      INSERT INTO ${s}.lanes AS known (lane, due_at)
      SELECT DISTINCT lane, $2::bigint FROM ${s}.events
      WHERE ${open} AND ready_at = $1 AND lane > $3 ORDER BY lane LIMIT $4
      ${dueAgain}
      RETURNING lane`,
  };
  const letGoEvents: Statement = {
    name: 'paybell_let_go',
    text: /* sql */ `
      UPDATE ${s}.events SET ready_at = $2 WHERE lane = ANY ($3::text[]) AND ${open} AND ready_at = $1`,
  };

  async function reopenOnce(changes: readonly Reopening[], hold: number): Promise<Reopened[]> {
    return inTransaction(pool, async (run) => {
      const seqs = changes.map(({ seq }) => seq);
      await run(lock, [seqs]);
      // So that none of them is pruned meanwhile.
      await run(lockEvents, [seqs]);
      const found = new Map((await run<Found>(look, [seqs])).map((row) => [row.seq, row]));
      const outcomes = seqs.map((seq) => outcomeOf(found.get(seq)));
      const records = changes.flatMap(({ seq, reset, skip, now }, i) => {
        if (outcomes[i] !== 'reopened') return [];
        // A handler that has an open event before it is left to it.
        const skipped = isFinished(found.get(seq)!) ? skip : [];
        return [
          ...reset.map((handler) => ({ seq, handler, skip: false, now })),
          ...skipped.map((handler) => ({ seq, handler, skip: true, now })),
        ];
      });
      const opened = seqs.filter((_, i) => outcomes[i] === 'reopened');
      return {
        result: outcomes,
        last: [
          [record, [rows(records)]],
          [reopened, [opened, hold]],
        ],
      };
    });
  }

  return {
    reopen: (changes: readonly Reopening[], hold: number) => persistently(() => reopenOnce(changes, hold)),
    letGo(options: { hold: number; now: number; after: string; limit: number }): Promise<string | null> {
      const { hold, now, after, limit } = options;
      return persistently(() =>
        inTransaction(pool, async (run) => {
          const lanes = (await run<{ lane: string }>(due, [hold, now, after, limit])).map(({ lane }) => lane);
          return { result: lanes.at(-1) ?? null, last: [[letGoEvents, [hold, now, lanes]]] };
        }),
      );
    },
  };
}

type Found = { seq: number; state: string; owner: string | null; payload: boolean };

const isFinished = ({ state }: Found): boolean => state === 'done' || state === 'dead';

function outcomeOf(found: Found | undefined): Reopened {
  if (!found || found.state === 'refused') return 'unknown';
  if (!found.payload) return 'pruned';
  if (found.state === 'pending') return 'waiting';
  // Whoever has a finished event's object in hand never writes to that event again; of an open one he would.
  return isFinished(found) || found.owner === null ? 'reopened' : 'busy';
}
