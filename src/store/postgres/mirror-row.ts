import type { MirrorWrite } from '../store.ts';
import { bigint, boolean, columns, integer, jsonb, text } from './arrays.ts';
import { documentOf } from './document.ts';

/** A row of the mirror as it is sent: with the place of the event it came with, where there is one. */
export interface MirrorRow extends Omit<MirrorWrite, 'json'> {
  doc: string;
  exact: string | null;
  now: number;
  event: number | null;
}

export const MIRROR = columns<MirrorRow>({
  object: text((row) => row.object),
  account: text((row) => row.account),
  id: text((row) => row.id),
  doc: jsonb((row) => row.doc),
  exact: text((row) => row.exact),
  eventId: text((row) => row.eventId),
  created: bigint((row) => row.created),
  ties: integer((row) => row.ties),
  deleted: boolean((row) => row.deleted),
  ambiguous: boolean((row) => row.ambiguous),
  now: bigint((row) => row.now),
  event: bigint((row) => row.event),
});

export const mirrorRow = ({ json, ...write }: MirrorWrite, now: number, event: number | null = null): MirrorRow => ({
  ...write,
  ...documentOf(json),
  now,
  event,
});

/** In the order in which everyone locks rows of the mirror. */
export const inOrder = (given: readonly MirrorRow[]): MirrorRow[] =>
  given.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

const key = ({ object, account, id }: MirrorRow): string => `${object} ${account} ${id}`;

/** The parts of statements that write the mirror: from rows as above, named `c`, into the table, named `known`. */
export const MIRROR_COLUMNS = {
  values: /* sql */ `object, account, id, doc, exact, "eventId", created, ties, deleted, ambiguous, now`,
  update: /* sql */ `
    doc = excluded.doc, exact = excluded.exact, event_id = excluded.event_id, created = excluded.created,
    ties = excluded.ties, deleted = excluded.deleted, ambiguous = excluded.ambiguous, updated_at = excluded.updated_at`,
};

export const mirrorInsert = (s: string): string => /* sql */ `
  INSERT INTO ${s}.mirror AS known
    (object, account, id, doc, exact, event_id, created, ties, deleted, ambiguous, updated_at)`;
