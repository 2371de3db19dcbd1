import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { schema, type Field } from '../../stripe/schema.ts';
import { fillFields } from './fill.ts';

/** A hash that was given in part keeps what it had; what is still missing is completed from its shape. */
export function complete(field: Field, given: Json, current: Json | undefined): Json {
  if (field.kind !== 'object' || !isObject(given)) return given;
  const base = isObject(current) ? current : {};
  const merged: JsonObject = { ...base };
  for (const [name, value] of Object.entries(given)) {
    const inner = field.fields[name];
    if (inner) merged[name] = complete(inner, value, base[name]);
  }
  return fillFields(field.fields, merged, () => {}, '');
}

/** A hash-valued field of an object (`shipping`, `address`) as the object shows it; null stays null. */
export function completeField<Value>(object: string, name: string, given: unknown, current?: unknown): Value {
  if (given === null || given === undefined) return null as Value;
  return complete(schema().objects[object]!.fields[name]!, given as Json, current as Json | undefined) as Value;
}
