import type { Field, ObjectShape, Operation } from '../../src/stripe/schema.ts';

type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json';

const KIND: Partial<Record<Field['kind'], ColumnKind>> = {
  string: 'text',
  enum: 'text',
  id: 'text',
  decimal: 'text',
  integer: 'integer',
  timestamp: 'timestamp',
  number: 'number',
  boolean: 'boolean',
  true: 'boolean',
  false: 'boolean',
};

/** The mirror's views: for each object its name in SQL and a column for each field, in the object's own order. */
export function readColumns(objects: Record<string, ObjectShape>, operations: Operation[]) {
  const views: Record<string, { view: string; columns: Record<string, ColumnKind> }> = {};
  for (const [name, { fields }] of Object.entries(objects)) {
    if (name.startsWith('deleted:') || name.startsWith('v2.') || !fields['id']) continue;
    const columns = Object.entries(fields)
      .filter(([field]) => field !== 'object' && field !== 'id')
      .map(([field, shape]) => [field, KIND[shape.kind] ?? 'json']);
    views[name] = { view: `stripe_${plural(name, operations)}`, columns: Object.fromEntries(columns) };
  }
  return views;
}

/**
 * Objects that no event is about, but that stand in lists of others: where they are found (`subscription_item` in the
 * `items` of a `subscription`).
 */
export function readNested(objects: Record<string, ObjectShape>, subjects: Record<string, string[]>) {
  const told = new Set(Object.values(subjects).flat());
  const nested: Record<string, { object: string; field: string; list: boolean }[]> = {};
  for (const [object, { fields }] of Object.entries(objects))
    for (const [field, shape] of Object.entries(fields)) {
      const item = shape.kind === 'list' || shape.kind === 'array' ? shape.of : undefined;
      if (item?.kind !== 'ref' || item.to.length !== 1 || !told.has(object)) continue;
      const [name] = item.to as [string];
      if (!told.has(name) && objects[name]?.fields['id'])
        (nested[name] ??= []).push({ object, field, list: shape.kind === 'list' });
    }
  return nested;
}

/** `issuing.card` → `issuing_cards`: Stripe's own plural where a route has one. */
function plural(object: string, operations: Operation[]): string {
  const parts = object.split('.');
  const list = operations.find(
    ({ method, path, returns }) =>
      method === 'GET' &&
      returns.kind === 'list' &&
      returns.of.kind === 'ref' &&
      returns.of.to.length === 1 &&
      returns.of.to[0] === object &&
      !path.includes('{'),
  );
  if (list) return list.path.slice('/v1/'.length).replaceAll('/', '_');
  const last = parts.pop()!;
  const plural = /[^aeiou]y$/.test(last)
    ? `${last.slice(0, -1)}ies`
    : /(s|x|ch|sh)$/.test(last)
      ? `${last}es`
      : `${last}s`;
  return [...parts, plural].join('_');
}
