import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  laneOf,
  MOST_MARKS,
  type EventDetail,
  type EventFilter,
  type HandlerRecord,
  type Marks,
  type Page,
  type RefusedDelivery,
  type StoredEvent,
} from '../store.ts';
import { pageOf, pageSize } from '../page.ts';

const COLUMNS = /* sql */ `
  seq, account, id, type, created, livemode, api_version AS apiVersion, object, object_id AS objectId, valid, proof,
  reason, state, ready_at AS readyAt, twin_of AS twinOf, deliveries, received_at AS receivedAt,
  last_received_at AS lastReceivedAt, finished_at AS finishedAt, redacted,
  NOT EXISTS (SELECT 1 FROM payloads WHERE payloads.seq = events.seq) AS pruned`;

// Each term implies the condition of a partial index where there is one, or SQLite would not use it.
const STATE_TERM = {
  pending: `state = 'pending'`,
  processing: `state = 'processing'`,
  retrying: `state = 'retrying'`,
  done: `state = 'done'`,
  dead: `state = 'dead'`,
  refused: `state = 'refused'`,
};

/** The reading side of events and refused deliveries. */
export function eventReads(db: DatabaseSync) {
  const records = db.prepare(/* sql */ `
    SELECT seq, handler, state, attempts, failures, next_at AS nextAt, late, error, updated_at AS updatedAt
    FROM handler_records WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq, updated_at, handler`);
  const one = db.prepare(/* sql */ `
    SELECT ${COLUMNS}, coalesce(body, x'') AS payload, verified FROM events LEFT JOIN payloads USING (seq)
    WHERE seq = coalesce(
      (SELECT seq FROM events WHERE id = :id AND valid = 1 AND account = coalesce(:account, account) LIMIT 1),
      (SELECT max(seq) FROM events
       WHERE id = :id AND (valid IS NULL OR valid = 0) AND account = coalesce(:account, account)))`);
  const refused = db.prepare(/* sql */ `
    SELECT seq, reason, detail, signature, size, body, received_at AS receivedAt
    FROM refused WHERE seq < ? ORDER BY seq DESC LIMIT ?`);

  function complete<Row extends EventRow>(rows: Row[]) {
    const all = records.all(JSON.stringify(rows.map(({ seq }) => seq))) as unknown as RecordRow[];
    const byEvent = Map.groupBy(all, ({ seq }) => seq);
    return rows.map((row) => ({
      ...row,
      livemode: flag(row.livemode),
      valid: flag(row.valid),
      redacted: row.redacted === null ? null : (JSON.parse(row.redacted) as string[]),
      pruned: row.pruned === 1,
      handlers: byEvent.get(row.seq)?.map(handlerRecord) ?? [],
    }));
  }

  return {
    listEvents(filter: EventFilter = {}): Page<StoredEvent> {
      const { where, values } = conditions(filter);
      const limit = pageSize(filter.limit);
      const rows = db.prepare(`SELECT ${COLUMNS} FROM events ${where} ORDER BY seq DESC LIMIT ?`);
      return pageOf(complete(rows.all(...values, limit + 1) as unknown as EventRow[]), limit, ({ seq }) => seq);
    },
    marks(filter: EventFilter, every: number, ahead = 0): Marks {
      const { where, values } = conditions(filter);
      const found = db.prepare(/* sql */ `
        SELECT count(*) AS total, json_group_array(seq + 1) FILTER (WHERE place % ? = 0 AND place < ?) AS marks
        FROM (SELECT seq, row_number() OVER (ORDER BY seq DESC) - 1 + ? AS place FROM events ${where})`);
      const { total, marks } = found.get(every, every * MOST_MARKS, ahead, ...values) as {
        total: number;
        marks: string;
      };
      return { total, marks: JSON.parse(marks) as number[], more: ahead + total > every * MOST_MARKS };
    },
    getEvent(id: string, account?: string): EventDetail | undefined {
      const row = one.get({ id, account: account ?? null }) as unknown as (EventRow & Payloads) | undefined;
      return row && complete([row])[0];
    },
    listRefused({ limit, before = Number.MAX_SAFE_INTEGER }: { limit?: number; before?: number } = {}) {
      const size = pageSize(limit);
      const rows = refused.all(before, size + 1) as unknown as RefusedDelivery[];
      return pageOf(rows, size, ({ seq }) => seq);
    },
  };
}

function conditions(filter: EventFilter): { where: string; values: SQLInputValue[] } {
  const terms: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (term: string, ...given: SQLInputValue[]): void => {
    terms.push(term);
    values.push(...given);
  };
  const {
    id,
    ids,
    seqs,
    type,
    state,
    valid,
    account,
    handler,
    object,
    objectId,
    since,
    until,
    text,
    copies,
    before,
    after,
  } = filter;
  if (id !== undefined) add('id = ?', id);
  if (ids !== undefined) add('id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  if (seqs !== undefined) add('seq IN (SELECT value FROM json_each(?))', JSON.stringify(seqs));
  // '/' is the character after '.', so this is every type under the prefix.
  if (type?.endsWith('.*')) add('type >= ? AND type < ?', type.slice(0, -1), `${type.slice(0, -2)}/`);
  else if (type !== undefined && type !== '*') add('type = ?', type);
  if (state !== undefined) add(STATE_TERM[state]);
  if (valid !== undefined) add('valid IS ?', valid === null ? null : Number(valid));
  if (account !== undefined) add('account = ?', account);
  if (handler !== undefined)
    add('EXISTS (SELECT 1 FROM handler_records r WHERE r.seq = events.seq AND r.handler = ?)', handler);
  if (account !== undefined && object !== undefined && objectId)
    add('lane = ?', laneOf({ account, object, objectId, id: '' }));
  if (object !== undefined) add('object = ?', object);
  if (objectId !== undefined) add('object_id = ?', objectId);
  if (since !== undefined) add('received_at >= ?', since);
  if (until !== undefined) add('received_at < ?', until);
  if (copies === false) add(`type <> 'paybell.copy'`);
  if (before !== undefined) add('seq < ?', before);
  if (after !== undefined) add('seq > ?', after);
  if (text !== undefined)
    add('EXISTS (SELECT 1 FROM payloads p WHERE p.seq = events.seq AND instr(p.body, CAST(? AS BLOB)) > 0)', text);
  return { where: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', values };
}

function handlerRecord(row: RecordRow): HandlerRecord {
  const { handler, state, attempts, failures, nextAt, late, error, updatedAt } = row;
  return { handler, state, attempts, failures, nextAt, late: late === 1, error, updatedAt };
}

const flag = (value: number | null): boolean | null => (value === null ? null : value === 1);

type EventRow = Omit<StoredEvent, 'livemode' | 'valid' | 'redacted' | 'pruned' | 'handlers'> & {
  redacted: string | null;
  pruned: number;
  livemode: number | null;
  valid: number | null;
};
type Payloads = Pick<EventDetail, 'payload' | 'verified'>;
type RecordRow = Omit<HandlerRecord, 'late'> & { seq: number; late: number };
