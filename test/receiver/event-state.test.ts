import { expect, test } from 'vitest';
import { eventChange, replayed, worked } from '../../src/receiver/work/records.ts';
import type { Item } from '../../src/receiver/work/item.ts';

const NOW = 1_000_000;
const item = { event: { seq: 7 } } as unknown as Item;

type State = 'pending' | 'retrying' | 'done' | 'dead' | 'skipped';
/** Where handlers stand; the name of one that is not registered here begins with "old". */
type Records = [handler: string, state: State, nextAt?: number][];

/** What becomes of an event, whatever the order in which its handlers are looked at. */
const change = (...records: Records) => changeFor(worked({ has: (name) => !name.startsWith('old') }), records);

function changeFor(ours: Parameters<typeof eventChange>[2], records: Records) {
  const all = permutations(records).map((some) =>
    eventChange(
      item,
      new Map(some.map(([name, state, nextAt = null]) => [name, { state, nextAt, attempts: 1, failures: 1 }])),
      ours,
      NOW,
    ),
  );
  for (const one of all) expect(one).toEqual(all[0]);
  const { seq, ...rest } = all[0]!;
  expect(seq).toBe(7);
  return rest;
}

function permutations<One>(all: One[]): One[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((one, at) => permutations(all.toSpliced(at, 1)).map((rest) => [one, ...rest]));
}

test('an event is done when each of its handlers is, and dead when one of them gave up', () => {
  expect(change()).toEqual({ state: 'done', readyAt: null });
  expect(change(['a', 'done'], ['b', 'skipped'])).toEqual({ state: 'done', readyAt: null });
  expect(change(['a', 'done'], ['b', 'dead'], ['c', 'skipped'])).toEqual({ state: 'dead', readyAt: null });
});

test('a handler that is to run again keeps the event open, whatever gave up: at the earliest time there is', () => {
  expect(change(['a', 'dead'], ['b', 'retrying', NOW + 5])).toEqual({ state: 'retrying', readyAt: NOW + 5 });
  expect(change(['a', 'retrying', NOW + 9], ['b', 'retrying', NOW + 5], ['c', 'pending'], ['d', 'dead'])).toEqual({
    state: 'retrying',
    readyAt: NOW + 5,
  });
});

test('one that is held back waits for what it is held back by', () => {
  expect(change(['a', 'done'], ['b', 'pending'], ['c', 'dead'])).toEqual({ state: 'processing', readyAt: null });
});

test('one that is not registered here is looked for again in a minute', () => {
  expect(change(['a', 'done'], ['old', 'pending'])).toEqual({ state: 'processing', readyAt: NOW + 60_000 });
  expect(change(['old', 'retrying', NOW + 5], ['a', 'dead'])).toEqual({ state: 'retrying', readyAt: NOW + 60_000 });
  expect(change(['old', 'retrying', NOW + 5], ['a', 'retrying', NOW + 90_000])).toEqual({
    state: 'retrying',
    readyAt: NOW + 60_000,
  });
  expect(change(['old', 'done'], ['a', 'done'])).toEqual({ state: 'done', readyAt: null });
});

test('a replay leaves others as due as they were', () => {
  const ours = replayed(new Set(['a']));
  expect(
    changeFor(ours, [
      ['a', 'done'],
      ['b', 'pending'],
    ]),
  ).toEqual({ state: 'processing', readyAt: NOW });
  expect(
    changeFor(ours, [
      ['a', 'dead'],
      ['b', 'retrying', NOW + 9],
    ]),
  ).toEqual({ state: 'retrying', readyAt: NOW + 9 });
  expect(
    changeFor(ours, [
      ['a', 'retrying', NOW + 5],
      ['b', 'retrying', NOW + 9],
    ]),
  ).toEqual({
    state: 'retrying',
    readyAt: NOW + 5,
  });
});
