import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { schema, type Field, type Shape } from '../../stripe/schema.ts';
import type { Listing, Resource } from '../resources/define.ts';
import type { Stored } from '../world/objects.ts';
import { stripeError } from './errors.ts';

/** What expansion needs to look up: an object by its id, a page of objects of a listing. */
export type Source = {
  find(object: string, id: string): JsonObject | undefined;
  list(listing: Listing, url: string): JsonObject;
  /** A field that is not sent unless asked for, kept beside its object; undefined where there is no such field. */
  beside(object: string, id: string, field: string): Json | undefined;
  resources: ReadonlyMap<string, Resource>;
};

const MAX_DEPTH = 4;

/** Replaces ids by their objects along the given paths (`data.customer`, `latest_charge.balance_transaction`). */
export function expand(value: unknown, shape: Shape, paths: string[], source: Source): unknown {
  let result = value;
  for (const path of paths) {
    const names = path.split('.');
    const depth = names[0] === 'data' ? names.length - 1 : names.length;
    if (depth > MAX_DEPTH)
      throw stripeError(
        'missing',
        [`You cannot expand more than ${MAX_DEPTH} levels of a property: ${path}`],
        'expand',
      );
    result = expandAt(result as Json, shape, names, { ...source, path });
  }
  return result;
}

type At = Source & { path: string };

function expandAt(value: Json, shape: Field, names: string[], at: At): Json {
  if (value === null || value === undefined) return value;
  switch (shape.kind) {
    case 'array':
      return Array.isArray(value) ? value.map((item) => expandAt(item, shape.of, names, at)) : value;
    case 'list':
    case 'search': {
      const list = value as JsonObject;
      if (names.length === 0) return value;
      if (names[0] !== 'data') throw cannot(at.path);
      if (names.length === 1) return value;
      return { ...list, data: (list['data'] as Json[]).map((item) => expandAt(item, shape.of, names.slice(1), at)) };
    }
    case 'id':
    case 'ref': {
      const object = typeof value === 'string' ? resolve(value, shape.to, at) : (value as JsonObject);
      if (names.length === 0 || !object) return object ?? value;
      const name = `${object['deleted'] === true ? 'deleted:' : ''}${String(object['object'])}`;
      const fields = schema().objects[name]?.fields;
      if (!fields?.[names[0]!]) {
        // The field may belong to another member of the union (a deleted customer has no default source).
        if (shape.to.some((other) => schema().objects[other]?.fields[names[0]!])) return object;
        throw cannot(at.path);
      }
      return expandField(object, fields, names, at);
    }
    case 'object':
      if (!isObject(value) || names.length === 0) return value;
      return expandField(value, shape.fields, names, at);
    case 'union':
      for (const member of shape.of)
        if (member.kind !== 'string' && (member.kind === 'array') === Array.isArray(value))
          return expandAt(value, member, names, at);
      return value;
    default:
      throw cannot(at.path);
  }
}

function expandField(object: JsonObject, fields: Record<string, Field>, names: string[], at: At): JsonObject {
  const [name, ...rest] = names as [string, ...string[]];
  const field = fields[name];
  if (!field) throw cannot(at.path);
  const resource = at.resources.get(String(object['object']));
  const path = names.join('.');
  if (resource?.expanded?.[path] && object['id']) {
    const value = at.beside(resource.object, String(object['id']), path);
    return value === undefined ? object : placed(object, names, value);
  }
  const include = object['id'] && resource?.includes?.[name];
  let value = object[name];
  if (value === undefined && (field.kind === 'list' || include)) value = included(object, name, field, at);
  if (value === undefined || value === null) {
    if (!expandable(field) && rest.length === 0) throw cannot(at.path);
    return object;
  }
  if (rest.length === 0 && !expandable(field)) throw cannot(at.path);
  return { ...object, [name]: expandAt(value, field, rest, at) };
}

/** A copy with a value at a path that may lead into its hashes. */
function placed(object: JsonObject, [name, ...rest]: string[], value: Json): JsonObject {
  return { ...object, [name!]: rest.length ? placed((object[name!] ?? {}) as JsonObject, rest, value) : value };
}

/** A list that is only sent when asked for: declared by the resource, else whatever points back at the object. */
function included(object: JsonObject, name: string, field: Field, at: At): Json | undefined {
  const kind = String(object['object']);
  const declared = at.resources.get(kind)?.includes?.[name];
  const item = field.kind === 'list' ? field.of : undefined;
  const listing =
    declared?.(object as Stored) ??
    (item?.kind === 'ref'
      ? { object: item.to[0]!, field: kind.split('.').at(-1)!, value: String(object['id']) }
      : undefined);
  return (
    listing &&
    at.list(
      listing,
      `/v1/${kind
        .split('.')
        .map((part) => `${part}s`)
        .join('/')}/${String(object['id'])}/${name}`,
    )
  );
}

const expandable = (field: Field): boolean =>
  field.kind === 'id' ||
  field.kind === 'ref' ||
  field.kind === 'list' ||
  (field.kind === 'array' && expandable(field.of)) ||
  (field.kind === 'union' && field.of.some(expandable));

function resolve(id: string, names: string[], at: At): JsonObject | undefined {
  for (const name of names) {
    const found = name.startsWith('deleted:') ? undefined : at.find(name, id);
    if (found) return found;
  }
  return undefined;
}

const cannot = (path: string) => stripeError('missing', [`This property cannot be expanded (${path}).`], 'expand');
