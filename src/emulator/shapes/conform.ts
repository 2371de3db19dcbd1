import { isObject, type JsonObject } from '../../base/json.ts';
import { schema, type Field, type Shape } from '../../stripe/schema.ts';

/** Where a value departs from what the SDK declares of `object`: one line a problem, none when it conforms. */
export function conform(object: string, value: unknown): string[] {
  return (refCheck([object])(value) ?? []).map((problem) => object + problem);
}

/** The same for any shape: what an operation returns, for example. */
export function conformShape(shape: Shape, value: unknown, at: string): string[] {
  return (checkOf(shape)(value) ?? []).map((problem) => at + problem);
}

/**
 * What is wrong with a value, each problem with the way to it (`.items[0].id is missing`). Most values are fine, every
 * event and answer is looked at, and so each shape becomes a function once, and a way is only put together on the way
 * back from a problem: a third of what it took to walk the shapes.
 */
type Check = (value: unknown) => string[] | undefined;

/** By the values that the SDK lists, what its list leaves out: funding instructions come in all the types they are asked for in. */
const LEFT_OUT: Record<string, readonly string[]> = {
  'eu_bank_transfer,jp_bank_transfer': ['gb_bank_transfer', 'mx_bank_transfer', 'us_bank_transfer'],
};

const checks = new WeakMap<Field, Check>();

function checkOf(field: Field): Check {
  let check = checks.get(field);
  if (!check) {
    const present = checkPresent(field);
    check = (value) => {
      if (value === undefined) return field.optional ? undefined : [' is missing'];
      if (value === null) return field.nullable ? undefined : [' is null'];
      return present(value);
    };
    checks.set(field, check);
  }
  return check;
}

function checkPresent(shape: Field): Check {
  switch (shape.kind) {
    case 'string':
    case 'decimal':
      return (value) => (typeof value === 'string' ? undefined : wrong(value, 'a string'));
    case 'integer':
    case 'timestamp':
      return (value) => (Number.isSafeInteger(value) ? undefined : wrong(value, 'an integer'));
    case 'number':
      return (value) => (typeof value === 'number' ? undefined : wrong(value, 'a number'));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : wrong(value, 'a boolean'));
    case 'true':
    case 'false':
      return (value) => (value === (shape.kind === 'true') ? undefined : wrong(value, shape.kind));
    case 'enum': {
      const values = new Set<unknown>([...shape.values, ...(LEFT_OUT[String(shape.values)] ?? [])]);
      return (value) => (values.has(value) ? undefined : wrong(value, `one of ${shape.values.slice(0, 8).join(', ')}`));
    }
    case 'id': {
      const whole = refCheck(shape.to);
      return (value) => {
        if (typeof value !== 'string') return whole(value);
        return value === '' ? wrong(value, 'an id') : undefined;
      };
    }
    case 'ref':
      return refCheck(shape.to);
    case 'array': {
      const each = eachOf(shape.of);
      return (value) => (Array.isArray(value) ? each(value) : wrong(value, 'an array'));
    }
    case 'map': {
      const item = checkOf(shape.of);
      return (value) => {
        if (!isObject(value)) return wrong(value, 'a hash');
        const problems = Object.entries(value).flatMap(([key, each]) => below(`.${key}`, item(each)));
        return problems.length ? problems : undefined;
      };
    }
    case 'list':
    case 'search':
      return listCheck(shape.of);
    case 'object':
      // A hash declared without fields is free-form: what an event carries, for example.
      if (Object.keys(shape.fields).length === 0)
        return (value) => (isObject(value) ? undefined : wrong(value, 'a hash'));
      return fieldsCheck(shape.fields);
    case 'union': {
      const members = shape.of.map(checkOf);
      return (value) => (members.some((member) => !member(value)) ? undefined : wrong(value, 'any of its types'));
    }
    case 'unknown':
      return () => undefined;
  }
}

const wrong = (value: unknown, what: string) => [` is ${JSON.stringify(value)?.slice(0, 60)}, not ${what}`];

const below = (step: string, problems: string[] | undefined) => (problems ?? []).map((problem) => step + problem);

function eachOf(shape: Shape): (values: unknown[]) => string[] | undefined {
  const check = checkOf(shape);
  return (values) => {
    let problems: string[] | undefined;
    for (let i = 0; i < values.length; i++) {
      const found = check(values[i]);
      if (found) (problems ??= []).push(...below(`[${i}]`, found));
    }
    return problems;
  };
}

function listCheck(of: Shape): Check {
  const each = eachOf(of);
  return (value) => {
    if (!isObject(value) || !Array.isArray(value['data'])) return [' is not a list'];
    const missing = ['object', 'has_more', 'url'].filter((name) => !(name in value));
    const problems = [...missing.map((name) => `.${name} is missing`), ...below('.data', each(value['data']))];
    return problems.length ? problems : undefined;
  };
}

function refCheck(names: readonly string[]): Check {
  return (value) => {
    if (!isObject(value)) return [' is not an object'];
    const name = value['deleted'] === true ? `deleted:${String(value['object'])}` : String(value['object']);
    if (!names.includes(name) || !schema().objects[name]) return [` is a ${name}, not ${names.join(' or ')}`];
    return objectCheck(name)(value);
  };
}

const objects = new Map<string, Check>();

// Objects hold each other: the check of one is made when the first of them is looked at.
function objectCheck(name: string): Check {
  let check = objects.get(name);
  if (!check) objects.set(name, (check = fieldsCheck(schema().objects[name]!.fields)));
  return check;
}

function fieldsCheck(fields: Record<string, Field>): Check {
  const names = Object.keys(fields);
  const each = names.map((name) => checkOf(fields[name]!));
  const optional = names.map((name) => fields[name]!.optional === true);
  // Nearly every value has its fields in the declared order, so that none needs to be looked up. Only what does not fit
  // is looked through field by field.
  const fits = (value: JsonObject) => {
    let next = 0;
    for (const name in value) {
      while (names[next] !== name) if (next === names.length || !optional[next++]) return false;
      if (each[next++]!(value[name])) return false;
    }
    while (next < names.length) if (!optional[next++]) return false;
    return true;
  };
  return (value) => {
    if (!isObject(value)) return [' is not an object'];
    if (fits(value)) return undefined;
    const problems = names.flatMap((name, i) => below(`.${name}`, each[i]!(value[name])));
    for (const name in value) if (!(name in fields)) problems.push(`.${name} is not declared`);
    return problems.length ? problems : undefined;
  };
}
