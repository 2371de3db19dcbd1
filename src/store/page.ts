import type { Page } from './store.ts';

/** How many rows a page has at most. */
export const MOST_LISTED = 1_000;

/** How many rows a page has: 50 unless asked otherwise. */
export const pageSize = (limit = 50): number => Math.min(Math.max(1, Math.floor(limit)), MOST_LISTED);

/** A page of rows read with one more than fit on it. */
export function pageOf<Row, Cursor>(rows: Row[], limit: number, cursor: (row: Row) => Cursor): Page<Row, Cursor> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? cursor(items.at(-1)!) : null };
}
