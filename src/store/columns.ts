import { isObject, type JsonObject } from '../base/json.ts';
import { PaybellError } from '../base/errors.ts';

/** How a top-level field of an object is read as a column. `text` is also the id of an expandable field. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json';

/** The view of one object type. */
export interface ObjectColumns {
  view: string;
  columns: Record<string, ColumnType>;
}

/** Where objects that no event is about stand: in a field of another object, a Stripe list or a plain array. */
export interface Nesting {
  object: string;
  field: string;
  list: boolean;
}

/**
 * Columns of the view of an object that stands in lists of others, besides the usual ones: the type and the id of the
 * object whose list it is in, null for one that came by itself (fetched, or backfilled).
 */
export const PARENT_COLUMNS = ['parent_object', 'parent_id'] as const;

/**
 * Which columns are indexed, for every store: the ids that tables are joined by, the status and the time that reports
 * filter by. Each index costs every write of its object a little, so the list is short; whoever needs another adds it
 * to the database like any index.
 */
export const INDEXED: Record<string, readonly string[]> = {
  charge: ['customer', 'payment_intent', 'created'],
  'checkout.session': ['customer', 'payment_intent', 'subscription'],
  credit_note: ['invoice'],
  dispute: ['charge', 'status'],
  invoice: ['customer', 'status', 'created'],
  invoice_payment: ['invoice'],
  invoiceitem: ['customer', 'invoice'],
  payment_intent: ['customer', 'status', 'created'],
  payment_method: ['customer'],
  payout: ['status', 'created'],
  price: ['product'],
  refund: ['charge', 'payment_intent', 'created'],
  setup_intent: ['customer'],
  subscription: ['customer', 'status', 'ended_at'],
  transfer: ['destination'],
};

/** The column that keeps an indexed field. */
export const indexColumn = (field: string): string => `of_${field}`;

/** An index of the mirror: over a column of all the objects that have it indexed. */
export interface MirrorIndex {
  name: string;
  /** The column of the mirror's table that a field is kept in, where the store keeps it apart from the JSON. */
  column: string;
  field: string;
  type: ColumnType;
  objects: string[];
}

/**
 * The indexes that `INDEXED` declares, one for each field: databases open every index of a table for each statement that
 * writes to it, and thirty of them were measured to cost a tenth of a commit.
 */
export function mirrorIndexes(columns: Record<string, ObjectColumns>): MirrorIndex[] {
  const indexes = new Map<string, MirrorIndex>();
  for (const [object, fields] of Object.entries(INDEXED))
    for (const field of fields) {
      const type = columns[object]?.columns[field];
      if (type === undefined) continue;
      const index = indexes.get(field) ?? {
        name: `mirror_on_${field}`,
        column: indexColumn(field),
        field,
        type,
        objects: [],
      };
      if (index.type !== type) throw new Error(`${object}.${field} is ${type}, and ${index.type} in other objects`);
      index.objects.push(object);
      indexes.set(field, index);
    }
  return [...indexes.values()];
}

/** The fields of an object that `INDEXED` names, copied: of one that is expanded, its id. */
export function indexedFields(object: string, json: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const field of INDEXED[object] ?? []) {
    const value = json[field];
    if (value !== undefined) fields[field] = isObject(value) ? { id: value['id'] ?? null } : value;
  }
  return fields;
}

/** The type of an indexed column. Throws `bad_option` for any other. */
export function indexedColumn(columns: Record<string, ObjectColumns>, object: string, field: string): ColumnType {
  const type = INDEXED[object]?.includes(field) ? columns[object]?.columns[field] : undefined;
  if (type !== undefined) return type;
  throw new PaybellError(
    'bad_option',
    `${object}.${field} is not indexed; ${object} has ${INDEXED[object] ?? 'none'}.`,
  );
}
