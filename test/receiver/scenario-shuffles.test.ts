import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { random, type Random } from '../../src/base/ids.ts';
import { sameJson, type JsonObject } from '../../src/base/json.ts';
import { factOf, type Fact } from '../../src/receiver/mirror/fact.ts';
import { identity, tell } from '../../src/receiver/mirror/state.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { branchesOf, play, scenarios, type Run } from '../../src/scenarios/index.ts';
import { compareMirror } from '../../src/scenarios/receive.ts';
import { bothStores } from './both-stores.ts';
import { delivery, SECRET, testClock } from './events.ts';

/** Where the mirror is made. */
const STORES = bothStores();
const SHUFFLES = process.env['PAYBELL_DEEP'] ? 200 : 10;
const END_TO_END = process.env['PAYBELL_DEEP'] ? 10 : 1;
/** Ten orders of a long scenario on PostgreSQL take longer than the usual limit where something else is running. */
const LIMIT = process.env['PAYBELL_DEEP'] ? 180_000 : 20_000;

const fresh = Number(process.env['PAYBELL_SEED']) || randomInt(1, 2 ** 31);
console.log(`scenario shuffles: seeds 1 and PAYBELL_SEED=${fresh}`);

const branches = scenarios.flatMap((scenario) =>
  Object.entries(scenario.paths).flatMap(([path, declared]) =>
    branchesOf(declared).map((without) => ({
      name: `${scenario.id}, ${path}${without === null ? '' : ` without ${without}`}`,
      run: once(() => play(scenario, path, { without })),
    })),
  ),
);

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

/** Any order, about half of it twice or more. */
function shuffled<Item>(items: readonly Item[], source: Random): Item[] {
  const again = items.filter(() => source.next() < 0.5);
  const all = [...items, ...again, ...again.filter(() => source.next() < 0.3)];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = Math.floor(source.next() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

const eventsOf = (run: Run): JsonObject[] => [...run.setup, ...run.events.map(({ event }) => event)];

/** What the facts say of every object, against the truth; the names of those that differ. */
function differences(events: readonly JsonObject[], { truth }: Run): string[] {
  const seen = new Set<unknown>();
  const facts = new Map<string, Fact[]>();
  for (const event of events) {
    const fact = factOf(event);
    const named = identity(fact?.object);
    if (!fact || !named || seen.has(event['id'])) continue;
    seen.add(event['id']);
    const key = `${String(event['account'] ?? '')} ${named.object} ${named.id}`;
    facts.set(key, [...(facts.get(key) ?? []), fact]);
  }
  const wrong = truth.filter(({ account, object, id, deleted, json }) => {
    const told = tell(facts.get(`${account} ${object} ${id}`) ?? []);
    return !told || told.ambiguous || told.deleted !== deleted || !sameJson(told.last.object, json);
  });
  return wrong.map(({ object, id }) => `${object} ${id}`);
}

describe.each([...[1, fresh].entries()])('run %i with seed %i', (turn, seed) => {
  test.each(branches)(
    '$name: whatever the order and the duplicates, what is told is the truth',
    async ({ name, run }) => {
      const played = await run();
      const log = eventsOf(played);
      const source = random(`${seed} ${name}`);
      expect(differences(log, played)).toEqual([]);
      for (let i = 0; i < SHUFFLES; i += 1) expect(differences(shuffled(log, source), played)).toEqual([]);
    },
    LIMIT,
  );

  describe.each(Object.entries(STORES))('end to end on %s', (_, makeStore) => {
    test.each(branches)(
      '$name',
      async ({ name, run }) => {
        const played = await run();
        const source = random(`${seed} ${name} end to end`);
        for (let i = 0; i < END_TO_END; i += 1) {
          await using store = await makeStore();
          await using receiver = createReceiver({ store, secrets: SECRET, clock: testClock() });
          // Working by itself, it begins with the commit that stores; else all is claimed.
          // With one run each, one seed has the one and the other the other.
          const started = (turn + i) % 2 === 0;
          if (started) await receiver.start();
          const settle = () => (started ? receiver.idle() : receiver.drain());
          for (const event of shuffled(eventsOf(played), source)) {
            expect((await receiver.fetch(delivery(event))).status).toBe(200);
            if (source.next() < 0.3) await settle();
          }
          await settle();
          expect((await compareMirror(store, played.truth)).differences).toEqual([]);
        }
      },
      LIMIT,
    );
  });
});

test('there are scenarios to shuffle', () => {
  expect(branches.length).toBeGreaterThan(20);
});
