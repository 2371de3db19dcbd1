import { readFileSync } from 'node:fs';

/**
 * What a value may look like, as Stripe's own SDK declares it. `ref` is a whole object of one of the named types
 * (`deleted:customer` is the stub a deletion leaves), `id` the same but given as an id unless expanded.
 */
export type Shape =
  | { kind: 'string' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'decimal' | 'unknown' }
  | { kind: 'true' | 'false' }
  | { kind: 'enum'; values: string[]; open?: true }
  | { kind: 'object'; fields: Record<string, Field> }
  | { kind: 'ref' | 'id'; to: string[] }
  | { kind: 'array' | 'map' | 'list' | 'search'; of: Shape }
  | { kind: 'union'; of: Shape[] };

/** A shape with what its owner says of it: may it be missing, may it be null, may it be sent as `''` to unset it. */
export type Field = Shape & { optional?: true; nullable?: true; emptyable?: true };

/** One of Stripe's objects: where the SDK declares it and its fields. */
export type ObjectShape = { sdk: string; fields: Record<string, Field> };

/** One call of the API. `path` names its parameters in braces; `params` lists what the body or query may hold. */
export type Operation = {
  name: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  params: Record<string, Field>;
  returns: Shape;
};

export type Schema = {
  sdkVersion: string;
  apiVersion: string;
  objects: Record<string, ObjectShape>;
  operations: Operation[];
};

let loaded: Schema | undefined;

/** The generated schema, read from disk the first time it is asked for: the receiver never does. */
export function schema(): Schema {
  loaded ??= JSON.parse(readFileSync(new URL('./schema.gen.json', import.meta.url), 'utf8')) as Schema;
  return loaded;
}
