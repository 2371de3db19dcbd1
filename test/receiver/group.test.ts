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
