import type { Pool } from 'pg';
import {
  laneOf,
  MOST_MARKS,
  type EventDetail,
  type EventFilter,
  type EventState,
  type HandlerRecord,
  type Marks,
  type Page,
  type RefusedDelivery,
  type StoredEvent,
} from '../store.ts';
import { pageOf, pageSize } from '../page.ts';
import { runOn, withoutSeq, type Statement } from './query.ts';

/** Whether an event is in hand since it was stored, whatever its row says. */
const inHand = (s: string): string =>
  /* sql */ `(SELECT l.taken FROM ${s}.lanes l WHERE l.lane = events.lane) IS NOT DISTINCT FROM events.seq`;

const columns = (s: string): string => /* sql */ `
  seq, account, id, type, created, livemode, api_version AS "apiVersion", object, object_id AS "objectId", valid, proof,
  reason, CASE WHEN ${inHand(s)} THEN 'processing' ELSE state END AS state,
  CASE WHEN ${inHand(s)} THEN received_at ELSE ready_at END AS "readyAt", twin_of AS "twinOf", deliveries, received_at AS "receivedAt",
  last_received_at AS "lastReceivedAt", finished_at AS "finishedAt", redacted,
  (SELECT p.seq FROM ${s}.payloads p WHERE p.seq = events.seq) IS NULL AS pruned`;

// Each term repeats the condition of a partial index where there is one, or PostgreSQL would not use it.
const stateTerm = (s: string): Record<EventState, string> => ({
  pending: `state IN ('pending', 'processing', 'retrying') AND state = 'pending'`,
  processing: `(state IN ('pending', 'processing', 'retrying') AND state = 'processing'
               OR seq = ANY (ARRAY(SELECT taken FROM ${s}.lanes WHERE taken IS NOT NULL)))`,
  retrying: `state IN ('pending', 'processing', 'retrying') AND state = 'retrying'`,
  done: `(state = 'done' AND NOT ${inHand(s)})`,
  dead: `state = 'dead'`,
  refused: `state = 'refused'`,
});

/** The reading side of events and refused deliveries. */
export function eventReads(pool: Pool, s: string) {
  const run = runOn(pool);
  const records: Statement = {
    name: 'paybell_records',
    text: /* sql */ `
      SELECT seq, handler, state, attempts, failures, next_at AS "nextAt", late, error, updated_at AS "updatedAt"
      FROM ${s}.handler_records WHERE seq = ANY ($1::bigint[]) ORDER BY seq, updated_at, handler`,
  };
  const one: Statement = {
    name: 'paybell_event',
    text: /* sql */ `
      SELECT ${columns(s)}, coalesce((SELECT body FROM ${s}.payloads p WHERE p.seq = events.seq), '') AS payload,
             (SELECT verified FROM ${s}.payloads p WHERE p.seq = events.seq) AS verified
      FROM ${s}.events
      WHERE seq = coalesce(
        (SELECT seq FROM ${s}.events WHERE id = $1 AND valid AND account = coalesce($2, account) LIMIT 1),
        (SELECT max(seq) FROM ${s}.events WHERE id = $1 AND valid IS NOT TRUE AND account = coalesce($2, account)))`,
  };
  const refused: Statement = {
    name: 'paybell_refused',
    text: /* sql */ `
      SELECT seq, reason, detail, signature, size, body, received_at AS "receivedAt"
      FROM ${s}.refused WHERE seq < $1 ORDER BY seq DESC LIMIT $2`,
  };

  async function complete<Row extends Omit<StoredEvent, 'handlers'>>(rows: Row[]) {
    const all = await run<{ seq: number } & HandlerRecord>(records, [rows.map(({ seq }) => seq)]);
    const byEvent = Map.groupBy(all, ({ seq }) => seq);
    return rows.map((row) => {
      const handlers = (byEvent.get(row.seq) ?? []).map(withoutSeq);
      // Of one that was never written again after it was stored, its handlers' marks tell when it was done.
      const finishedAt = row.state === 'done' ? (row.finishedAt ?? handlers.at(-1)?.updatedAt ?? null) : row.finishedAt;
      return { ...row, finishedAt, handlers };
    });
  }

  return {
    async listEvents(filter: EventFilter = {}): Promise<Page<StoredEvent>> {
      const { where, values } = conditions(filter, s);
      const limit = pageSize(filter.limit);
      // As many texts as there are combinations of filters: not worth a name.
      const text = `SELECT ${columns(s)} FROM ${s}.events ${where} ORDER BY seq DESC LIMIT ${limit + 1}`;
      const found = await run<Omit<StoredEvent, 'handlers'>>({ name: '', text }, values);
      return pageOf(await complete(found), limit, ({ seq }) => seq);
    },
    async marks(filter: EventFilter, every: number, ahead = 0): Promise<Marks> {
      const { where, values } = conditions(filter, s);
      const [size, most, before] = [1, 2, 3].map((i) => `$${values.length + i}::bigint`);
      const text = /* sql */ `
        SELECT count(*) AS total,
               coalesce(json_agg(seq + 1 ORDER BY seq DESC) FILTER (WHERE place % ${size} = 0 AND place < ${most}), '[]') AS marks
        FROM (SELECT seq, row_number() OVER (ORDER BY seq DESC) - 1 + ${before} AS place FROM ${s}.events ${where}) AS placed`;
      const [found] = await run<Omit<Marks, 'more'>>({ name: '', text }, [...values, every, every * MOST_MARKS, ahead]);
      return { ...found!, more: ahead + found!.total > every * MOST_MARKS };
    },
    async getEvent(id: string, account?: string): Promise<EventDetail | undefined> {
      const found = await run<Omit<EventDetail, 'handlers'>>(one, [id, account ?? null]);
      return (await complete(found))[0];
    },
    async listRefused({ limit, before = Number.MAX_SAFE_INTEGER }: { limit?: number; before?: number } = {}) {
      const size = pageSize(limit);
      const found = await run<RefusedDelivery & Record<string, unknown>>(refused, [before, size + 1]);
      return pageOf<RefusedDelivery, number>(found, size, ({ seq }) => seq);
    },
  };
}

/** Two indexes have the ids, one of the proven events and one of the others: both are asked for the few that match. */
const byId = (s: string): string => /* sql */ `seq = ANY (ARRAY(
  SELECT seq FROM ${s}.events WHERE id = ANY (?::text[]) AND valid
  UNION ALL SELECT seq FROM ${s}.events WHERE id = ANY (?::text[]) AND valid IS NOT TRUE))`;

function conditions(filter: EventFilter, s: string): { where: string; values: unknown[] } {
  const terms: string[] = [];
  const values: unknown[] = [];
  const add = (term: string, ...given: unknown[]): void => {
    terms.push(term.replaceAll('?', () => `$${values.push(given.shift())}`));
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
  if (id !== undefined) add(byId(s), [id], [id]);
  if (ids !== undefined) add(byId(s), ids, ids);
  if (seqs !== undefined) add('seq = ANY (?::bigint[])', seqs);
  // '/' is the character after '.', so this is every type under the prefix.
  if (type?.endsWith('.*')) add('type >= ? AND type < ?', type.slice(0, -1), `${type.slice(0, -2)}/`);
  else if (type !== undefined && type !== '*') add('type = ?', type);
  if (state !== undefined) add(stateTerm(s)[state]);
  if (valid !== undefined) add('valid IS NOT DISTINCT FROM ?::boolean', valid);
  if (account !== undefined) add('account = ?', account);
  if (handler !== undefined)
    add(`EXISTS (SELECT FROM ${s}.handler_records r WHERE r.seq = events.seq AND r.handler = ?)`, handler);
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
    add(
      `EXISTS (SELECT FROM ${s}.payloads p WHERE p.seq = events.seq AND position(? IN p.body) > 0)`,
      Buffer.from(text),
    );
  return { where: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', values };
}
