import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { COLUMNS } from '../../stripe/columns.gen.ts';
import { mirrorIndexes, type ColumnType, type MirrorIndex } from '../columns.ts';
import { expression, quoted, text } from './expression.ts';

type Value = string | null;

const INDEXES = mirrorIndexes(COLUMNS);

/** The columns of the mirror that indexes are over, in the order of `indexedValues`. */
export const INDEX_COLUMNS: readonly string[] = INDEXES.map(({ column }) => column);

/** What they hold for an object without any of them. */
export const NO_VALUES: readonly Value[] = INDEXES.map(() => null);
const ODD = Symbol('odd');

/** Which of the columns an object type has. */
const OF = new Map<string, { place: number; field: string; type: ColumnType }[]>();
for (const [place, { field, type, objects }] of INDEXES.entries())
  for (const object of objects) OF.set(object, [...(OF.get(object) ?? []), { place, field, type }]);

/**
 * What the columns hold for an object: what `expression` makes of its JSON, found without SQLite parsing it, which it does
 * with the old and with the new JSON of a row for an index over an expression. Undefined where only SQLite can tell.
 */
export function indexedValues(object: string, fields: () => unknown): readonly Value[] | undefined {
  const own = OF.get(object);
  if (!own) return NO_VALUES;
  const json = fields();
  if (!isObject(json)) return undefined;
  const values = [...NO_VALUES];
  for (const { place, field, type } of own) {
    const value = type === 'timestamp' ? timestamp(json[field]) : type === 'text' ? textOf(json[field]) : ODD;
    if (value === ODD) return undefined;
    values[place] = value;
  }
  return values;
}

function textOf(value: Json | undefined): Value | typeof ODD {
  const plain = isObject(value) ? (value as JsonObject)['id'] : value;
  if (plain === null || plain === undefined) return null;
  return typeof plain === 'string' && plain.isWellFormed() && !plain.includes('\0') ? plain : ODD;
}

/** The last second of the year 9999. */
const LAST = 253_402_300_799;

function timestamp(value: Json | undefined): Value | typeof ODD {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > LAST) return ODD;
  return `${new Date(value * 1000).toISOString().slice(0, 19)}Z`;
}

/** Fills the columns of rows from their JSON. */
export const fillSql = (indexes: readonly MirrorIndex[], where = ''): string => {
  const set = indexes.map(
    ({ column, field, type, objects }) =>
      `${quoted(column)} = CASE WHEN ${anyOf(objects)} THEN ${expression(field, type)} END`,
  );
  return `UPDATE mirror SET ${set.join(', ')} ${where}`;
};

/** The same for the columns there are. */
export const refillSql = (where: string): string => fillSql(INDEXES, where);

export const anyOf = (objects: readonly string[]): string =>
  objects.map((object) => `object = ${text(object)}`).join(' OR ');
