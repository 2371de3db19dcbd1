import { isObject, sameJson, type Json, type JsonObject } from '../../base/json.ts';
import { schema } from '../../stripe/schema.ts';
import { stripeError } from '../http/errors.ts';
import type { Row } from '../world/objects.ts';
import type { Transaction } from '../world/transaction.ts';
import { noSuch } from './references.ts';

/** A page of a list, as Stripe answers it: newest first. */
export type ListAnswer = { object: 'list'; data: JsonObject[]; has_more: boolean; url: string };

const CURSORS = ['limit', 'starting_after', 'ending_before', 'expand'];

/**
 * Selects a page of objects. `filters` are fields and the values they must have; a range (`{ gte, lt, … }`) goes with
 * a timestamp. A filter by a reference is found through an index, so the cost does not grow with the rest; `index`
 * names another field in which all objects that `where` lets pass agree.
 */
export function listOf(
  tx: Transaction,
  object: string,
  params: JsonObject,
  url: string,
  where: (row: Row) => boolean = () => true,
  index?: { field: string; value: string },
): ListAnswer {
  const { limit, after, before } = cursors(params, object, (id) => tx.row(object, id)?.position);
  const filters = Object.entries(params).filter(([name]) => !CURSORS.includes(name));
  const [field, value] = filters.find(([name, wanted]) => indexed(object, name, wanted)) ?? [];
  const by = index ?? (field === undefined ? {} : { field, value: String(value) });
  const rows =
    before === undefined
      ? tx.newest(object, { ...by, ...(after !== undefined && { before: after }) })
      : tx.oldest(object, { ...by, after: before });

  const page: JsonObject[] = [];
  let more = false;
  for (const row of rows) {
    if (!filters.every(([name, wanted]) => matches((row.object as JsonObject)[name], wanted)) || !where(row)) continue;
    if (page.length === limit) {
      more = true;
      break;
    }
    page.push(row.object as JsonObject);
  }
  return { object: 'list', data: before === undefined ? page : page.toReversed(), has_more: more, url };
}

/** The same page of a list that is at hand, newest first. */
export function pageOf(object: string, all: { id: string }[], params: JsonObject, url: string): ListAnswer {
  const {
    limit,
    after = -1,
    before = -1,
  } = cursors(params, object, (wanted) => {
    const at = all.findIndex(({ id }) => id === wanted);
    return at < 0 ? undefined : at;
  });
  const start = before >= 0 ? Math.max(0, before - limit) : after + 1;
  const end = before >= 0 ? before : start + limit;
  const more = before >= 0 ? start > 0 : all.length > end;
  return { object: 'list', data: all.slice(start, end) as unknown as JsonObject[], has_more: more, url };
}

/** Filters of a list call for which the objects have no field: they cannot be obeyed, and the answer says so. */
export const unknownFilters = (object: string, params: JsonObject): string[] =>
  Object.keys(params).filter((name) => !CURSORS.includes(name) && !schema().objects[object]?.fields[name]);

/** Where a page begins and how long it is. `find` tells an object's place; a cursor that names none is refused. */
function cursors(params: JsonObject, object: string, find: (id: string) => number | undefined) {
  const limit = limitOf(params);
  const position = (name: string) => {
    const id = params[name] as string | undefined;
    if (id === undefined) return undefined;
    const place = find(id);
    if (place === undefined) throw noSuch(object, id, name);
    return place;
  };
  const after = position('starting_after');
  const before = position('ending_before');
  if (after !== undefined && before !== undefined)
    throw stripeError('parameters_exclusive', ['starting_after', 'ending_before']);
  return { limit, after, before };
}

/** How many a page may hold: from 1 to 100, 10 unless said otherwise. */
export function limitOf(params: JsonObject): number {
  const limit = (params['limit'] as number | undefined) ?? 10;
  if (limit < 1 || limit > 100) throw stripeError('parameter_invalid', ['limit', 'must be between 1 and 100'], 'limit');
  return limit;
}

function indexed(object: string, name: string, wanted: Json): boolean {
  return typeof wanted === 'string' && schema().objects[object]?.fields[name]?.kind === 'id';
}

function matches(value: Json | undefined, wanted: Json): boolean {
  if (isObject(wanted) && typeof value === 'number') return inRange(value, wanted);
  if (isObject(wanted))
    return isObject(value) && Object.entries(wanted).every(([key, each]) => matches(value[key], each));
  if (Array.isArray(wanted)) return wanted.some((each) => sameJson(each, value));
  return sameJson(value, wanted);
}

/** Whether a number lies in a range as Stripe writes them: any of gt, gte, lt, lte. */
export function inRange(value: number, range: JsonObject): boolean {
  const { gt, gte, lt, lte } = range as Record<string, number | undefined>;
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}
