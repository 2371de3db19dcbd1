import { isObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { schema } from '../../../src/stripe/schema.ts';
import type { start } from '../sdk.ts';
import { collections, kindAt, PREPARED, SPECIAL, type Collection } from './collections.ts';
import { minimal } from './parameters.ts';

export type Made = JsonObject & { id: string; object: string };
type Open = ReturnType<typeof start>;
type RawRequest = (method: string, path: string, params: JsonObject | null) => Promise<JsonObject>;

/** Makes objects of any kind in a world, through the official SDK, with whatever they need to exist. */
export type Maker = {
  /** A path of the collection whose parents exist. */
  place(collection: Collection): Promise<string>;
  create(collection: Collection, path: string): Promise<Made>;
  call(method: string, path: string, params?: JsonObject): Promise<JsonObject>;
};

export function maker({ stripe, world }: Open): Maker {
  const all = collections();
  const raw = stripe.rawRequest.bind(stripe) as unknown as RawRequest;

  // An object that no call creates is put there: the bank or Stripe itself makes those.
  const put = (kind: string) =>
    world.transact({ id: null, idempotency_key: null }, '', (tx) => {
      const id = `${kind.replaceAll(/\W/g, '')}_given${world.tables.of('', kind).size + 1}`;
      tx.insert(kind, { id, object: kind } as never);
      return id;
    });
  // One of each kind is enough, so that what is made here belongs together.
  const known = new Map<string, string>();
  const one = async (kind: string): Promise<string> => {
    const collection = all.find(({ object, path }) => object === kind && !path.includes('{'));
    const id = known.get(kind) ?? (collection ? (await maker.create(collection, collection.path)).id : put(kind));
    if (!known.has(kind))
      for (const { path, params } of PREPARED[kind] ?? []) await maker.call('POST', path.replace('{}', id), params);
    known.set(kind, id);
    return id;
  };
  let made = 0;
  /** Parameters with an id in place of every `→kind`. */
  const resolved = async (params: JsonObject): Promise<JsonObject> => {
    const entries = Object.entries(params).map(async ([name, value]) => [name, await filledIn(value)]);
    return Object.fromEntries(await Promise.all(entries)) as JsonObject;
  };
  const filledIn = async (value: Json): Promise<Json> => {
    if (typeof value === 'string' && value.startsWith('→')) return one(value.slice(1));
    if (typeof value === 'string') return value.replace('{n}', () => String(++made));
    if (Array.isArray(value)) return Promise.all(value.map(filledIn));
    return isObject(value) ? resolved(value) : value;
  };
  /** The kind a parameter refers to: that of the field it becomes, else the one it is named like. */
  const kindNamed = (name: string, object: string) => {
    const field = schema().objects[object]!.fields[name];
    if (field?.kind === 'id' || field?.kind === 'ref') return field.to[0];
    return [name, `radar.${name}`, `treasury.${name}`].find((kind) => kind in schema().objects);
  };

  const maker: Maker = {
    async call(method, path, params = {}) {
      if (method === 'POST') return plain(await raw(method, path, params));
      const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));
      return plain(await raw(method, query.size ? `${path}?${query}` : path, null));
    },
    async place({ path }) {
      const segments = path.split('/');
      for (const [i, segment] of segments.entries())
        if (segment.startsWith('{')) segments[i] = await one(kindAt(segments.slice(0, i + 1).join('/'))!);
      return segments.join('/');
    },
    async create(collection, path) {
      const given = await resolved(SPECIAL[collection.path] ?? {});
      const wanted = new Set<string>();
      minimal(collection.create, (name) => void wanted.add(name));
      const references = new Map<string, string>();
      for (const name of wanted) {
        const kind = name in given ? undefined : kindNamed(name, collection.object);
        if (kind) references.set(name, await one(kind));
      }
      const params = { ...minimal(collection.create, (name) => references.get(name)), ...given };
      return (await maker.call('POST', path, params)) as Made;
    },
  };
  return maker;
}

/** An answer without what the SDK adds to it. */
const plain = (answer: Json) => JSON.parse(JSON.stringify(answer)) as JsonObject;
