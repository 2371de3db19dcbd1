import type { Pool, PoolClient } from 'pg';
import type { EventChange, LaneResult, RecordChange, Settled } from '../store.ts';
import { fencing, type Hold } from './fence.ts';
import { markAccounts, strongest } from './accounts.ts';
import { bigint, boolean, columns, integer, text } from './arrays.ts';
import { inOrder, mirrorInsert, mirrorRow, MIRROR, MIRROR_COLUMNS } from './mirror-row.ts';
import { Parameters } from './parameters.ts';
import { inTransaction, persistently, rows, runOn, type Statement, type Step } from './query.ts';
import { storable } from './text.ts';

type Change = EventChange & { finishedAt: number | null };

const CHANGES = columns<Change>({
  seq: bigint((row) => row.seq),
  state: text((row) => row.state),
  readyAt: bigint((row) => row.readyAt),
  twinOf: text((row) => row.twinOf),
  reason: text((row) => row.reason),
  finishedAt: bigint((row) => row.finishedAt),
});
const RECORDS = columns<RecordChange>({
  seq: bigint((row) => row.seq),
  handler: text((row) => row.handler),
  state: text((row) => row.state),
  attempts: integer((row) => row.attempts),
  failures: integer((row) => row.failures),
  nextAt: bigint((row) => row.nextAt),
  late: boolean((row) => row.late),
  error: text((row) => row.error),
  updatedAt: bigint((row) => row.updatedAt),
});

// A handler's done mark is final: it may have been committed by an attempt whose answer got lost with the connection.
const recordInsert = (s: string): string => /* sql */ `
      INSERT INTO ${s}.handler_records AS known
        (seq, handler, state, attempts, failures, next_at, late, error, updated_at)`;
const RECORD_VALUES = /* sql */ `seq, handler, state, attempts, failures, "nextAt", late, error, "updatedAt"`;
const RECORD_UPDATE = /* sql */ `
      ON CONFLICT (seq, handler) DO UPDATE SET
        state = excluded.state, attempts = excluded.attempts, failures = excluded.failures,
        next_at = excluded.next_at, late = excluded.late, error = excluded.error, updated_at = excluded.updated_at
      WHERE known.state <> 'done'`;

/** A claim on a lane, and the event that was taken up with it. */
const TAKEN = columns<Hold & { seq: number }>({
  lane: text((row) => row.lane),
  owner: text((row) => row.owner),
  lease: bigint((row) => row.lease),
  seq: bigint((row) => row.seq),
});

/** What results are written with, once their lanes are locked and known to be held. Each lane comes once. */
export function settleSteps(s: string): (results: readonly LaneResult<PoolClient>[]) => Step[] {
  const change: Statement = {
    name: 'paybell_settle_events',
    text: /* sql */ `
      UPDATE ${s}.events e SET state = c.state, ready_at = c."readyAt", twin_of = coalesce(c."twinOf", e.twin_of),
                               reason = coalesce(c.reason, e.reason), finished_at = c."finishedAt"
      FROM ${CHANGES.from('c')} WHERE e.seq = c.seq AND e.seq = ANY ($1::bigint[])`,
  };
  const record: Statement = {
    name: 'paybell_settle_records',
    text: /* sql */ `
      ${recordInsert(s)}
      SELECT ${RECORD_VALUES} FROM ${RECORDS.from('c')}
      ${RECORD_UPDATE}`,
  };
  const show: Statement = {
    name: 'paybell_settle_mirror',
    text: /* sql */ `
      ${mirrorInsert(s)}
      SELECT ${MIRROR_COLUMNS.values} FROM ${MIRROR.from('c')}
      ON CONFLICT (object, account, id) DO UPDATE SET ${MIRROR_COLUMNS.update}
      WHERE (known.event_id, known.created, known.ties, known.deleted, known.ambiguous, known.exact, known.doc)
        IS DISTINCT FROM (excluded.event_id, excluded.created, excluded.ties, excluded.deleted, excluded.ambiguous,
                          excluded.exact, excluded.doc)`,
  };
  const wake: Statement = {
    name: 'paybell_wake',
    text: /* sql */ `
      WITH woken AS MATERIALIZED (
        SELECT waiting.seq, given.now FROM jsonb_to_recordset($1::jsonb) AS given (lane text, now bigint)
        CROSS JOIN LATERAL (
          SELECT seq FROM ${s}.events e
          WHERE e.lane = given.lane AND e.state IN ('pending', 'processing', 'retrying') AND e.ready_at IS NULL
          OFFSET 0 -- lane by lane, whatever the planner thinks
        ) AS waiting
      )
      UPDATE ${s}.events e SET ready_at = (SELECT now FROM woken WHERE woken.seq = e.seq)
      WHERE seq = ANY (ARRAY(SELECT seq FROM woken))`,
  };
  const masked: Statement = {
    name: 'paybell_mask',
    text: /* sql */ `
      WITH shown AS (UPDATE ${s}.payloads SET body = $2, verified = NULL WHERE seq = $1)
      UPDATE ${s}.events SET redacted = $3 WHERE seq = $1`,
  };
  const accounts = markAccounts(s);
  const { release } = fencing(s);

  return (results) => {
    const changes = results.flatMap(eventRows).toSorted((a, b) => a.seq - b.seq);
    const records = recordsOf(results);
    const mirrors = inOrder(results.flatMap(({ mirror, now }) => (mirror ? [mirrorRow(mirror, now)] : [])));
    const marks = strongest(results.flatMap(({ accounts = [] }) => accounts));
    const masks = results.flatMap(({ payloads = [] }) => payloads);
    const woken = results.filter(({ wake }) => wake).map(({ lane, now }) => ({ lane, now }));
    const released = results.filter(({ release }) => release).map(({ lane }) => lane);
    return [
      // Each by itself: the mirror has many indexes, which a statement that may write to it opens each time.
      ...(changes.length > 0 ? [[change, CHANGES.values(changes)] as const] : []),
      ...(records.length > 0 ? [[record, RECORDS.values(records)] as const] : []),
      ...(mirrors.length > 0 ? [[show, MIRROR.values(mirrors)] as const] : []),
      ...(marks.length > 0 ? [[accounts, [rows(marks)]] as const] : []),
      ...masks.map(
        ({ seq, payload, fields }) => [masked, [seq, Buffer.from(payload), JSON.stringify(fields)]] as const,
      ),
      ...(woken.length > 0 ? [[wake, [rows(woken)]] as const] : []),
      ...(released.length > 0 ? [release(released)] : []),
    ];
  };
}

/** Commits what work on lanes has come to, without effects. */
export function settling(pool: Pool, s: string) {
  const { lock } = fencing(s);
  const stepsOf = settleSteps(s);
  // A lane that somebody writes to meanwhile is looked at again when he has committed: if there is more in it by then,
  // it stays, and is settled like any other.
  const finish: Statement = {
    name: 'paybell_finish',
    text: /* sql */ `
      WITH gone AS (
        DELETE FROM ${s}.lanes
        WHERE lane = ANY ($1::text[]) AND NOT more
          AND ((lane, owner, lease, taken) IN (SELECT lane, owner, lease, seq FROM ${TAKEN.from('c')})) IS TRUE
        RETURNING lane, taken
      ), records AS (
        ${recordInsert(s)}
        SELECT ${RECORD_VALUES} FROM ${RECORDS.from('c', TAKEN.count + 1)}
        WHERE (seq IN (SELECT taken FROM gone)) IS TRUE
        ${RECORD_UPDATE}
      )
      SELECT lane FROM gone`,
  };

  /** Ends the work on events that were taken up when they were stored; answers the lanes that this was all of. */
  async function finished(results: readonly LaneResult<PoolClient>[]): Promise<Set<string>> {
    if (results.length === 0) return new Set();
    const taken = results
      .map(({ lane, owner, lease, events }) => ({ lane, owner, lease, seq: events[0]!.seq }))
      .toSorted((a, b) => (a.lane < b.lane ? -1 : 1));
    const parameters = new Parameters(TAKEN.part(taken), RECORDS.part(recordsOf(results)));
    const gone = await persistently(() => runOn(pool)<{ lane: string }>(finish, parameters));
    return new Set(gone.map(({ lane }) => lane));
  }

  /** Writes what the others have come to. */
  async function settleRest(results: readonly LaneResult<PoolClient>[]): Promise<Set<string>> {
    if (results.length === 0) return new Set();
    return persistently(() =>
      inTransaction(pool, async (run) => {
        const held = await lock(run, results);
        return { result: held, last: stepsOf(results.filter(({ lane }) => held.has(lane))) };
      }),
    );
  }

  // What is only finished needs one statement, which is one round trip and one commit. Should the rest fail after it,
  // that is found lost when everything is tried again: it is in order, and nothing else was to be done.
  async function settleOnce(results: readonly LaneResult<PoolClient>[]): Promise<Settled[]> {
    const gone = await finished(results.filter(isFinished));
    const held = await settleRest(results.filter(({ lane }) => !gone.has(lane)));
    return results.map(({ lane }) => ({ outcome: gone.has(lane) || held.has(lane) ? 'settled' : 'lost' }));
  }
  return async function settle(results: readonly LaneResult<PoolClient>[]): Promise<Settled[]> {
    if (new Set(results.map(({ lane }) => lane)).size === results.length) return settleOnce(results);
    // A statement writes to a lane once, so a lane that comes twice is written twice.
    const settled: Settled[] = [];
    for (const result of results) settled.push(...(await settleOnce([result])));
    return settled;
  };
}

/** The last change of each event: a statement changes a row once. */
function eventRows({ now, events }: LaneResult<PoolClient>): Change[] {
  const last = new Map<number, LaneResult['events'][number]>();
  for (const change of events) {
    const { twinOf, reason } = last.get(change.seq) ?? {};
    last.set(change.seq, { ...change, twinOf: change.twinOf ?? twinOf, reason: change.reason ?? reason });
  }
  return [...last.values()].map(({ seq, state, readyAt, twinOf, reason }) => ({
    seq,
    state,
    readyAt,
    twinOf,
    reason: reason == null ? null : storable(reason),
    finishedAt: state === 'done' || state === 'dead' ? now : null,
  }));
}

/** Whether a result says no more than that an event is done: whatever is quick is only that. */
function isFinished(result: LaneResult<PoolClient>): boolean {
  const { mirror, events, records, accounts, payloads, wake, release } = result;
  if (!release || wake || mirror || events.length !== 1 || accounts?.length || payloads?.length) return false;
  const { seq, state, twinOf, reason } = events[0]!;
  if (state !== 'done' || twinOf != null || reason != null) return false;
  // Their marks tell when it was done.
  return records.length > 0 && records.every((record) => record.seq === seq);
}

const recordsOf = (results: readonly LaneResult<PoolClient>[]): RecordChange[] =>
  results.flatMap(recordRows).toSorted((a, b) => a.seq - b.seq);

/** The last record of each handler and event. */
function recordRows({ records }: LaneResult<PoolClient>): RecordChange[] {
  const last = new Map(records.map((record) => [`${record.seq} ${record.handler}`, record]));
  return [...last.values()].map((record) => ({
    ...record,
    error: record.error === null ? null : storable(record.error),
  }));
}
