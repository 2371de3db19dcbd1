import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { factOf } from '../../src/receiver/mirror/fact.ts';
import { tell } from '../../src/receiver/mirror/state.ts';
import { createReceiver, type EventSource, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, NOW, SECRET, testClock, type EventParts } from './events.ts';
import { ticking } from './set-up.ts';
import { seeds } from './seeds.ts';

function setUp(options: Partial<ReceiverOptions<unknown>> = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const receiver = createReceiver({ secrets: SECRET, clock, store, ...options });
  const deliver = async (parts: EventParts) => {
    await receiver.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
    await receiver.drain();
  };
  const shown = async () => {
    const row = await store.getObject('customer', 'cus_1');
    return (
      row && { name: (JSON.parse(row.json) as JsonObject)['name'], deleted: row.deleted, ambiguous: row.ambiguous }
    );
  };
  const adopt = async (object: JsonObject, second: number) => {
    await receiver.adopt([object], { requestedAt: (NOW + second) * 1000 + 300 });
    await receiver.drain();
  };
  return { store, clock, receiver, deliver, adopt, shown };
}

const customer = (name: string, more: JsonObject = {}): JsonObject => ({
  id: 'cus_1',
  object: 'customer',
  name,
  ...more,
});
const updated = (name: string, second: number, parts: EventParts = {}): EventParts => ({
  id: `evt_${name}_${second}`,
  type: 'customer.updated',
  created: NOW + second,
  object: customer(name),
  ...parts,
});

test('a copy stands for its object as of the time of the request, and no handler sees it', async () => {
  const { receiver, store, deliver, adopt, shown } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event, current }) => void seen.push(`${event.id} ${String(current?.['name'])}`));
  await adopt(customer('copy'), 5);
  expect(await shown()).toEqual({ name: 'copy', deleted: false, ambiguous: false });
  await deliver(updated('older', 4));
  expect(await shown()).toMatchObject({ name: 'copy' });
  await deliver(updated('newer', 6));
  expect(await shown()).toMatchObject({ name: 'newer' });
  expect(seen).toEqual(['evt_older_4 copy', 'evt_newer_6 newer']);
  expect((await receiver.replay({}, { dryRun: true })).events).toBe(2);
  expect((await store.counts()).events.done).toBe(3);
});

test('in one second the evidence decides, and without any the copy is the later one and nothing is ambiguous', async () => {
  const tie = setUp();
  await tie.deliver(updated('event', 5));
  await tie.adopt(customer('copy'), 5);
  expect(await tie.shown()).toEqual({ name: 'copy', deleted: false, ambiguous: false });

  const chained = setUp();
  await chained.adopt(customer('copy'), 5);
  await chained.deliver(updated('event', 5, { previous: { name: 'copy' } }));
  expect(await chained.shown()).toEqual({ name: 'event', deleted: false, ambiguous: false });
});

test('a deletion is not undone by an older copy, nor by one of its second; a copy may tell of a deletion', async () => {
  const deleted = { type: 'customer.deleted' };
  const one = setUp();
  await one.deliver(updated('gone', 5, deleted));
  await one.adopt(customer('copy'), 4);
  await one.adopt(customer('copy'), 5);
  expect(await one.shown()).toMatchObject({ deleted: true });
  const two = setUp();
  await two.deliver(updated('there', 5));
  await two.adopt({ id: 'cus_1', object: 'customer', deleted: true }, 9);
  await two.deliver(updated('late', 7));
  expect(await two.shown()).toMatchObject({ deleted: true });
});

test('the same copy twice is one, and what has no id is none', async () => {
  const { receiver, store } = setUp();
  const at = { requestedAt: NOW * 1000, account: 'acct_1' };
  expect(await receiver.adopt([customer('a'), { object: 'balance' }, customer('a')], at)).toBe(1);
  expect(await receiver.adopt([customer('a')], at)).toBe(0);
  await receiver.drain();
  expect(await store.getObject('customer', 'cus_1', 'acct_1')).toMatchObject({ account: 'acct_1' });
});

test('the same answer twice is no repeated event', async () => {
  const { store, adopt } = setUp();
  await adopt(customer('a'), 1);
  await adopt(customer('a'), 2);
  expect((await store.listEvents()).items.map(({ state, twinOf }) => [state, twinOf])).toEqual([
    ['done', null],
    ['done', null],
  ]);
});

test('what its events leave open, asking the API settles', async () => {
  const stripe: EventSource = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    rawRequest: async () => customer('a'),
  };
  const { receiver, clock, deliver, shown } = setUp({ stripe });
  receiver.on('*', () => {});
  await deliver(updated('a', 0));
  await deliver(updated('b', 0));
  expect(await shown()).toEqual({ name: 'b', deleted: false, ambiguous: true });
  clock.advance(1_000);
  expect(await ticking(clock, receiver.ensure('customer', 'cus_1'))).toMatchObject({ finished: true });
  expect(await shown()).toEqual({ name: 'a', deleted: false, ambiguous: false });
});

test('many objects are adopted in batches', async () => {
  const { receiver, store } = setUp();
  const objects = Array.from({ length: 1_200 }, (_, i) => ({ ...customer('x'), id: `cus_${i}` }));
  expect(await receiver.adopt(objects, { requestedAt: NOW * 1000 })).toBe(1_200);
  await receiver.drain();
  expect((await store.counts()).objects).toBe(1_200);
});

describe.each(seeds())('seed %i', (seed) => {
  test('events and copies in any order end in the same state, which is that of the set', async () => {
    const step = fc.record({
      copy: fc.boolean(),
      name: fc.constantFrom('a', 'b', 'c'),
      second: fc.constantFrom(0, 1, 1, 1, 2),
      previous: fc.option(fc.constantFrom('a', 'b', 'c')),
      type: fc.constantFrom(
        'customer.updated',
        'customer.updated',
        'customer.updated',
        'customer.created',
        'customer.deleted',
      ),
      ms: fc.integer({ min: 0, max: 999 }),
    });
    const sets = fc.array(step, { minLength: 2, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(
        sets.chain((set) => {
          const numbered = set.map((one, index) => ({ ...one, index }));
          return fc.tuple(
            fc.shuffledSubarray(numbered, { minLength: set.length }),
            fc.array(fc.boolean(), { minLength: 1 }),
          );
        }),
        async ([arriving, works]) => {
          await using store = createSqliteStore({ path: ':memory:' });
          await using receiver = createReceiver({ secrets: SECRET, clock: testClock(), store });
          for (const [turn, { copy, name, second, previous, type, ms, index }] of arriving.entries()) {
            if (copy) await receiver.adopt([customer(name)], { requestedAt: (NOW + second) * 1000 + ms });
            else {
              const parts = { id: `evt_${index}`, type, created: NOW + second, object: customer(name) };
              await receiver.fetch(delivery(anEvent({ ...parts, ...(previous && { previous: { name: previous } }) })));
            }
            if (works[turn % works.length]) await receiver.drain();
          }
          await receiver.drain();
          const rows = await store.history(' customer cus_1');
          const told = tell(
            rows.map(({ payload }) => factOf(JSON.parse(Buffer.from(payload).toString()) as JsonObject)!),
          )!;
          const row = (await store.getObject('customer', 'cus_1'))!;
          expect([JSON.parse(row.json), row.deleted, row.ambiguous]).toEqual([
            told.last.object,
            told.deleted,
            told.ambiguous,
          ]);
        },
      ),
      { seed, numRuns: 80 },
    );
  });
});
