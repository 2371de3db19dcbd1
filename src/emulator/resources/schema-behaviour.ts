import type { JsonObject } from '../../base/json.ts';
import { schema, type Field, type Operation } from '../../stripe/schema.ts';
import { stripeError } from '../http/errors.ts';
import { conformShape } from '../shapes/conform.ts';
import { complete } from '../shapes/complete.ts';
import type { Behaviour, Call } from './define.ts';
import { listOf } from './lists.ts';
import { mergeMetadata } from './metadata.ts';
import { idLengthOf, prefixOf } from './prefixes.ts';
import { needReference, noSuch } from './references.ts';

/**
 * The behaviour that the shape of an operation alone gives it: create, retrieve, update, list or delete. An action
 * (`…/approve`, `…/pay`) has none: what it does is not in its shape, so it is refused rather than faked.
 */
export function schemaBehaviour(operation: Operation): Behaviour | undefined {
  const { method, path, returns } = operation;
  const toId = path.endsWith('}');
  if (returns.kind === 'list' && returns.of.kind === 'ref') return list;
  if (returns.kind !== 'ref') return undefined;
  if (method === 'GET') return toId ? retrieve : path.includes('{') ? undefined : singleton;
  if (method === 'DELETE') return toId && returns.to.some((name) => name.startsWith('deleted:')) ? remove : undefined;
  if (toId) return update;
  const here = routes().get(path);
  if (here?.get('GET')?.returns.kind === 'list') return create;
  if (here?.get('GET')) return updateSingleton;
  const parent = path.slice(0, path.lastIndexOf('/'));
  return path.includes('{') || routes().has(parent) ? undefined : create;
}

let known: Map<string, Map<string, Operation>> | undefined;
function routes() {
  if (!known) {
    known = new Map();
    for (const operation of schema().operations) {
      if (!known.has(operation.path)) known.set(operation.path, new Map());
      known.get(operation.path)!.set(operation.method, operation);
    }
  }
  return known;
}

/** The kind of object an operation is about: what it returns, or the items of the list it returns. */
export function subjectOf({ returns }: Operation): string | undefined {
  const shape = returns.kind === 'list' || returns.kind === 'search' ? returns.of : returns;
  const name = shape.kind === 'ref' ? shape.to[0] : undefined;
  return name?.replace(/^deleted:/, '');
}

export const create: Behaviour = (call) => {
  const { tx, operation, params } = call;
  const object = subjectOf(operation)!;
  const fields = schema().objects[object]!.fields;
  const values = assign(call, object, params, {});
  const defaults: JsonObject = {
    ...('created' in fields && { created: tx.now }),
    ...('livemode' in fields && { livemode: false }),
    ...('active' in fields && { active: true }),
    ...('metadata' in fields && { metadata: {} }),
  };
  // A few objects let their creator choose the id (plans, products, coupons, promotion codes).
  const chosen = operation.params['id'] ? (params['id'] as string | undefined) : undefined;
  if (chosen && tx.get(object, chosen)) throw stripeError('resource_already_exists', [object, chosen], 'id');
  const id = chosen ?? tx.id(prefixOf(object), idLengthOf(object));
  return tx.insert(object, { ...defaults, ...parents(call, fields), ...values, id, object });
};

export const retrieve: Behaviour = ({ tx, operation, path }) => {
  const object = subjectOf(operation)!;
  return tx.get(object, path.at(-1)) ?? stubOf(operation, path.at(-1)!, tx) ?? fail(object, path.at(-1)!);
};

export const update: Behaviour = (call) => {
  const { tx, operation, params, path } = call;
  const object = subjectOf(operation)!;
  const id = path.at(-1)!;
  const current = tx.get(object, id) ?? fail(object, id);
  return tx.update(object, id, assign(call, object, params, current as JsonObject) as never);
};

export const remove: Behaviour = ({ tx, operation, path }) => {
  const object = subjectOf(operation)!;
  const id = path.at(-1)!;
  if (!tx.get(object, id)) fail(object, id);
  tx.remove(object, id);
  return stub(object, id);
};

export const list: Behaviour = (call) => {
  const { tx, operation, params, path } = call;
  const object = subjectOf(operation)!;
  const fields = schema().objects[object]!.fields;
  let next = 0;
  const url = operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(path[next++]!));
  return listOf(tx, object, { ...params, ...parents(call, fields) }, url);
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
      const value = complete(field, given, current[name]);
      if (conformShape(field, value, name).length) continue;
      if (field.kind === 'id' && typeof value === 'string') needReference(tx, field.to, value, name);
      values[name] = value;
    }
  }
  return values;
}

/** `/v1/customers/{customerId}/tax_ids` → `{ customer: … }`, where the object has such a field. */
function parents({ operation, path }: Call, fields: Record<string, Field>): JsonObject {
  const segments = operation.path.split('/');
  const values: JsonObject = {};
  let seen = 0;
  segments.forEach((segment, i) => {
    if (!segment.startsWith('{')) return;
    const id = path[seen++]!;
    const name = segments[i - 1]!.replace(/ies$/, 'y').replace(/s$/, '');
    if (i < segments.length - 1 && fields[name]) values[name] = id;
  });
  return values;
}

export const stub = (object: string, id: string): JsonObject => ({ id, object, deleted: true });

/** Where Stripe still answers for a deleted object (customers), it answers with its stub. */
function stubOf({ returns }: Operation, id: string, tx: Call['tx']): JsonObject | undefined {
  const deleted = returns.kind === 'ref' ? returns.to.find((name) => name.startsWith('deleted:')) : undefined;
  const object = deleted?.slice('deleted:'.length);
  return object && tx.wasDeleted(object, id) ? stub(object, id) : undefined;
}

function fail(object: string, id: string): never {
  throw noSuch(object, id, 'id', 404);
}
