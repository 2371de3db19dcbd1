import type { ColumnType } from '../columns.ts';

/** The SQL of a column, over the JSON of an object. */
export function expression(field: string, type: ColumnType, json = 'json'): string {
  const path = text(`$.${JSON.stringify(field)}`);
  const value = `json_extract(${json}, ${path})`;
  // An expanded object stands where its id would be: the column is the id in both cases.
  if (type === 'text') {
    const id = text(`$.${JSON.stringify(field)}.id`);
    return `CASE json_type(${json}, ${path}) WHEN 'object' THEN json_extract(${json}, ${id}) ELSE ${value} END`;
  }
  if (type === 'timestamp') return `strftime('%Y-%m-%dT%H:%M:%SZ', ${value}, 'unixepoch')`;
  return value;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text in SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
