import type { Json, JsonObject } from '../../base/json.ts';
import { nearest } from '../../base/nearest.ts';
import type { Field, Shape } from '../../stripe/schema.ts';
import { stripeError } from './errors.ts';
import type { Form, FormHash } from './form.ts';

/**
 * Converts what was sent into what the operation declares: integers, booleans, lists, hashes. An empty string for a
 * field that may be unset becomes null. Throws Stripe's own errors for what is unknown, missing or of another type.
 */
export function readParams(fields: Record<string, Field>, given: FormHash): JsonObject {
  return readFields(fields, given, '');
}

function readFields(fields: Record<string, Field>, given: FormHash, at: string): JsonObject {
  const result: JsonObject = {};
  for (const name in given) {
    // `constructor` and `__proto__` are names like any other.
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const param = at ? `${at}[${name}]` : name;
    if (!field) throw stripeError('parameter_unknown', [param, nearest(name, Object.keys(fields))], param);
    result[name] = readField(field, given[name]!, param);
  }
  for (const name in fields)
    if (!fields[name]!.optional && !(name in given)) {
      const param = at ? `${at}[${name}]` : name;
      throw stripeError('parameter_missing', [param], param);
    }
  return result;
}

function readField(field: Field, value: Form, param: string): Json {
  if (value !== '') return read(field, value, param);
  if (field.emptyable || field.nullable) return null;
  // An empty string unsets optional text; nothing else can be empty unless it is declared so.
  if (field.optional && (field.kind === 'string' || field.kind === 'map')) return null;
  throw stripeError('parameter_invalid_empty', [param], param);
}

function read(shape: Shape, value: Form, param: string): Json {
  const invalid = (why: string) => stripeError('parameter_invalid', [param, why], param);
  if (typeof value === 'object') {
    switch (shape.kind) {
      case 'object':
        return readFields(shape.fields, value, param);
      case 'array':
        return list(value).map((item, i) => read(shape.of, item, `${param}[${i}]`));
      case 'map':
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, readField(shape.of, item, `${param}[${key}]`)]),
        );
      case 'union':
        return readUnion(shape.of, value, param);
      case 'unknown':
        return value as unknown as Json;
      default:
        throw invalid('a hash was sent where a single value belongs');
    }
  }
  switch (shape.kind) {
    case 'string':
    case 'id':
    case 'unknown':
      return value;
    case 'decimal':
      if (!/^-?\d+(\.\d+)?$/.test(value)) throw invalid('must be a decimal number');
      return value;
    case 'integer':
    case 'timestamp':
      if (!/^[+-]?\d{1,15}$/.test(value)) throw stripeError('parameter_invalid_integer', [param, value], param);
      return Number(value);
    case 'number':
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) throw invalid('must be a number');
      return Number(value);
    case 'boolean':
    case 'true':
    case 'false':
      if (value !== 'true' && value !== 'false') throw invalid('must be true or false');
      return value === 'true';
    case 'enum':
      if (OTHER_NAMES[value] && shape.values.includes(OTHER_NAMES[value])) return OTHER_NAMES[value];
      if (!shape.values.includes(value)) throw invalid(`must be one of ${shape.values.join(', ')}`);
      return value;
    case 'array':
      throw invalid(`an array is expected: send ${param}[]=…`);
    case 'union':
      return readUnion(shape.of, value, param);
    default:
      throw invalid('a hash is expected');
  }
}

function readUnion(shapes: Shape[], value: Form, param: string): Json {
  let refusal: unknown;
  // Text takes anything, so it comes last.
  for (const shape of shapes.toSorted((a, b) => Number(a.kind === 'string') - Number(b.kind === 'string'))) {
    try {
      return read(shape, value, param);
    } catch (error) {
      // The message of the shape that the value was most likely meant for.
      if (refusal === undefined || (typeof value === 'object') === (shape.kind === 'object')) refusal = error;
    }
  }
  throw refusal;
}

// What Stripe takes, though it documents another name: its CLI (payment_intent.partially_funded) sends it.
const OTHER_NAMES: Record<string, string> = { jp_bank_account: 'jp_bank_transfer' };

/** The members of a list in order, however they were numbered. */
function list(value: FormHash): Form[] {
  return Object.entries(value)
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}
