import type { Pool } from 'pg';
import { COLUMNS as TYPED } from '../../stripe/columns.gen.ts';
import { indexedColumn } from '../columns.ts';
import { pageOf, pageSize } from '../page.ts';
import {
  EVENT_STATES,
  type MirrorFilter,
  type MirrorObject,
  type NamingFilter,
  type Page,
  type StoreCounts,
} from '../store.ts';
import { runOn, type Statement } from './query.ts';
import { expression, text } from './views.ts';

const COLUMNS = /* sql */ `
  object, account, id, coalesce(exact, doc::text) AS json, event_id AS "eventId", created, deleted, ambiguous,
  updated_at AS "updatedAt"`;

/** The reading side of the mirror, and totals. */
export function mirrorReads(pool: Pool, s: string) {
  const run = runOn(pool);
  const one: Statement = {
    name: 'paybell_object',
    text: /* sql */ `SELECT ${COLUMNS} FROM ${s}.mirror WHERE object = $1 AND account = $2 AND id = $3`,
  };
  const list: Statement = {
    name: 'paybell_objects',
    text: /* sql */ `
      SELECT ${COLUMNS} FROM ${s}.mirror
      WHERE (object, account, id) > ($1, $2, $3) AND ($4::text IS NULL OR account = $4)
      ORDER BY object, account, id LIMIT $5`,
  };
  const listOne: Statement = {
    name: 'paybell_objects_of_type',
    text: /* sql */ `
      SELECT ${COLUMNS} FROM ${s}.mirror
      WHERE object = $1 AND (account, id) > ($2, $3) AND ($4::text IS NULL OR account = $4)
      ORDER BY account, id LIMIT $5`,
  };
  const types: Statement = {
    name: 'paybell_object_types',
    text: /* sql */ `SELECT object, count(*) AS count FROM ${s}.mirror GROUP BY object ORDER BY object`,
  };
  const states: Statement = {
    name: 'paybell_states',
    text: /* sql */ `
      SELECT state, count(*) AS count FROM ${s}.events
      WHERE state IN ('pending', 'processing', 'retrying') GROUP BY state
      UNION ALL SELECT 'processing', count(*) FROM ${s}.lanes WHERE taken IS NOT NULL
      UNION ALL SELECT 'dead', count(*) FROM ${s}.events WHERE state = 'dead'
      UNION ALL SELECT 'refused', count(*) FROM ${s}.events WHERE state = 'refused'`,
  };
  const totals: Statement = {
    name: 'paybell_totals',
    text: /* sql */ `
      SELECT (SELECT count(*) FROM ${s}.events) AS events, (SELECT count(*) FROM ${s}.refused) AS refused,
             (SELECT count(*) FROM ${s}.mirror) AS objects`,
  };

  return {
    async getObject(object: string, id: string, account = ''): Promise<MirrorObject | undefined> {
      const [row] = await run<Row>(one, [object, account, id]);
      return row && compact(row);
    },
    async listObjects({ object, account, after, limit }: MirrorFilter = {}): Promise<Page<MirrorObject, string>> {
      const size = pageSize(limit);
      const [afterObject, afterAccount, afterId] = after === undefined ? ['', '', ''] : parseCursor(after);
      const values = [object ?? afterObject, afterAccount, afterId, account ?? null, size + 1];
      const found = await run<Row>(object === undefined ? list : listOne, values);
      return pageOf(found.map(compact), size, (row) => JSON.stringify([row.object, row.account, row.id]));
    },
    async objectsNaming({ object, field, id, account, limit }: NamingFilter): Promise<string[]> {
      const column = expression(field, indexedColumn(TYPED, object, field));
      // The type stands in it as text, or PostgreSQL would not use the partial index in every plan.
      const statement = /* sql */ `
        SELECT id FROM ${s}.mirror
        WHERE object = ${text(object)} AND (${column}) = $1 AND account = $2 AND NOT deleted LIMIT $3`;
      const found = await run<{ id: string }>({ name: '', text: statement }, [id, account, limit]);
      return found.map((row) => row.id);
    },
    async objectTypes(): Promise<Record<string, number>> {
      const found = await run<{ object: string; count: number }>(types);
      return Object.fromEntries(found.map(({ object, count }) => [object, count]));
    },
    async counts(): Promise<StoreCounts> {
      const events = Object.fromEntries(EVENT_STATES.map((state) => [state, 0])) as StoreCounts['events'];
      for (const { state, count } of await run<{ state: keyof typeof events; count: number }>(states))
        events[state] += count;
      const [total] = await run<{ events: number } & Omit<StoreCounts, 'events'>>(totals);
      const { refused, objects } = total!;
      // Counting what is done would read every row; the rest is few.
      events.done = total!.events - Object.values(events).reduce((sum, count) => sum + count, 0);
      return { events, refused, objects };
    },
  };
}

type Row = MirrorObject & Record<string, unknown>;

/** jsonb is printed with spaces; on SQLite the same object is shown without. */
const compact = (row: Row): MirrorObject => ({ ...row, json: JSON.stringify(JSON.parse(row.json)) });

function parseCursor(cursor: string): [string, string, string] {
  const parts: unknown = JSON.parse(cursor);
  if (Array.isArray(parts) && parts.length === 3) return parts.map(String) as [string, string, string];
  throw new TypeError(`Not a cursor of this store: ${cursor}`);
}
