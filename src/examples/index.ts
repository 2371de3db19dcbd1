import { PaybellError } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { closest, EVENTS, type EventInfo } from '../stripe/index.ts';
import { API_VERSION } from '../stripe/events.gen.ts';
import { legacyEvent } from './legacy/index.ts';
import { completed, fromSchema, someObject, type Data } from './schema/example.ts';
import { snapshotOf, sourceOf, type Source } from './source.ts';
import { BEGINNING, openExampleWorld, type ExampleWorld } from './stage.ts';
import { linkTo, linkToV2, notification } from './thin.ts';
import type { Example } from './example.ts';

export type { Example } from './example.ts';
export { recipes, type Recipe } from './recipes/index.ts';
export { scenariosWith, sourceOf, type Source } from './source.ts';
export { openExampleWorld, type ExampleWorld } from './stage.ts';

/** Examples of events. Each source is played once however many types it fires; nothing is played before it is asked for. */
export type Examples = AsyncDisposable & {
  /** The example of a type. Throws when there is no such type. */
  of(type: string): Promise<Example>;
  /** The world in which it came about, where everything that it refers to can be fetched; undefined for legacy types. */
  worldOf(type: string): Promise<ExampleWorld | undefined>;
};

type Played = { at: ExampleWorld; find(type: string): JsonObject | undefined };

export type ExamplesOptions = {
  /** Sets ids apart. Without one, examples are the same in every process. */
  seed?: string;
  /** When their worlds begin, Unix seconds. */
  at?: number;
};

/** Opens a collection of examples. */
export function createExamples({ seed = '', at: beginning }: ExamplesOptions = {}): Examples {
  const played = new Map<string, Promise<Played>>();
  const finished = new Map<string, Promise<Example>>();

  const run = (name: string, play: (at: ExampleWorld) => Promise<unknown>): Promise<Played> => {
    const before = played.get(name);
    if (before) return before;
    const now = (async () => {
      const at = await openExampleWorld(seed ? `${name} ${seed}` : name, beginning);
      await play(at);
      await at.open.settled();
      return {
        at,
        find: (type: string) => at.open.world.log.all.find(({ event }) => event.type === type)?.event as JsonObject,
      };
    })();
    played.set(name, now);
    return now;
  };

  const source = (type: string): Promise<Played> => {
    const from = sourceOf(type);
    if (from.reachedBy === 'scenario')
      return run(`${from.scenario.id} ${from.path}`, ({ stage }) => from.scenario.paths[from.path]!.run(stage));
    if (from.reachedBy === 'recipe') return run(`recipe ${from.recipe.id}`, ({ stage }) => from.recipe.run(stage));
    return run(`schema ${type}`, async () => {});
  };

  async function snapshot(type: string): Promise<Example> {
    const from = sourceOf(type);
    const { at, find } = await source(type);
    const bySchema = from.reachedBy === 'schema' || (from.reachedBy === 'recipe' && from.recipe.fidelity === 'schema');
    const fired = find(type);
    if (!fired && from.reachedBy !== 'schema') throw new Error(`${nameOf(from)} no longer fires ${type}`);
    const data = fired ? (fired['data'] as Data) : await fromSchema(type, at);
    const event = fired ?? envelope(type, at);
    const whole = { ...event, data: bySchema && fired ? await completed(type, data, at) : data } as JsonObject;
    return {
      type,
      event: whole,
      reachedBy: from.reachedBy,
      by: nameOf(from),
      fidelity: bySchema ? 'schema' : 'behaviour',
      nulls: nullShare(whole),
    };
  }

  async function thin(type: string, info: EventInfo): Promise<Example> {
    if (info.twin) {
      const twin = await examples.of(info.twin);
      const { id, created, data } = twin.event as { id: string; created: number; data: { object: JsonObject } };
      const related = info.subject.length ? linkTo(data.object) : null;
      return { ...twin, type, event: notification(type, created, related, id), nulls: 0 };
    }
    const [subject] = info.subject;
    const { at } = await run(`schema ${type}`, async () => {});
    const object = subject && !subject.startsWith('v2.') ? await someObject(subject, at) : undefined;
    const related = object ? linkTo(object) : subject ? linkToV2(subject) : null;
    return {
      type,
      event: notification(type, at.open.world.clock.now(), related, null),
      reachedBy: 'schema',
      by: null,
      fidelity: 'schema',
      nulls: 0,
    };
  }

  function make(type: string): Promise<Example> {
    const info = infoOf(type);
    if (info.payload === 'thin') return thin(type, info);
    if (info.era === 'current') return snapshot(type);
    const event = legacyEvent(type);
    return Promise.resolve({ type, event, reachedBy: 'schema', by: null, fidelity: 'era', nulls: nullShare(event) });
  }

  const examples: Examples = {
    async of(type) {
      infoOf(type);
      let example = finished.get(type);
      if (!example) finished.set(type, (example = make(type)));
      return example;
    },
    async worldOf(type) {
      const { era } = infoOf(type);
      if (era === 'legacy') return undefined;
      await examples.of(type);
      const snapshot = snapshotOf(type);
      return (
        await (snapshot.startsWith('v') && infoOf(snapshot).payload === 'thin'
          ? run(`schema ${type}`, async () => {})
          : source(snapshot))
      ).at;
    },
    async [Symbol.asyncDispose]() {
      const worlds = await Promise.allSettled(played.values());
      for (const world of worlds) if (world.status === 'fulfilled') await world.value.at[Symbol.asyncDispose]();
    },
  };
  return examples;
}

/** The catalogue's entry, or an error that names what was perhaps meant. */
export function infoOf(type: string): EventInfo {
  const info = Object.hasOwn(EVENTS, type) ? EVENTS[type as keyof typeof EVENTS] : undefined;
  if (info) return info;
  const near = closest(type);
  throw new PaybellError('bad_option', `There is no event '${type}'${near ? `; did you mean ${near}` : ''}.`);
}

function nameOf(from: Source): string | null {
  if (from.reachedBy === 'scenario') return `${from.scenario.id}/${from.path}`;
  return from.reachedBy === 'recipe' ? from.recipe.id : null;
}

/** What stands around the data of an event that nothing fired. */
function envelope(type: string, { open }: ExampleWorld): JsonObject {
  const { world } = open;
  const id = world.transact({ id: null, idempotency_key: null }, '', (tx) => tx.id('evt'));
  return {
    id,
    object: 'event',
    api_version: API_VERSION,
    created: world.clock.now(),
    data: {},
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/** The share of an event's subject that is null: of all its values, however deep. */
function nullShare(event: JsonObject): number {
  let nulls = 0;
  let values = 0;
  const count = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(count);
    else if (isObject(value)) Object.values(value).forEach((each) => each !== undefined && count(each));
    else {
      values++;
      if (value === null) nulls++;
    }
  };
  count((event['data'] as { object: JsonObject }).object);
  return values === 0 ? 0 : nulls / values;
}

/**
 * An example that happens at a moment (Unix seconds), with ids of its own: what comes about only later in its story begins
 * as much earlier. Legacy events keep the time of their era.
 */
export async function exampleAt(type: string, moment: number, seed: string): Promise<Example> {
  await using first = createExamples();
  const { event } = await first.of(type);
  const created = event['created'];
  const told = typeof created === 'string' ? Date.parse(created) / 1000 : Number(created);
  await using again = createExamples({ seed, at: moment - Math.max(0, told - BEGINNING) });
  return again.of(type);
}
