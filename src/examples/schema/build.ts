import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { schema, type Field, type Shape } from '../../stripe/schema.ts';
import type { Ground } from './ground.ts';
import { choose } from './outcome.ts';
import { momentFor, numberFor, textFor } from './words.ts';

/** Lists that are empty as long as all is well. */
const NONE = /due$|errors|alternatives|pending_verification|missing_fields|aliases|blocked|taxes/;

/** Hashes of sums, a currency each. */
const BY_CURRENCY = /currency|cash|current|available|inbound|outbound/;

/** What most objects do without. */
const SELDOM =
  /excluded|recovered_from|source_flow|^treasury$|us_cfpb|additional_files|cartes_bancaires|kana|kanji|customer_account|on_behalf_of|transform|legacy|deprecated/;

/** How deep hashes are worked out; below that only what must be there is. */
const DEEPEST = 4;

/** Completes an object of a kind: what is given stays, the rest becomes what an object of the kind plausibly holds. */
export async function build(kind: string, given: JsonObject, ground: Ground): Promise<JsonObject> {
  const shape = schema().objects[kind];
  if (!shape) throw new Error(`no object ${kind}`);
  return (await hash(shape.fields, { ...given, object: kind }, ground, 0))!;
}

async function hash(
  fields: Record<string, Field>,
  given: JsonObject,
  ground: Ground,
  depth: number,
): Promise<JsonObject | undefined> {
  const chosen: JsonObject = {};
  for (const [name, field] of Object.entries(fields))
    if (field.kind === 'enum') chosen[name] = (given[name] as string) ?? choose(name, field.values, ground.outcome);
  const result: JsonObject = {};
  for (const [name, field] of Object.entries(fields)) {
    const had = given[name];
    if (had === null && field.optional && !field.nullable) continue;
    if (had !== undefined && (field.kind !== 'object' || !isObject(had)) && !(had === null && !field.nullable)) {
      result[name] = had;
      continue;
    }
    const wanted = wants(name, field, fields, chosen, ground, depth);
    const value = !wanted
      ? undefined
      : field.kind === 'object' && isObject(had)
        ? await hash(field.fields, had, ground, depth + 1)
        : (chosen[name] ?? (await make(field, name, ground, depth)));
    if (value !== undefined) result[name] = value;
    else if (field.nullable) result[name] = null;
    else if (!field.optional) {
      const needed = await make(field, name, ground, -1);
      // Without what it never lacks, a part is left out; the whole is for the check of its shape to complain about.
      if (needed === undefined && depth > 0) return undefined;
      result[name] = needed ?? null;
    }
  }
  return result;
}

/** Whether a field has something to say here, where it may be null or missing. */
function wants(
  name: string,
  field: Field,
  siblings: Record<string, Field>,
  chosen: JsonObject,
  { outcome }: Ground,
  depth: number,
): boolean {
  if (!field.optional && !field.nullable) return true;
  // One of several forms, of which a sibling says which it is: `type: 'card'` and `card: {…}`.
  const form = Object.entries(siblings).find(
    ([other, sibling]) => other !== name && sibling.kind === 'enum' && sibling.values.includes(name),
  );
  if (form) return chosen[form[0]] === name;
  // Options for every way to pay: those of the usual way will do.
  if (field.kind === 'object' && field.optional && 'card' in siblings && 'us_bank_account' in siblings)
    return name === 'card';
  if (SELDOM.test(name)) return false;
  return depth < DEEPEST && outcome.tells(name);
}

/** A value of a shape; undefined when there is none to be had. */
async function make(shape: Shape, name: string, ground: Ground, depth: number): Promise<Json | undefined> {
  switch (shape.kind) {
    case 'string':
      return (await ground.refer(kindsNamed(name))) ?? textFor(name, ground);
    case 'integer':
    case 'number':
      return numberFor(name, ground);
    case 'timestamp':
      return momentFor(name, ground);
    case 'decimal':
      return '12.5';
    case 'boolean':
      return ground.outcome.fields[name] === true || /enabled|active|automatic|approved|eligible|available/.test(name);
    case 'true':
    case 'false':
      return shape.kind === 'true';
    case 'enum':
      return choose(name, shape.values, ground.outcome);
    case 'object':
      return hash(shape.fields, {}, ground, depth < 0 ? DEEPEST : depth + 1);
    case 'array': {
      if (NONE.test(name)) return [];
      const item = await make(shape.of, name.replace(/s$/, ''), ground, depth);
      return item === undefined ? [] : [item];
    }
    case 'map':
      if (name === 'metadata') return { order: '6735' };
      return { [BY_CURRENCY.test(name) ? 'usd' : name]: (await make(shape.of, name, ground, depth)) ?? null };
    case 'list':
    case 'search': {
      const item = await make(shape.of, name.replace(/s$/, ''), ground, depth);
      return { object: 'list', data: item === undefined ? [] : [item], has_more: false, url: listUrl(shape.of) };
    }
    case 'id':
      return ground.refer(shape.to);
    case 'ref': {
      const kinds = shape.to.filter((kind) => !kind.startsWith('deleted:'));
      const whole = await ground.whole(kinds);
      return whole ?? inline(kinds[0], ground, depth < 0 ? DEEPEST : depth);
    }
    case 'union':
      for (const each of shape.of) {
        const value = await make(each, name, ground, depth);
        if (value !== undefined) return value;
      }
      return undefined;
    case 'unknown':
      return {};
  }
}

/** An object that has no id, and stands only where it is shown. */
async function inline(kind: string | undefined, ground: Ground, depth: number): Promise<JsonObject | undefined> {
  const shape = kind === undefined ? undefined : schema().objects[kind];
  if (!shape || 'id' in shape.fields) return undefined;
  return hash(shape.fields, { object: kind! }, ground, Math.max(0, depth) + 1);
}

/** Names of fields that hold ids and are declared as mere text, where the name is not that of one kind alone. */
const MEANT: Record<string, string> = {
  account: 'account',
  connected_account: 'account',
  person: 'person',
  product: 'product',
  price: 'price',
  payout: 'payout',
  topup: 'topup',
  source: 'source',
  parent: 'payment_method_configuration',
  template: 'invoice_rendering_template',
  issuing_authorization: 'issuing.authorization',
  issuing_transaction: 'issuing.transaction',
  origin_payment_method: 'payment_method',
  destination_payment_method: 'payment_method',
  reserve_release: 'reserve.release',
  related_customer: 'customer',
};

let named: Map<string, string[]> | undefined;

/** The kinds of object that a field of this name holds the id of: `financial_account` → `treasury.financial_account`. */
function kindsNamed(name: string): string[] {
  if (MEANT[name]) return [MEANT[name]];
  named ??= Map.groupBy(
    Object.keys(schema().objects).filter(
      (kind) => !kind.includes(':') && !kind.startsWith('v2.') && 'id' in schema().objects[kind]!.fields,
    ),
    (kind) => kind.split('.').at(-1)!,
  );
  const kinds = named.get(name) ?? [];
  return kinds.length === 1 && /_|^(customer|charge|invoice|dispute)$/.test(name) ? kinds : [];
}

function listUrl(of: Shape): string {
  const kind = of.kind === 'ref' ? of.to[0]! : '';
  const found = schema().operations.find(
    ({ method, path, returns }) =>
      method === 'GET' &&
      !path.includes('{') &&
      returns.kind === 'list' &&
      returns.of.kind === 'ref' &&
      returns.of.to[0] === kind,
  );
  return found?.path ?? `/v1/${kind.replaceAll('.', '/')}s`;
}
