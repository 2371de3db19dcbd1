import { expect, test } from 'vitest';
import type { LiveMessage } from '../../src/console/api/types.ts';
import { createActivity } from '../../src/console/index.ts';
import { createLive } from '../../src/console/live.ts';
import type { Settings } from '../../src/console/options.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { testClock } from '../receiver/events.ts';

/** Lets what is under way come to its end: the store in memory needs no time of its own. */
const settled = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
};

function open({ took = 0 } = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const looks: number[] = [];
  const began = clock.now();
  let now = began;
  const live = createLive({
    store: {
      ...store,
      counts: () => {
        looks.push(clock.now() - began);
        // A look takes time in which nothing else is due.
        now += took;
        return store.counts();
      },
    },
    clock: { after: clock.after, now: () => clock.now() + (now - began) },
    activity: createActivity(),
    closing: new AbortController().signal,
    onProblem: () => {},
  } as unknown as Settings);
  return { store, clock, live, looks, [Symbol.asyncDispose]: () => store.close() };
}

test('who was busy when the last change came gets it afterwards', async () => {
  await using opened = open();
  const got: number[] = [];
  let taken = () => {};
  opened.live.listen((piece) => {
    got.push((JSON.parse(piece.slice('data: '.length)) as LiveMessage).newest);
    return new Promise<void>((resolve) => (taken = resolve));
  });
  await settled();
  expect(got).toEqual([0]);
  for (const id of ['evt_1', 'evt_2']) {
    await put(opened.store, sample({ id }));
    opened.clock.advance(2_000);
    await settled();
  }
  expect(got).toEqual([0]);
  // Nothing changes any more, and what came meanwhile comes once.
  taken();
  await settled();
  expect(got).toEqual([0, 2]);
  taken();
  await settled();
  expect(got).toEqual([0, 2]);
});

test('counts are twenty times as far apart as one takes; what is new is told all the same', async () => {
  await using opened = open({ took: 300 });
  const got: LiveMessage[] = [];
  opened.live.listen(async (piece) => void (piece.startsWith('data') && got.push(JSON.parse(piece.slice(6)))));
  for (let i = 0; i < 200; i += 1) {
    await settled();
    if (i === 10) await put(opened.store, sample({ id: 'evt_1' }));
    opened.clock.advance(100);
    if (i === 35) expect(got.at(-1)).toMatchObject({ newest: 1, counts: { events: { pending: 0 } } });
  }
  expect(got.at(-1)).toMatchObject({ newest: 1, counts: { events: { pending: 1 } } });
  expect(opened.looks.length).toBeGreaterThan(2);
  const apart = opened.looks.slice(1).map((at, i) => at - opened.looks[i]!);
  expect(Math.min(...apart)).toBeGreaterThanOrEqual(20 * 300);
});
