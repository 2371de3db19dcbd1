import type { JsonObject } from '../../base/json.ts';
import { random } from '../../base/ids.ts';
import { prefixOf, idLengthOf } from '../../emulator/resources/prefixes.ts';
import { resources } from '../../emulator/resources/index.ts';
import type { Row, Stored } from '../../emulator/world/objects.ts';
import { EVENT_SUBJECTS } from '../../stripe/events.gen.ts';
import { schema } from '../../stripe/schema.ts';
import type { ExampleWorld } from '../stage.ts';
import { build } from './build.ts';
import type { Ground } from './ground.ts';
import { KINDS } from './kinds.ts';
import { MAKERS } from './makers.ts';
import { outcomeOf } from './outcome.ts';
import { previousOf } from './previous.ts';

/** What an event says: its subject, and what was different before. */
export type Data = { object: JsonObject; previous_attributes?: JsonObject };

/** Works out the data of an event that nothing in the emulator fires. Everything that it refers to is in the world then. */
export async function fromSchema(type: string, at: ExampleWorld): Promise<Data> {
  const kinds = EVENT_SUBJECTS[type]!;
  const kind = kinds.find((each) => MAKERS[each]) ?? kinds[0]!;
  const given = identity(kind, made(at, `${type} itself`));
  const ground = groundIn(at, type, MAKERS[kind] ? undefined : { kind, id: String(given['id']) });
  const real = MAKERS[kind] ? await ground.whole([kind]) : undefined;
  const object = real
    ? { ...real, ...ground.outcome.fields }
    : await build(kind, { ...given, ...KINDS[kind], ...ground.outcome.fields }, ground);
  keep(at, kind, object);
  return ground.outcome.verb.endsWith('updated')
    ? { object, previous_attributes: previousOf(kind, object) }
    : { object };
}

/**
 * Works out what a run left open, where the emulator only keeps what it is given: `made` are the fields that the run filled
 * because they may not be null.
 */
export async function completed(type: string, data: Data, at: ExampleWorld): Promise<Data> {
  const { object } = data;
  const kind = String(object['object']);
  const open = new Set([...at.open.world.filled.keys()].filter((each) => each.startsWith(`${kind}.`)));
  const known = Object.entries(object).filter(
    // Null says that nothing was given; it would say here that there is nothing.
    ([name, value]) => value !== null && !open.has(`${kind}.${name}`) && !(Array.isArray(value) && value.length === 0),
  );
  const ground = groundIn(at, type, { kind, id: String(object['id']) });
  const whole = await build(kind, { ...KINDS[kind], ...Object.fromEntries(known), ...ground.outcome.fields }, ground);
  keep(at, kind, whole);
  return { ...data, object: whole };
}

/** Some object of a kind, as usual: the one that is there, or a new one. Undefined where the emulator knows no such kind. */
export const someObject = (kind: string, at: ExampleWorld): Promise<JsonObject | undefined> =>
  groundIn(at, 'any.usual').whole([kind]);

/** An id and a time, where the kind has them. */
function identity(kind: string, { now, text }: Pick<Ground, 'now' | 'text'>): JsonObject {
  const { fields } = schema().objects[kind]!;
  return {
    ...('id' in fields && { id: `${prefixOf(kind)}_${text(idLengthOf(kind))}` }),
    ...('created' in fields && { created: now }),
    ...('livemode' in fields && { livemode: false }),
    ...('metadata' in fields && { metadata: { order: '6735' } }),
  };
}

/** The time of a world, and texts that are the same for the same type. */
function made({ open }: ExampleWorld, type: string): Pick<Ground, 'now' | 'text'> {
  const { text } = random(`example ${type}`);
  return { now: open.world.clock.now(), text };
}

function groundIn(at: ExampleWorld, type: string, subject?: { kind: string; id: string }): Ground {
  const { world } = at.open;
  // What is being made already has its id: two objects may each point to the other.
  const under = new Map<string, string>(subject && [[subject.kind, subject.id]]);
  const find = (kind: string): Row | undefined => {
    for (const row of world.tables.of('', kind).newest()) if (!row.deleted) return row;
    return undefined;
  };
  const bring = async (kind: string): Promise<Row | undefined> => {
    const there = find(kind);
    if (there || under.has(kind)) return there;
    const { fields } = schema().objects[kind] ?? { fields: {} };
    if (!('id' in fields) || kind.startsWith('v2.')) return undefined;
    const given = identity(kind, plain);
    under.set(kind, String(given['id']));
    try {
      if (MAKERS[kind]) await MAKERS[kind](at.stage);
      // What has behaviour comes about by it, or not at all.
      else if (!resources.has(kind)) keep(at, kind, await build(kind, { ...given, ...KINDS[kind] }, plain));
    } finally {
      under.delete(kind);
    }
    return find(kind);
  };
  const refer = async (kinds: readonly string[]): Promise<string | undefined> => {
    for (const kind of kinds) {
      const id = kind.startsWith('deleted:') ? undefined : ((await bring(kind))?.id ?? under.get(kind));
      if (id !== undefined) return id;
    }
    return undefined;
  };
  const whole = async (kinds: readonly string[]): Promise<JsonObject | undefined> => {
    for (const kind of kinds) {
      const row = kind.startsWith('deleted:') ? undefined : await bring(kind);
      if (row) return row.object as JsonObject;
    }
    return undefined;
  };
  const ground: Ground = {
    ...made(at, type),
    outcome: outcomeOf(type),
    refer,
    whole,
  };
  // What is merely referred to is as usual, whatever became of the subject.
  const plain: Ground = { ...ground, outcome: outcomeOf('any.usual') };
  return ground;
}

/** Above every position that the world itself gives out. */
const KEPT = 1_000_000;

/** Puts an object into the world as it is, so that whoever asks the API for it gets it. */
function keep({ open }: ExampleWorld, kind: string, object: JsonObject): void {
  if (typeof object['id'] !== 'string') return;
  const table = open.world.tables.of('', kind);
  const old = table.get(object['id']);
  table.put({
    id: object['id'],
    object: object as unknown as Stored,
    hidden: old?.hidden ?? {},
    account: '',
    position:
      old?.position ?? KEPT + Array.from(open.world.tables.all()).reduce((sum, { table }) => sum + table.size, 0),
    deleted: old?.deleted ?? false,
  });
}
