import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import {
  INDEXED,
  mirrorIndexes,
  PARENT_COLUMNS,
  type ColumnType,
  type Nesting,
  type ObjectColumns,
} from '../columns.ts';

/** Columns every view has; a field of the same name is named `<field>_id` (`account` of a person) or left out. */
const OWN = ['id', 'account', 'deleted', 'object'];
/** Raised when the SQL of the views changes, so that existing databases make them anew. */
const SHAPE = 3;

/**
 * Makes a view of typed columns for each object type, and the declared indexes, when the columns are not those of the
 * last start; to be called inside a transaction. Views of the user's own that read ours keep working: ours are
 * replaced, never dropped, and a column that no longer exists is NULL from then on.
 */
export async function createViews(
  client: ClientBase,
  s: string,
  schema: string,
  { columns, nested }: Shapes,
): Promise<void> {
  const hash = createHash('sha256')
    .update(JSON.stringify([SHAPE, columns, nested, INDEXED]))
    .digest('hex');
  const { rows: made } = await client.query<{ value: string }>(`SELECT value FROM ${s}.meta WHERE name = 'views'`);
  if (made[0]?.value === hash) return;
  const known = await existing(client, schema);
  const sql: string[] = [];
  for (const [object, { view, columns: fields }] of Object.entries(columns))
    sql.push(viewSql(s, object, view, fields, { nestings: nested[object], known: known.get(view) }));
  sql.push(...(await indexesSql(client, s, schema, columns)));
  sql.push(/* sql */ `
    INSERT INTO ${s}.meta (name, value) VALUES ('views', '${hash}')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
  await client.query(sql.join(';\n'));
}

/** What the views are made from: the columns of each object type, and what stands in lists of others. */
export interface Shapes {
  columns: Record<string, ObjectColumns>;
  nested: Record<string, readonly Nesting[]>;
}

/** The columns that views have now, in their order, with their types. */
type Existing = { name: string; type: string }[];

async function existing(client: ClientBase, schema: string): Promise<Map<string, Existing>> {
  const { rows } = await client.query<{ view: string; name: string; type: string }>(
    /* sql */ `
    SELECT c.relname AS view, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = $1 AND c.relkind = 'v' AND c.relname LIKE 'stripe\\_%' AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum`,
    [schema],
  );
  return Map.groupBy(rows, ({ view }) => view);
}

/** The SQL of one view; the columns it has already stay where they are, with their types. */
function viewSql(
  s: string,
  object: string,
  view: string,
  fields: Record<string, ColumnType>,
  { nestings, known = [] }: { nestings: readonly Nesting[] | undefined; known: Existing | undefined },
): string {
  const wanted = new Map([
    ['id', 'id'],
    ['account', 'account'],
    ['deleted', 'deleted'],
    ['object', 'doc'],
    ...(nestings ? PARENT_COLUMNS.map((name) => [name, name] as const) : []),
  ]);
  for (const [field, type] of Object.entries(fields)) {
    const name = columnName(field);
    const made = INDEXED[object]?.includes(field) ? expression : bounded;
    if (name !== undefined) wanted.set(name, made(field, type));
  }
  const types = new Map(known.map(({ name, type }) => [name, type]));
  // As Map keys keep their first place, known columns come first, in their order.
  const all = new Map([...known.map(({ name }) => [name, 'NULL'] as const), ...wanted]);
  const select = [...all].map(([name, sql]) => {
    const type = types.get(name);
    return `${type === undefined || sql !== 'NULL' ? sql : `NULL::${type}`} AS ${quoted(name)}`;
  });
  const from = nestings ? nestedFrom(s, object, nestings) : `${s}.mirror WHERE object = ${text(object)}`;
  return `CREATE OR REPLACE VIEW ${s}.${quoted(view)} AS SELECT\n  ${select.join(',\n  ')}\nFROM ${from}`;
}

/**
 * The rows of an object that stands in lists of others. It is gone when its parent is. One that was also fetched by
 * itself is shown once, as it was fetched.
 */
function nestedFrom(s: string, object: string, nestings: readonly Nesting[]): string {
  const own = /* sql */ `
    SELECT id, account, deleted, doc, NULL::text AS parent_object, NULL::text AS parent_id
    FROM ${s}.mirror WHERE object = ${text(object)}`;
  const lists = nestings.map(({ object: parent, field, list }) => {
    const items = `(p.doc -> ${text(field)}${list ? ` -> 'data'` : ''})`;
    return /* sql */ `
    SELECT (item ->> 'id') COLLATE "C", p.account, p.deleted, item, p.object, p.id
    FROM ${s}.mirror p
    CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof${items} WHEN 'array' THEN ${items} ELSE '[]' END) AS item
    WHERE p.object = ${text(parent)} AND jsonb_typeof(item) = 'object'
      AND NOT EXISTS (SELECT FROM ${s}.mirror own WHERE own.object = ${text(object)} AND own.account = p.account
                      AND own.id = item ->> 'id')`;
  });
  return `(${[own, ...lists].join('\n    UNION ALL')}\n) AS shown`;
}

function columnName(field: string): string | undefined {
  if (!OWN.includes(field)) return field;
  return field === 'account' ? 'account_id' : undefined;
}

/**
 * The declared indexes, with the very expressions of the views, or PostgreSQL would not use them for those. Indexes of
 * ours that are no longer declared go; the user's own stay.
 */
async function indexesSql(
  client: ClientBase,
  s: string,
  schema: string,
  columns: Shapes['columns'],
): Promise<string[]> {
  const wanted = mirrorIndexes(columns).map(({ name, field, type, objects }) => ({
    name,
    on: `(object, (${expression(field, type)})) WHERE object IN (${objects.map(text).join(', ')})`,
  }));
  const { rows } = await client.query<{ name: string; on: string | null }>(
    /* sql */ `
    SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS on
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = $1 AND t.relname = 'mirror' AND c.relname LIKE 'mirror\\_on\\_%'`,
    [schema],
  );
  const known = new Map(rows.map(({ name, on }) => [name, on]));
  const kept = new Set(wanted.filter(({ name, on }) => known.get(name) === on).map(({ name }) => name));
  return [
    ...[...known.keys()].filter((name) => !kept.has(name)).map((name) => `DROP INDEX ${s}.${quoted(name)}`),
    ...wanted
      .filter(({ name }) => !kept.has(name))
      .flatMap(({ name, on }) => [
        `CREATE INDEX ${quoted(name)} ON ${s}.mirror ${on}`,
        `COMMENT ON INDEX ${s}.${quoted(name)} IS ${text(on)}`,
      ]),
  ];
}

/** What columns of a type can hold; to_timestamp takes seconds from 4713 BC to 294276. */
const RANGE: Partial<Record<ColumnType, string>> = {
  integer: '-9223372036854775808 AND 9223372036854775807',
  timestamp: '-210866803200 AND 9224318015999',
};

/**
 * The same as `expression`, and NULL for a number that its type cannot hold, so that one row does not fail a query of all.
 * Where there is an index, the row would not have been stored.
 */
function bounded(field: string, type: ColumnType): string {
  const plain = expression(field, type);
  const value = `(doc -> ${text(field)})`;
  const range = RANGE[type];
  if (range === undefined) return plain;
  return `CASE jsonb_typeof${value} WHEN 'number' THEN CASE WHEN ${value}::numeric BETWEEN ${range} THEN ${plain} END END`;
}

/** A field as a column, over a row of the mirror. What has another type in some API version is NULL there, and in `object` as it came. */
export function expression(field: string, type: ColumnType): string {
  const value = `(doc -> ${text(field)})`;
  const a = (kind: string, then: string) => `CASE jsonb_typeof${value} WHEN '${kind}' THEN ${then} END`;
  // An expanded object stands where its id would be: the column is the id in both cases.
  if (type === 'text')
    return `CASE jsonb_typeof${value} WHEN 'object' THEN ${value} ->> 'id' ELSE doc ->> ${text(field)} END`;
  if (type === 'integer') return a('number', `${value}::bigint`);
  if (type === 'number') return a('number', `${value}::numeric`);
  if (type === 'boolean') return a('boolean', `${value}::boolean`);
  if (type === 'timestamp') return a('number', `to_timestamp(${value}::double precision)`);
  return `nullif(doc -> ${text(field)}, 'null'::jsonb)`;
}

/** An identifier in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text in SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
