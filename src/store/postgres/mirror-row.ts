import type { MirrorWrite } from '../store.ts';
import { documentOf } from './document.ts';

/** The parts of statements that write the mirror: from a list of rows in JSON, named `c`, into the table, named `known`. */
export const MIRROR_COLUMNS = {
  types: /* sql */ `object text, account text, id text, doc jsonb, exact text, "eventId" text, created bigint,
                    ties integer, deleted boolean, ambiguous boolean, now bigint`,
  values: /* sql */ `object, account, id, doc, exact, "eventId", created, ties, deleted, ambiguous, now`,
  update: /* sql */ `
    doc = excluded.doc, exact = excluded.exact, event_id = excluded.event_id, created = excluded.created,
    ties = excluded.ties, deleted = excluded.deleted, ambiguous = excluded.ambiguous, updated_at = excluded.updated_at`,
};

export const mirrorInsert = (s: string): string => /* sql */ `
  INSERT INTO ${s}.mirror AS known
    (object, account, id, doc, exact, event_id, created, ties, deleted, ambiguous, updated_at)`;

/** Rows as one parameter. The documents go as they are: written into the list, not as strings within it. */
export const mirrorRows = (given: readonly { write: MirrorWrite; now: number; n?: number }[]): string =>
  `[${given.map(mirrorRow).join()}]`;

function mirrorRow({ write: { json, ...write }, now, n }: { write: MirrorWrite; now: number; n?: number }): string {
  const { doc, exact } = documentOf(json);
  return `${JSON.stringify({ ...write, n, now, exact }).slice(0, -1)},"doc":${doc}}`;
}
