import type { Row } from './objects.ts';

/** All rows of one kind of object and one account, in the order of their creation, found by id or by a reference. */
export type Table = {
  get(id: string): Row | undefined;
  put(row: Row): void;
  drop(id: string): void;
  /**
   * Rows newest first; with `field`, only those whose field holds `value`, found without a look at the others. A field
   * may lie deeper (`promotion.coupon`) or beside the object (`hidden.code`).
   */
  newest(options?: { field?: string; value?: string; before?: number }): Generator<Row>;
  /** Rows oldest first, from just after a position. */
  oldest(options?: { field?: string; value?: string; after?: number }): Generator<Row>;
  rows(): Iterable<Row>;
  readonly size: number;
};

type Entry = { position: number; id: string };

export function createTable(): Table {
  const rows = new Map<string, Row>();
  const order: Entry[] = [];
  // Indexes are made when a field is first asked for and kept from then on.
  const indexes = new Map<string, Map<string, Entry[]>>();

  const valueOf = (row: Row, field: string) => {
    const value = field.includes('.') ? valueAt(row, field) : (row.object as Record<string, unknown>)[field];
    return typeof value === 'string' ? value : undefined;
  };
  const index = (field: string) => {
    let values = indexes.get(field);
    if (!values) {
      indexes.set(field, (values = new Map()));
      for (const entry of order) addTo(values, valueOf(rows.get(entry.id)!, field), entry);
    }
    return values;
  };
  const entries = (field: string | undefined, value: string | undefined) =>
    field === undefined ? order : (index(field).get(value!) ?? []);

  return {
    get: (id) => rows.get(id),
    put(row) {
      const { id } = row;
      const before = rows.get(id);
      const entry = { position: row.position, id };
      if (!before) insert(order, entry);
      rows.set(id, row);
      for (const [field, values] of indexes) {
        const old = before && valueOf(before, field);
        const now = valueOf(row, field);
        if (before && old === now) continue;
        if (old !== undefined) remove(values.get(old), row.position);
        addTo(values, now, entry);
      }
    },
    drop(id) {
      const row = rows.get(id);
      if (!row) return;
      rows.delete(id);
      remove(order, row.position);
      for (const [field, values] of indexes) remove(values.get(valueOf(row, field) ?? ''), row.position);
    },
    *newest({ field, value, before = Infinity } = {}) {
      const list = entries(field, value);
      for (let i = place(list, before) - 1; i >= 0; i--) yield rows.get(list[i]!.id)!;
    },
    *oldest({ field, value, after = -1 } = {}) {
      const list = entries(field, value);
      for (let i = place(list, after + 1); i < list.length; i++) yield rows.get(list[i]!.id)!;
    },
    rows: () => rows.values(),
    get size() {
      return rows.size;
    },
  };
}

function valueAt({ object, hidden }: Row, path: string): unknown {
  const beside = path.startsWith('hidden.');
  let value: unknown = beside ? hidden : object;
  for (const name of path.split('.').slice(beside ? 1 : 0))
    value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

/** The first index whose position is at least `position`. */
function place(list: Entry[], position: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(list: Entry[], entry: Entry): void {
  if (list.length === 0 || list.at(-1)!.position < entry.position) list.push(entry);
  else list.splice(place(list, entry.position), 0, entry);
}

function remove(list: Entry[] | undefined, position: number): void {
  const at = list ? place(list, position) : -1;
  if (list?.[at]?.position === position) list.splice(at, 1);
}

function addTo(values: Map<string, Entry[]>, value: string | undefined, entry: Entry): void {
  if (value === undefined) return;
  const list = values.get(value);
  if (list) insert(list, entry);
  else values.set(value, [entry]);
}
