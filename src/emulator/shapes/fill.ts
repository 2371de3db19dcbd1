import type { JsonObject } from '../../base/json.ts';
import { prefixOf } from '../resources/prefixes.ts';
import { schema, type Field, type Shape } from '../../stripe/schema.ts';

/** Called for every field that had to be made up because its type forbids null: object, path, in that order. */
export type OnFilled = (object: string, path: string) => void;

/**
 * Completes an object in the order of its declaration: what is missing and may be null becomes null.
 * What may not be null gets the emptiest value of its type and is reported, so that it can be counted.
 */
export function fill(object: string, given: JsonObject, onFilled: OnFilled): JsonObject {
  const shape = schema().objects[object];
  if (!shape) return given;
  return fillFields(shape.fields, given, (path) => onFilled(object, path), '');
}

/** The same for any hash. `filled` hears the path of each made-up value. */
export function fillFields(
  fields: Record<string, Field>,
  given: JsonObject,
  filled: (path: string) => void,
  at: string,
) {
  const result = blank(fields, given);
  for (const name in fields) {
    const field = fields[name]!;
    const value = given[name];
    if (value !== undefined) result[name] = value;
    else if (!field.optional && !field.nullable) {
      filled(at + name);
      result[name] = emptiest(field, `${at}${name}.`) as JsonObject;
    }
  }
  // Whatever the declaration does not know stays, for the conformance check to complain about.
  for (const name in given) if (!(name in result) && given[name] !== undefined) result[name] = given[name]!;
  return result;
}

// What is put together field by field under computed names becomes a dictionary to V8, and whatever is done with it later
// takes several times as long; a copy of what came out of a parser does not.
type Blanks = { optional: string[]; byOptional: Map<string, JsonObject> };
const blanks = new WeakMap<Record<string, Field>, Blanks>();

/** All the fields that a hash will have, in the order of their declaration, each null. */
function blank(fields: Record<string, Field>, given: JsonObject): JsonObject {
  let known = blanks.get(fields);
  if (!known) {
    const optional = Object.keys(fields).filter((name) => fields[name]!.optional);
    blanks.set(fields, (known = { optional, byOptional: new Map() }));
  }
  let present = '';
  for (const name of known.optional) if (given[name] !== undefined) present += `${name} `;
  let form = known.byOptional.get(present);
  if (!form) {
    const names = Object.keys(fields).filter((name) => !fields[name]!.optional || given[name] !== undefined);
    form = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`) as JsonObject;
    known.byOptional.set(present, form);
  }
  return { ...form };
}

function emptiest(shape: Shape, at: string): unknown {
  switch (shape.kind) {
    case 'integer':
    case 'number':
    case 'timestamp':
      return 0;
    case 'boolean':
    case 'false':
      return false;
    case 'true':
      return true;
    case 'decimal':
      return '0';
    case 'enum':
      return shape.values[0];
    case 'array':
      return [];
    case 'map':
      return {};
    case 'list':
    case 'search':
      return { object: 'list', data: [], has_more: false, url: '' };
    case 'object':
      return fillFields(shape.fields, {}, () => {}, at);
    case 'union':
      return emptiest(shape.of[0]!, at);
    case 'ref': {
      const target = schema().objects[shape.to[0]!];
      return target ? fillFields(target.fields, {}, () => {}, at) : {};
    }
    case 'id':
      // Names no object, but says of which kind it would be.
      return `${prefixOf(shape.to[0]!)}_unknown`;
    default:
      return '';
  }
}
