import type { JsonObject } from '../../../base/json.ts';
import { stripeError } from '../../http/errors.ts';
import type { Behaviour } from '../define.ts';
import { limitOf } from '../lists.ts';
import { subjectOf } from '../parents.ts';
import { SEARCH_FIELDS, type SearchField } from './fields.ts';
import { parseQuery, refused, type Clause, type Query } from './query.ts';

/** A part of a text shorter than this is refused, as at Stripe: it would match nearly everything. */
const SHORTEST_PART = 3;

/**
 * Searches objects, newest first. Unlike Stripe's, which lags up to a minute behind, this search knows every change at
 * once. A clause that names an owner (`customer`, `product`) narrows what is looked at; any other search looks at all.
 */
export const search: Behaviour = ({ tx, operation, params }) => {
  const object = subjectOf(operation)!;
  const query = parseQuery(params['query'] as string);
  const matches = matcherOf(object, operation.path.split('/')[2]!, query);
  const limit = limitOf(params);
  const page = params['page'] as string | undefined;
  const data: JsonObject[] = [];
  let next: number | undefined;
  let more = false;
  for (const row of tx.newest(object, { ...ownerIn(query), ...(page && { before: positionOf(page) }) })) {
    if (!matches(row.object as JsonObject)) continue;
    if (data.length === limit) {
      more = true;
      break;
    }
    data.push(row.object as JsonObject);
    next = row.position;
  }
  const next_page = more ? Buffer.from(`after ${next}`).toString('base64url') : null;
  return { object: 'search_result', data, has_more: more, next_page, url: operation.path };
};

function positionOf(page: string): number {
  const found = /^after (\d+)$/.exec(Buffer.from(page, 'base64url').toString());
  if (!found) throw stripeError('parameter_invalid', ['page', 'it is not a next_page of a search'], 'page');
  return Number(found[1]);
}

const OWNERS = new Set(['customer', 'product']);

function ownerIn({ clauses, any }: Query): { field?: string; value?: string } {
  const owner = any
    ? undefined
    : clauses.find(({ field, operator, negated }) => OWNERS.has(field) && operator === ':' && !negated);
  return typeof owner?.value === 'string' ? { field: owner.field, value: owner.value } : {};
}

type Test = (object: JsonObject) => boolean;

/** A test of an object, or Stripe's refusal of a query that asks for what cannot be searched. */
function matcherOf(object: string, plural: string, { clauses, any }: Query): Test {
  const tests = clauses.map((clause): Test => {
    const field = Object.hasOwn(SEARCH_FIELDS[object]!, clause.field)
      ? SEARCH_FIELDS[object]![clause.field]
      : undefined;
    if (!field)
      throw refused(
        `Field \`${clause.field}\` is an unsupported search field for resource \`${plural}\`. See ` +
          `https://stripe.com/docs/search#query-fields-for-${plural.replace('_', '-')} for a list of supported fields.`,
      );
    const holds = testOf(field, clause);
    return clause.negated ? (each) => !holds(each) : holds;
  });
  return any ? (each) => tests.some((test) => test(each)) : (each) => tests.every((test) => test(each));
}

function testOf({ kind, path }: SearchField, clause: Clause): Test {
  const { field, key, operator, value } = clause;
  if ((kind === 'metadata') !== (key !== undefined))
    throw refused(
      kind === 'metadata'
        ? 'Searching metadata requires a key: `metadata["key"]:"value"`.'
        : `Field \`${field}\` has no keys; write \`${field}:"value"\`.`,
    );
  const valueIn: (object: JsonObject) => unknown = (object) =>
    kind === 'metadata' ? ((object['metadata'] ?? {}) as JsonObject)[key!] : valueAt(object, path);
  if (value === null) {
    if (operator !== ':') throw unsupported(operator, field);
    return (object) => (valueIn(object) ?? null) === null;
  }
  switch (operator) {
    case ':':
      if (kind === 'number') return compare(field, value, valueIn, (is, wanted) => is === wanted);
      return (object) => folded(valueIn(object)) === folded(value);
    case '~': {
      if (kind !== 'text') throw unsupported(operator, field);
      const part = folded(value)!;
      if (part.length < SHORTEST_PART)
        throw refused(
          `A substring to search for must have at least ${SHORTEST_PART} characters: \`${field}~"${value}"\`.`,
        );
      return (object) => folded(valueIn(object))?.includes(part) ?? false;
    }
    default:
      if (kind !== 'number') throw unsupported(operator, field);
      return compare(field, value, valueIn, ORDER[operator]);
  }
}

const ORDER = {
  '>': (is: number, wanted: number) => is > wanted,
  '<': (is: number, wanted: number) => is < wanted,
  '>=': (is: number, wanted: number) => is >= wanted,
  '<=': (is: number, wanted: number) => is <= wanted,
};

function compare(
  field: string,
  value: string | number,
  valueIn: (object: JsonObject) => unknown,
  holds: (is: number, wanted: number) => boolean,
): Test {
  const wanted = Number(value);
  if (value === '' || Number.isNaN(wanted))
    throw refused(`Field \`${field}\` is numeric; \`${value}\` is not a number.`);
  return (object) => {
    const is = valueIn(object);
    return typeof is === 'number' && holds(is, wanted);
  };
}

const unsupported = (operator: string, field: string) =>
  refused(`The operator \`${operator}\` is not supported for the field \`${field}\`.`);

const folded = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value as string | number | boolean).toLowerCase();

function valueAt(object: JsonObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as JsonObject | null | undefined)?.[name];
  return value;
}
