import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { Field, Operation, Shape } from '../../../src/stripe/schema.ts';
import { NOW } from '../sdk.ts';

// What a text has to look like where its name says that it is not just any text.
const TEXTS: Record<string, string> = {
  currency: 'usd',
  country: 'US',
  url: 'https://example.com/hook',
  domain_name: 'example.com',
  email: 'jenny@example.com',
};

/** Finds an object that a parameter names, or says that the parameter names none. */
export type Reference = (name: string) => string | undefined;

/** The least that a call takes: what it requires, each with a plausible value. */
export const minimal = ({ params }: Pick<Operation, 'params'>, reference: Reference): JsonObject =>
  required(params, reference);

function required(fields: Record<string, Field>, reference: Reference): JsonObject {
  const needed = Object.entries(fields).filter(([, field]) => !field.optional);
  return Object.fromEntries(needed.map(([name, field]) => [name, plausible(field, name, reference)]));
}

function plausible(shape: Shape, name: string, reference: Reference): Json {
  switch (shape.kind) {
    case 'integer':
      return 1000;
    case 'number':
      return 20;
    case 'timestamp':
      return NOW + 24 * 60 * 60;
    case 'boolean':
    case 'true':
      return true;
    case 'false':
      return false;
    case 'decimal':
      return '20';
    case 'enum':
      return shape.values[0]!;
    case 'array':
      return [plausible(shape.of, name, reference)];
    case 'map':
      return { key: plausible(shape.of, name, reference) };
    case 'object': {
      const inner = required(shape.fields, reference);
      if (Object.keys(inner).length > 0) return inner;
      // An empty hash cannot be sent at all, so one that requires nothing gets its first member.
      const [first, field] = Object.entries(shape.fields)[0]!;
      return { [first]: plausible(field, first, reference) };
    }
    case 'union':
      return plausible(shape.of[0]!, name, reference);
    default:
      return reference(name) ?? TEXTS[name] ?? `some ${name}`;
  }
}
