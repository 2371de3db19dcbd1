import type { JsonObject } from '../../base/json.ts';
import { schema, type Field, type Operation } from '../../stripe/schema.ts';
import type { Row, Stored } from '../world/objects.ts';
import type { Call } from './define.ts';
import { noSuch } from './references.ts';

/** The kind of object an operation is about: what it returns, or the items of the list it returns. */
export function subjectOf({ returns }: Operation): string | undefined {
  const shape = returns.kind === 'list' || returns.kind === 'search' ? returns.of : returns;
  const name = shape.kind === 'ref' ? shape.to[0] : undefined;
  return name?.replace(/^deleted:/, '');
}

const shapeOf = (path: string) => path.replaceAll(/\{\w+\}/g, '{}');

let known: Map<string, Map<string, Operation>> | undefined;

/** The operations of a path by method, whatever its ids are called. */
export function routesOf(path: string): Map<string, Operation> | undefined {
  if (!known) {
    known = new Map();
    for (const operation of schema().operations) {
      const at = shapeOf(operation.path);
      if (!known.has(at)) known.set(at, new Map());
      known.get(at)!.set(operation.method, operation);
    }
  }
  return known.get(shapeOf(path));
}

/** What a path says its objects belong to: `/v1/customers/{customerId}/tax_ids`, for example, to a customer. */
type Parent = { kind: string | undefined; id: string; field: string | undefined };

function parentsOf({ operation, path }: Call): Parent[] {
  const fields = schema().objects[subjectOf(operation)!]!.fields;
  const segments = operation.path.split('/');
  let seen = 0;
  return segments.flatMap((segment, i) => {
    if (!segment.startsWith('{')) return [];
    const id = path[seen++]!;
    if (i === segments.length - 1) return [];
    const owner = routesOf(segments.slice(0, i + 1).join('/'))?.get('GET');
    const kind = owner && subjectOf(owner);
    return [{ kind, id, field: fieldFor(fields, kind, segments[i - 1]!) }];
  });
}

/** The field that holds the parent: the one named like it, else the only one that refers to its kind. */
function fieldFor(fields: Record<string, Field>, kind: string | undefined, segment: string): string | undefined {
  const name = segment.replace(/ies$/, 'y').replace(/s$/, '');
  if (fields[name]) return name;
  const fits = Object.keys(fields).filter((each) => {
    const field = fields[each]!;
    return field.kind === 'id' && field.to.includes(kind ?? '');
  });
  return fits.length === 1 ? fits[0] : undefined;
}

/** How a call's path narrows the objects it is about. */
export type Family = {
  /** The fields that say whom an object belongs to. */
  fields: JsonObject;
  /** The same for objects that have no such field: kept beside them. */
  under: string;
  /** Whether an object belongs here. */
  includes(row: Row): boolean;
};

/** Reads the parents out of a call's path. Throws Stripe's 404 for one that does not exist. */
export function familyOf(call: Call): Family {
  const parents = parentsOf(call);
  for (const { kind, id } of parents) if (kind && !call.tx.get(kind, id)) throw noSuch(kind, id, 'id', 404);
  const fields = Object.fromEntries(parents.flatMap(({ field, id }) => (field ? [[field, id]] : [])));
  const under = parents.flatMap(({ field, id }) => (field ? [] : [id])).join(' ');
  return {
    fields,
    under,
    includes: ({ object, hidden }) =>
      Object.entries(fields).every(([field, id]) => idOf((object as Stored)[field]) === id) &&
      (under === '' || hidden['under'] === under),
  };
}

const idOf = (value: unknown) => (typeof value === 'object' ? (value as JsonObject | null)?.['id'] : value);
