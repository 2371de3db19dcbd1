import type { ColumnType } from '../columns.ts';

/**
 * The SQL of a column, over the JSON of an object. What has another type in some API version is NULL there, as it is in
 * PostgreSQL, and in `object` as it came.
 */
export function expression(field: string, type: ColumnType, json = 'json'): string {
  const name = JSON.stringify(field);
  const path = text(`$.${name}`);
  const kind = `json_type(${json}, ${path})`;
  const value = `json_extract(${json}, ${path})`;
  // An expanded object stands where its id would be: the column is the id in both cases.
  if (type === 'text')
    return `CASE ${kind} WHEN 'text' THEN ${value} WHEN 'object' THEN ${asText(json, text(`$.${name}.id`))} ELSE ${asText(json, path)} END`;
  if (type === 'boolean') return `CASE ${kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`;
  if (type === 'json') return `nullif(${json} -> ${path}, 'null')`;
  if (type === 'number') return `CASE ${kind} WHEN 'integer' THEN ${value} WHEN 'real' THEN ${value} END`;
  if (type === 'timestamp') {
    const moment = `strftime('%Y-%m-%dT%H:%M:%SZ', ${value}, 'unixepoch')`;
    return `CASE ${kind} WHEN 'integer' THEN ${moment} WHEN 'real' THEN ${moment} END`;
  }
  // A whole number that takes more than 64 bits is read as a fraction.
  const whole = `CASE typeof(${value}) WHEN 'integer' THEN ${value} END`;
  const rounded = `CASE WHEN abs(${value}) < 9223372036854774784.0 THEN CAST(round(${value}) AS INTEGER) END`;
  return `CASE ${kind} WHEN 'integer' THEN ${whole} WHEN 'real' THEN ${rounded} END`;
}

/** Anything as a text: a text without its quotes, a number or a boolean as JSON prints it. */
const asText = (json: string, path: string): string =>
  `CASE json_type(${json}, ${path}) WHEN 'text' THEN json_extract(${json}, ${path}) WHEN 'null' THEN NULL ELSE ${json} -> ${path} END`;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text in SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
