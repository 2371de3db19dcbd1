import type { JsonObject } from '../../base/json.ts';
import { schema, type Field, type Operation } from '../../stripe/schema.ts';
import { stripeError } from '../http/errors.ts';
import { conformShape } from '../shapes/conform.ts';
import { complete } from '../shapes/complete.ts';
import { fill } from '../shapes/fill.ts';
import type { Row, Stored } from '../world/objects.ts';
import type { Behaviour, Call } from './define.ts';
import { listOf } from './lists.ts';
import { mergeMetadata } from './metadata.ts';
import { idLengthOf, prefixOf } from './prefixes.ts';
import { familyOf, routesOf, subjectOf } from './parents.ts';
import { needReference, noSuch } from './references.ts';
import { search } from './search/search.ts';

/**
 * The behaviour that the shape of an operation alone gives it: create, retrieve, update, list, search or delete. An action
 * (`…/approve`, `…/pay`) has none: what it does is not in its shape, so it is refused rather than faked.
 */
export function schemaBehaviour(operation: Operation): Behaviour | undefined {
  const { method, path, returns } = operation;
  const toId = path.endsWith('}');
  if (returns.kind === 'list' && returns.of.kind === 'ref') return list;
  if (returns.kind === 'search' && returns.of.kind === 'ref') return search;
  if (returns.kind !== 'ref') return undefined;
  if (method === 'GET') return toId ? retrieve : path.includes('{') ? undefined : singleton;
  if (method === 'DELETE') return toId && returns.to.some((name) => name.startsWith('deleted:')) ? remove : undefined;
  if (toId) return update;
  const here = routesOf(path);
  if (here?.get('GET')?.returns.kind === 'list') return create;
  if (here?.get('GET')) return updateSingleton;
  const parent = path.slice(0, path.lastIndexOf('/'));
  return path.includes('{') || routesOf(parent) ? undefined : create;
}

export const create: Behaviour = (call) => {
  const { tx, operation, params } = call;
  const object = subjectOf(operation)!;
  const { fields } = schema().objects[object]!;
  const family = familyOf(call);
  const defaults: JsonObject = {
    ...('created' in fields && { created: tx.now }),
    ...('livemode' in fields && { livemode: false }),
    ...('active' in fields && { active: true }),
    ...('metadata' in fields && { metadata: {} }),
  };
  const values = { ...defaults, ...family.fields, ...assign(call, object, params, {}) };
  needReferences(call, fields, values);
  // What has no id is told once and never found again: a link, a session.
  if (!('id' in fields)) return fill(object, { ...values, object }, () => {});
  // A few objects let their creator choose the id (plans, products, coupons, promotion codes).
  const chosen = operation.params['id'] ? (params['id'] as string | undefined) : undefined;
  if (chosen && tx.get(object, chosen)) throw stripeError('resource_already_exists', [object, chosen], 'id');
  const id = chosen ?? tx.id(prefixOf(object), idLengthOf(object));
  const hidden = family.under ? { under: family.under } : {};
  return tx.insert(object, { ...values, id, object }, hidden);
};

export const retrieve: Behaviour = (call) => {
  const { operation, path, tx } = call;
  const object = subjectOf(operation)!;
  const family = familyOf(call);
  const row = tx.row(object, path.at(-1));
  if (row && family.includes(row)) return row.object;
  return stubOf(operation, path.at(-1)!, tx) ?? fail(object, path.at(-1)!);
};

export const update: Behaviour = (call) => {
  const object = subjectOf(call.operation)!;
  const { id, object: current } = member(call, object);
  return call.tx.update(object, id, assign(call, object, call.params, current as JsonObject) as never);
};

export const remove: Behaviour = (call) => {
  const object = subjectOf(call.operation)!;
  const { id, object: was } = member(call, object);
  call.tx.remove(object, id);
  return stub(was);
};

/** The object that a call's path names, if it belongs to what the path says it does. */
function member(call: Call, object: string): Row {
  const id = call.path.at(-1)!;
  const family = familyOf(call);
  const row = call.tx.row(object, id);
  return row && family.includes(row) ? row : fail(object, id);
}

export const list: Behaviour = (call) => {
  const { tx, operation, params, path } = call;
  const { fields, includes } = familyOf(call);
  let next = 0;
  const url = operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(path[next++]!));
  return listOf(tx, subjectOf(operation)!, { ...params, ...fields }, url, includes);
};

const singleton: Behaviour = ({ tx, operation }) => {
  const object = subjectOf(operation)!;
  const [row] = tx.newest(object);
  if (row) return row.object;
  const fields = schema().objects[object]!.fields;
  return tx.insert(object, {
    object,
    ...('id' in fields && { id: tx.id(prefixOf(object), idLengthOf(object)) }),
    ...('livemode' in fields && { livemode: false }),
  });
};

const updateSingleton: Behaviour = (call) => {
  const current = singleton(call) as JsonObject;
  const object = subjectOf(call.operation)!;
  return call.tx.update(object, String(current['id'] ?? object), assign(call, object, call.params, current) as never);
};

/** Parameters that name a field of the object and fit it become that field. References must exist. */
function assign({ tx }: Call, object: string, params: JsonObject, current: JsonObject): JsonObject {
  const fields = schema().objects[object]!.fields;
  const values: JsonObject = {};
  for (const [name, given] of Object.entries(params)) {
    const field = fields[name];
    if (!field || name === 'id') continue;
    if (name === 'metadata') values[name] = mergeMetadata(current[name] as JsonObject | undefined, given);
    else if (given === null) {
      if (field.nullable) values[name] = null;
    } else {
      // A whole object is named by its id.
      const value =
        field.kind === 'ref' && typeof given === 'string'
          ? needReference(tx, field.to, given, name)
          : complete(field, given, current[name]);
      if (conformShape(field, value, name).length) continue;
      if (field.kind === 'id' && typeof value === 'string') needReference(tx, field.to, value, name);
      values[name] = value;
    }
  }
  return values;
}

/** Refuses to make an object without a reference that it never lacks and that a parameter could have given. */
function needReferences({ operation }: Call, fields: Record<string, Field>, values: JsonObject): void {
  for (const [name, { kind, optional, nullable }] of Object.entries(fields))
    if (kind === 'id' && !optional && !nullable && !(name in values) && operation.params[name])
      throw stripeError('parameter_missing', [name], name);
}

/** What is left of a deleted object: its id, and the little else that a few kinds keep. */
export function stub(was: object): JsonObject {
  const { id, object, ...rest } = was as Stored;
  const kept = Object.entries(schema().objects[`deleted:${object}`]?.fields ?? {}).filter(
    ([name, { optional }]) => !optional && name in rest,
  );
  return { id, object, ...Object.fromEntries(kept.map(([name]) => [name, rest[name]!])), deleted: true };
}

/** Where Stripe still answers for a deleted object (customers), it answers with its stub. */
function stubOf({ returns }: Operation, id: string, tx: Call['tx']): JsonObject | undefined {
  const deleted = returns.kind === 'ref' ? returns.to.find((name) => name.startsWith('deleted:')) : undefined;
  const object = deleted?.slice('deleted:'.length);
  const gone = object && tx.gone(object, id);
  return gone ? stub(gone) : undefined;
}

function fail(object: string, id: string): never {
  throw noSuch(object, id, 'id', 404);
}
