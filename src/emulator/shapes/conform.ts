import { isObject } from '../../base/json.ts';
import { schema, type Field, type Shape } from '../../stripe/schema.ts';

/** Where a value departs from what the SDK declares of `object`: one line a problem, none when it conforms. */
export function conform(object: string, value: unknown): string[] {
  const problems: string[] = [];
  checkRef([object], value, object, problems);
  return problems;
}

/** The same for any shape: what an operation returns, for example. */
export function conformShape(shape: Shape, value: unknown, at: string): string[] {
  const problems: string[] = [];
  check(shape, value, at, problems);
  return problems;
}

function check(shape: Field, value: unknown, at: string, problems: string[]): void {
  if (value === undefined) return void (shape.optional || problems.push(`${at} is missing`));
  if (value === null) return void (shape.nullable || problems.push(`${at} is null`));
  const wrong = (what: string) => void problems.push(`${at} is ${JSON.stringify(value)?.slice(0, 60)}, not ${what}`);
  switch (shape.kind) {
    case 'string':
    case 'decimal':
      return typeof value === 'string' ? undefined : wrong('a string');
    case 'integer':
    case 'timestamp':
      return Number.isSafeInteger(value) ? undefined : wrong('an integer');
    case 'number':
      return typeof value === 'number' ? undefined : wrong('a number');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong('a boolean');
    case 'true':
    case 'false':
      return value === (shape.kind === 'true') ? undefined : wrong(shape.kind);
    case 'enum':
      return shape.values.includes(value as string)
        ? undefined
        : wrong(`one of ${shape.values.slice(0, 8).join(', ')}`);
    case 'id':
      if (typeof value === 'string') return value === '' ? wrong('an id') : undefined;
      return checkRef(shape.to, value, at, problems);
    case 'ref':
      return checkRef(shape.to, value, at, problems);
    case 'array':
      if (!Array.isArray(value)) return wrong('an array');
      return value.forEach((item, i) => check(shape.of, item, `${at}[${i}]`, problems));
    case 'map':
      if (!isObject(value)) return wrong('a hash');
      return Object.entries(value).forEach(([key, item]) => check(shape.of, item, `${at}.${key}`, problems));
    case 'list':
    case 'search':
      return checkList(shape, value, at, problems);
    case 'object':
      // A hash declared without fields is free-form: what an event carries, for example.
      if (Object.keys(shape.fields).length === 0) return isObject(value) ? undefined : wrong('a hash');
      return checkFields(shape.fields, value, at, problems);
    case 'union':
      if (shape.of.some((member) => conformShape(member, value, at).length === 0)) return undefined;
      return wrong('any of its types');
  }
}

function checkList(shape: Shape & { of: Shape }, value: unknown, at: string, problems: string[]) {
  if (!isObject(value) || !Array.isArray(value['data'])) return void problems.push(`${at} is not a list`);
  for (const name of ['object', 'has_more', 'url']) if (!(name in value)) problems.push(`${at}.${name} is missing`);
  value['data'].forEach((item, i) => check(shape.of, item, `${at}.data[${i}]`, problems));
}

function checkRef(names: string[], value: unknown, at: string, problems: string[]) {
  if (!isObject(value)) return void problems.push(`${at} is not an object`);
  const name = `${value['deleted'] === true ? 'deleted:' : ''}${String(value['object'])}`;
  const shape = schema().objects[name];
  if (!names.includes(name) || !shape) return void problems.push(`${at} is a ${name}, not ${names.join(' or ')}`);
  checkFields(shape.fields, value, at, problems);
}

function checkFields(fields: Record<string, Field>, value: unknown, at: string, problems: string[]) {
  if (!isObject(value)) return void problems.push(`${at} is not an object`);
  for (const name in fields) check(fields[name]!, value[name], `${at}.${name}`, problems);
  for (const name in value) if (!(name in fields)) problems.push(`${at}.${name} is not declared`);
}
