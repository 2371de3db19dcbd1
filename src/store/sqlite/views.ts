import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { indexColumn, INDEXED, mirrorIndexes, type ColumnType, type Nesting, type ObjectColumns } from '../columns.ts';
import { expression, quoted, text } from './expression.ts';
import { anyOf, fillSql } from './indexed.ts';
import type { Transaction } from './transaction.ts';

/** Columns every view has; a field of the same name is named `<field>_id` (`account` of a person) or left out. */
const OWN = ['id', 'account', 'deleted', 'object'];
/** Raised when the SQL of the views changes, so that existing databases make them anew. */
const SHAPE = 7;

/**
 * Makes a view of typed columns for each object type, and the declared indexes, when the columns are not those of the
 * last start: 180 views take about 15 ms to make and nothing to keep.
 */
export function createViews(
  db: DatabaseSync,
  transaction: Transaction,
  columns: Record<string, ObjectColumns>,
  nested: Record<string, readonly Nesting[]>,
): void {
  const hash = createHash('sha256')
    .update(JSON.stringify([SHAPE, columns, nested, INDEXED]))
    .digest('hex');
  const made = db.prepare(`SELECT value FROM meta WHERE name = 'views'`).get() as { value: string } | undefined;
  if (made?.value === hash) return;
  transaction(() => {
    for (const { type, name } of existing(db)) db.exec(`DROP ${type} ${quoted(name)}`);
    // Before there are views: SQLite reads all of them again for each column that is added.
    makeIndexes(db, columns);
    for (const [object, { view, columns: fields }] of Object.entries(columns)) {
      const nestings = nested[object];
      db.exec(nestings ? nestedViewSql(object, view, fields, nestings) : viewSql(object, view, fields));
    }
    tellPlanner(db);
    db.prepare(`INSERT OR REPLACE INTO meta (name, value) VALUES ('views', ?)`).run(hash);
  });
}

/**
 * Says of the mirror what ANALYZE would find once it is large. Knowing nothing, SQLite takes a type for something rare, and
 * reads all its objects rather than a range of an index: 28 ms instead of 1 for a month of 25,000 charges. Our own
 * statements find single objects, and are planned as before. Whoever runs ANALYZE puts what is true in its place.
 */
function tellPlanner(db: DatabaseSync): void {
  // Makes the table of statistics; with the limit it looks at next to nothing.
  db.exec('PRAGMA analysis_limit = 1; ANALYZE mirror; PRAGMA analysis_limit = 0');
  db.exec(/* sql */ `
    DELETE FROM sqlite_stat1 WHERE tbl = 'mirror';
    INSERT INTO sqlite_stat1 (tbl, idx, stat)
    SELECT 'mirror', name, iif(name GLOB 'mirror_on_*', '1000000 50000 10', '1000000 50000 50000 1')
    FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'mirror' AND sql IS NOT NULL;
    ANALYZE sqlite_schema`);
}

function existing(db: DatabaseSync): { type: string; name: string }[] {
  const made = db.prepare(/* sql */ `
    SELECT type, name FROM sqlite_schema
    WHERE (type = 'view' AND name GLOB 'stripe_*' AND sql GLOB '*FROM mirror WHERE object = *')
       OR (type = 'index' AND tbl_name = 'mirror' AND (name GLOB 'mirror_stripe_*' OR name GLOB 'mirror_on_*'))`);
  return made.all() as { type: string; name: string }[];
}

/** The SQL of one view. Exported for its test. */
export function viewSql(object: string, view: string, fields: Record<string, ColumnType>): string {
  const select = ['id', 'account', 'deleted', 'json AS object', ...typed(object, fields)].join(',\n  ');
  return `CREATE VIEW ${quoted(view)} AS SELECT\n  ${select}\nFROM mirror WHERE object = ${text(object)}`;
}

/**
 * The SQL of the view of an object that stands in lists of others. It is gone when its parent is. One that was also
 * fetched by itself is shown once, as it was fetched.
 */
function nestedViewSql(
  object: string,
  view: string,
  fields: Record<string, ColumnType>,
  nestings: readonly Nesting[],
): string {
  const select = ['id', 'account', 'deleted', 'json AS object', 'parent_object', 'parent_id', ...typed(object, fields)];
  const indexed = Object.entries(fields).filter(([field]) => isIndexed(object, field));
  const columns = indexed.map(([field]) => `, ${quoted(indexColumn(field))}`).join('');
  const lists = nestings.map(({ object: parent, field, list }) => {
    const path = text(`$.${JSON.stringify(field)}${list ? '.data' : ''}`);
    const found = indexed.map(([name, type]) => `, ${expression(name, type, 'item.value')}`).join('');
    return /* sql */ `
      SELECT json_extract(item.value, '$.id') AS id, p.account, p.deleted, item.value AS json,
             p.object AS parent_object, p.id AS parent_id${found}
      FROM mirror p, json_each(p.json, ${path}) item
      WHERE p.object = ${text(parent)} AND item.type = 'object'
        AND NOT EXISTS (SELECT 1 FROM mirror own WHERE own.object = ${text(object)} AND own.account = p.account
                        AND own.id = json_extract(item.value, '$.id'))`;
  });
  const own = /* sql */ `
      SELECT id, account, deleted, json, NULL AS parent_object, NULL AS parent_id${columns}
      FROM mirror WHERE object = ${text(object)}`;
  return `CREATE VIEW ${quoted(view)} AS SELECT\n  ${select.join(',\n  ')}\nFROM (${[own, ...lists].join('\n      UNION ALL')})`;
}

function typed(object: string, fields: Record<string, ColumnType>): string[] {
  return Object.entries(fields)
    .map(([field, type]) => ({ field, type, name: columnName(field) }))
    .filter(({ name }) => name !== undefined)
    .map(({ field, type, name }) => {
      const value = isIndexed(object, field) ? quoted(indexColumn(field)) : expression(field, type);
      return `${value} AS ${quoted(name!)}`;
    });
}

const isIndexed = (object: string, field: string): boolean => INDEXED[object]?.includes(field) ?? false;

function columnName(field: string): string | undefined {
  if (!OWN.includes(field)) return field;
  return field === 'account' ? 'account_id' : undefined;
}

/** Makes the columns that indexes are over, of what the rows there are say, and the indexes. */
function makeIndexes(db: DatabaseSync, columns: Record<string, ObjectColumns>): void {
  const known = new Set(
    db
      .prepare('PRAGMA table_info(mirror)')
      .all()
      .map(({ name }) => name),
  );
  const indexes = mirrorIndexes(columns);
  for (const { column } of indexes)
    if (!known.has(column)) db.exec(`ALTER TABLE mirror ADD COLUMN ${quoted(column)} ANY`);
  db.exec(fillSql(indexes));
  for (const { name, column, objects } of indexes)
    db.exec(`CREATE INDEX ${quoted(name)} ON mirror (object, ${quoted(column)}) WHERE ${anyOf(objects)}`);
}
