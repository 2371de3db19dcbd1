import type { Json, JsonObject } from '../../base/json.ts';
import { schema, type Field } from '../../stripe/schema.ts';

type Rule = { fits: (name: string, field: Field) => boolean; before: (now: Json, field: Field) => Json };

const DAY = 86_400;

/** What may have been different before an update: the first rule that some field of the object fits. */
const RULES: Rule[] = [
  { fits: (name) => name === 'metadata', before: () => ({ order: null }) },
  { fits: (_, field) => field.kind === 'string' && field.nullable === true, before: () => null },
  {
    fits: (name, { kind }) => name === 'status' && kind === 'enum',
    before: (now, field) => (field.kind === 'enum' ? (field.values.find((value) => value !== now) ?? null) : null),
  },
  { fits: (name, { kind }) => kind === 'boolean' && name !== 'livemode', before: () => false },
  { fits: (_, { kind }) => kind === 'list', before: () => ({ data: [] }) },
  { fits: (name, { kind }) => kind === 'timestamp' && name !== 'created', before: (now) => Number(now) - DAY },
  { fits: (name) => name === 'status', before: () => 'pending' },
];

/** The `previous_attributes` that an update of an object may tell. */
export function previousOf(kind: string, object: JsonObject): JsonObject {
  const fields = Object.entries(schema().objects[kind]!.fields);
  for (const { fits, before } of RULES)
    for (const [name, field] of fields)
      if (object[name] && fits(name, field)) return { [name]: before(object[name], field) };
  return {};
}
