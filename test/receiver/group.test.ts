import { expect, test, vi } from 'vitest';
import { collected, grouped } from '../../src/receiver/group.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turn();
};

test('a group waits for the next turn as long as each brings more, and then no longer', async () => {
  const groups: number[][] = [];
  const add = collected<number>(async (group) => void groups.push(group), { turns: 4 });
  add(1);
  await turn();
  add(2);
  await turn();
  expect(groups).toEqual([]);
  await turns(3);
  expect(groups).toEqual([[1, 2]]);
});

test('turns that always bring more do not keep it waiting', async () => {
  const groups: number[][] = [];
  const add = collected<number>(async (group) => void groups.push(group), { turns: 4 });
  for (let i = 0; i < 12; i += 1) {
    add(i);
    await turn();
  }
  await turns(3);
  expect(groups.length).toBeGreaterThan(1);
  expect(groups.flat()).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test('where it need not wait, a group is what one turn brought', async () => {
  const groups: number[][] = [];
  const add = collected<number>(async (group) => void groups.push(group));
  add(1);
  add(2);
  await turn();
  expect(groups).toEqual([[1, 2]]);
});

test('where a pause is made, a group is what came meanwhile; whether one is made is asked for each', async () => {
  const groups: number[][] = [];
  let pause = 30;
  const add = collected<number>(async (group) => void groups.push(group), { pause: () => pause });
  add(1);
  await turns(4);
  add(2);
  expect(groups).toEqual([]);
  await vi.waitFor(() => expect(groups).toEqual([[1, 2]]), { interval: 5 });
  pause = 0;
  add(3);
  await turns(2);
  expect(groups).toEqual([[1, 2], [3]]);
});

test('what comes while a commit runs is the next group', async () => {
  const groups: string[][] = [];
  const ends: (() => void)[] = [];
  const add = collected<string>((group) => {
    groups.push(group);
    return new Promise((end) => ends.push(end));
  });
  add('a');
  await turns(4);
  add('b');
  add('c');
  await turns(8);
  expect(groups).toEqual([['a']]);
  ends[0]!();
  await turns(4);
  expect(groups).toEqual([['a'], ['b', 'c']]);
});

/** Commits that end when they are told to, in whatever order. */
function committing() {
  const groups: string[][] = [];
  const ends = new Map<string, () => void>();
  const add = collected<string>(
    (group) => {
      groups.push(group);
      return new Promise((end) => ends.set(group[0]!, end));
    },
    { ahead: true },
  );
  const end = (first: string): Promise<void> => {
    ends.get(first)!();
    return turns(4);
  };
  return { groups, add: (...items: string[]) => (items.forEach(add), turns(4)), end };
}

test('where it may be ahead, the next commit begins once as many wait as are in the first', async () => {
  const { groups, add, end } = committing();
  await add('a', 'b');
  await add('c');
  expect(groups).toEqual([['a', 'b']]);
  await add('d');
  expect(groups).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  // No third one, however many wait; with the first at an end, what counts is the second.
  await add('e', 'f', 'g');
  expect(groups).toHaveLength(2);
  await end('a');
  expect(groups[2]).toEqual(['e', 'f', 'g']);
  await add('h', 'i');
  await end('c');
  expect(groups).toHaveLength(3);
  await end('e');
  expect(groups[3]).toEqual(['h', 'i']);
});

test('the size of a commit that ended before an earlier one no longer counts', async () => {
  const { groups, add, end } = committing();
  await add('a', 'b', 'c');
  await add('d', 'e', 'f', 'g');
  await end('d');
  await add('h', 'i');
  expect(groups).toHaveLength(2);
  await add('j');
  expect(groups[2]).toEqual(['h', 'i', 'j']);
});

test('a commit that throws fails everyone in its group, and nobody in the next', async () => {
  let broken = true;
  const add = grouped<number, number>(async (items) => {
    if (broken) throw new Error('the disk is full');
    return items.map((item) => item * 2);
  });
  const first = await Promise.allSettled([add(1), add(2)]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect(await Promise.all([add(3), add(4)])).toEqual([6, 8]);
});
