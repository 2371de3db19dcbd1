import type { DatabaseSync } from 'node:sqlite';
import {
  type AccountMark,
  type ProofSeen,
  type MirrorFilter,
  type MirrorObject,
  type NamingFilter,
  type Page,
} from '../store.ts';
import { COLUMNS as TYPED } from '../../stripe/columns.gen.ts';
import { indexColumn, indexedColumn } from '../columns.ts';
import { pageOf, pageSize } from '../page.ts';
import { quoted, text } from './expression.ts';

const COLUMNS = /* sql */ `
  object, account, id, json, event_id AS eventId, created, deleted, ambiguous, updated_at AS updatedAt`;

/** The reading side of the mirror. */
export function mirrorReads(db: DatabaseSync) {
  const one = db.prepare(`SELECT ${COLUMNS} FROM mirror WHERE object = ? AND account = ? AND id = ?`);
  const list = db.prepare(/* sql */ `
    SELECT ${COLUMNS} FROM mirror
    WHERE (object, account, id) > (:object, :account, :id)
      AND (:onlyObject IS NULL OR object = :onlyObject) AND (:onlyAccount IS NULL OR account = :onlyAccount)
    ORDER BY object, account, id LIMIT :limit`);
  const listOne = db.prepare(/* sql */ `
    SELECT ${COLUMNS} FROM mirror
    WHERE object = :onlyObject AND (account, id) > (:account, :id)
      AND (:onlyAccount IS NULL OR account = :onlyAccount)
    ORDER BY account, id LIMIT :limit`);
  const account = db.prepare(
    'SELECT account, deauthorized, since, event_id AS eventId FROM accounts WHERE account = ?',
  );
  const accounts = db.prepare(/* sql */ `
    SELECT account, deauthorized, since, event_id AS eventId FROM accounts WHERE account > '' ORDER BY account`);
  const proofs = db.prepare(`SELECT proof, at FROM proofs WHERE proof > '' ORDER BY at DESC`);

  return {
    accounts(only?: string): AccountMark[] {
      const rows = (only === undefined ? accounts.all() : account.all(only)) as unknown as AccountRow[];
      return rows.map((row) => ({ ...row, deauthorized: row.deauthorized === 1 }));
    },
    proofs: (): ProofSeen[] => proofs.all() as unknown as ProofSeen[],
    getObject(object: string, id: string, account = ''): MirrorObject | undefined {
      const row = one.get(object, account, id) as unknown as Row | undefined;
      return row && flagged(row);
    },
    listObjects({ object, account, after, limit }: MirrorFilter = {}): Page<MirrorObject, string> {
      const size = pageSize(limit);
      const [afterObject, afterAccount, afterId] = after === undefined ? ['', '', ''] : parseCursor(after);
      const shared = { onlyAccount: account ?? null, account: afterAccount, id: afterId, limit: size + 1 };
      const rows =
        object === undefined
          ? list.all({ ...shared, object: afterObject, onlyObject: null })
          : listOne.all({ ...shared, onlyObject: object });
      return pageOf((rows as unknown as Row[]).map(flagged), size, (row) =>
        JSON.stringify([row.object, row.account, row.id]),
      );
    },
    objectsNaming({ object, field, id, account, limit }: NamingFilter): string[] {
      // Throws for a field that has no column.
      indexedColumn(TYPED, object, field);
      // The type stands in it as text, or SQLite would not use the partial index.
      const found = db.prepare(/* sql */ `
        SELECT id FROM mirror WHERE object = ${text(object)} AND ${quoted(indexColumn(field))} = ? AND account = ? AND NOT deleted LIMIT ?`);
      return found.all(id, account, limit).map((row) => String(row['id']));
    },
  };
}

type Row = Omit<MirrorObject, 'deleted' | 'ambiguous'> & { deleted: number; ambiguous: number };

type AccountRow = Omit<AccountMark, 'deauthorized'> & { deauthorized: number };

const flagged = (row: Row): MirrorObject => ({ ...row, deleted: row.deleted === 1, ambiguous: row.ambiguous === 1 });

function parseCursor(cursor: string): [string, string, string] {
  const parts: unknown = JSON.parse(cursor);
  if (Array.isArray(parts) && parts.length === 3) return parts.map(String) as [string, string, string];
  throw new TypeError(`Not a cursor of this store: ${cursor}`);
}
