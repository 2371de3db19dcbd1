import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameJson, type JsonObject } from '../../src/base/json.ts';
import { factOf } from '../../src/receiver/mirror/fact.ts';
import { tell } from '../../src/receiver/mirror/state.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { play, scenarios } from '../../src/scenarios/index.ts';
import { deletes } from '../../src/stripe/lifecycle.ts';
import { delivery, NOW, SECRET, testClock } from './events.ts';
import { HISTORIES, live, type Step } from './histories.ts';
import { seeds } from './seeds.ts';

type Shown = { object: string; id: string; deleted: boolean; ambiguous: boolean; json: JsonObject };

/** Delivers in this order, working after some of the deliveries, and tells what the mirror shows in the end. */
async function mirrorAfter(deliveries: readonly JsonObject[], worksAfter: readonly boolean[]): Promise<Shown[]> {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET, clock: testClock() });
  for (const [index, event] of deliveries.entries()) {
    expect((await receiver.fetch(delivery(event))).status).toBe(200);
    if (worksAfter[index % worksAfter.length]) await receiver.drain();
  }
  await receiver.drain();
  const { items } = await store.listObjects({ limit: 1000 });
  return items.map(({ object, id, deleted, ambiguous, json }) => ({
    object,
    id,
    deleted,
    ambiguous,
    json: JSON.parse(json) as JsonObject,
  }));
}

/** What the log says of each object: its last event's. */
function truthOf(log: readonly JsonObject[]): Shown[] {
  const last = new Map<string, Shown>();
  for (const event of log) {
    const json = (event['data'] as { object: JsonObject }).object;
    const { object, id } = json as { object: string; id?: string };
    if (id)
      last.set(`${object} ${id}`, {
        object,
        id,
        deleted: deletes(event['type'] as string, json),
        ambiguous: false,
        json,
      });
  }
  return [...last.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, shown]) => shown);
}

/** Any order, anything twice or three times. */
const shuffled = <Event>(events: readonly Event[]): fc.Arbitrary<Event[]> =>
  fc
    .array(fc.constantFrom(...events), { maxLength: events.length })
    .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));
const working = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
/** In the deep tier a long scenario takes longer than the usual limit where something else is running. */
const LIMIT = process.env['PAYBELL_DEEP'] ? 180_000 : 20_000;

describe.each(seeds())('seed %i', (seed) => {
  test.each(Object.entries(HISTORIES))(
    '%s: whatever the order of arrival, the mirror ends as it happened',
    async (_, events) => {
      const truth = truthOf(events);
      await fc.assert(
        fc.asyncProperty(shuffled(events), working, async (deliveries, worksAfter) => {
          expect(await mirrorAfter(deliveries, worksAfter)).toEqual(truth);
        }),
        { seed, numRuns: 8 },
      );
    },
  );

  const steps = fc.array(
    fc.record({
      type: fc.constant('customer.updated'),
      set: fc.dictionary(fc.constantFrom('name', 'email', 'phone'), fc.constantFrom('a', 'b', null), {
        minKeys: 1,
      }) as fc.Arbitrary<JsonObject>,
      after: fc.constantFrom(0, 0, 0, 1),
    }),
    { maxLength: 8 },
  );
  const customer = { id: 'cus_1', object: 'customer', name: 'a', email: null, phone: null };

  test('changes that say what they replaced end as they happened, or are marked', () => {
    let marked = 0;
    fc.assert(
      fc.property(steps, (changes: Step[]) => {
        const log = live(customer, [{ type: 'customer.created', told: false }, ...changes]);
        const facts = log.map((event) => factOf(event)!).toSorted((a, b) => (a.id < b.id ? -1 : 1));
        const told = tell(facts)!;
        if (told.ambiguous) marked += 1;
        else expect(told.last.object).toEqual(log.at(-1)!.data.object);
      }),
      { seed, numRuns: 300 },
    );
    // Three fields with three values each come back to where they were all the time; real objects hardly ever do.
    expect(marked).toBeLessThan(60);
  });

  test('the state is a function of the set, even of sets that make no sense', () => {
    const anyFact = fc.record({
      id: fc.integer({ min: 0, max: 40 }).map((n) => `evt_${n}`),
      type: fc.constantFrom('customer.updated', 'customer.created', 'customer.deleted'),
      created: fc.constantFrom(NOW, NOW, NOW + 1, NOW + 2),
      object: fc.constantFrom('a', 'b', 'c').map((name) => ({ id: 'cus_1', object: 'customer', name }) as JsonObject),
      previous: fc.option(
        fc.constantFrom('a', 'b', 'c').map((name) => ({ name }) as JsonObject),
        { nil: undefined },
      ),
    });
    const set = fc.uniqueArray(anyFact, { selector: ({ id }) => id, minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(
        set.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
        ([facts, others]) => {
          const [one, two] = [tell(facts)!, tell(others)!];
          expect([two.last.id, two.deleted, two.ambiguous]).toEqual([one.last.id, one.deleted, one.ambiguous]);
          expect(two.sequence.map(({ id }) => id)).toEqual(one.sequence.map(({ id }) => id));
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test('what is worked on in pieces ends as what is told at once, even where it makes no sense', async () => {
    const anyEvent = fc.tuple(
      fc.constantFrom('customer.updated', 'customer.created', 'customer.deleted'),
      fc.constantFrom(0, 0, 1, 2),
      fc.constantFrom('a', 'b', 'c'),
      fc.option(fc.constantFrom('a', 'b', 'c')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent, { minLength: 2, maxLength: 7 }),
        fc.nat(),
        working,
        async (parts, turn, worksAfter) => {
          const events = parts.map(([type, second, name, previous], index) => {
            const [event] = live({ id: 'cus_1', object: 'customer', name }, [{ type, told: false }], {
              from: NOW + second,
              prefix: `evt_${index}`,
            });
            return {
              ...event!,
              data: { ...event!.data, ...(previous && { previous_attributes: { name: previous } }) },
            };
          });
          const told = tell(events.map((event) => factOf(event)!))!;
          const arriving = events.map((_, index) => events[(index * 5 + turn) % events.length]!);
          const set = arriving.length === new Set(arriving).size ? arriving : events.toReversed();
          const [shown] = await mirrorAfter(set, worksAfter);
          expect(shown).toMatchObject({ json: told.last.object, deleted: told.deleted, ambiguous: told.ambiguous });
        },
      ),
      { seed, numRuns: 60 },
    );
  });

  const runs = scenarios.flatMap((scenario) =>
    Object.keys(scenario.paths).map((path) => [`${scenario.id}, ${path}`, scenario, path] as const),
  );
  test.each(runs)(
    'scenario %s: the mirror equals the truth of the event log',
    async (_, scenario, path) => {
      const { events } = await play(scenario, path);
      const log = events.map(({ event }) => event);
      const truth = truthOf(log);
      // The many orders are tried in scenario-shuffles; what varies here is when the worker gets to work between them.
      const numRuns = process.env['PAYBELL_DEEP'] ? 20 : 5;
      await fc.assert(
        fc.asyncProperty(shuffled(log), working, async (deliveries, worksAfter) => {
          const shown = await mirrorAfter(deliveries, worksAfter);
          const wrong = shown.filter((one, index) => one.ambiguous || !sameJson(one, truth[index]));
          expect(wrong).toEqual([]);
          expect(shown).toHaveLength(truth.length);
        }),
        { seed, numRuns },
      );
    },
    LIMIT,
  );
});
