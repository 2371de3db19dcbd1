import { expect, test } from 'vitest';
import { commits } from '../../src/store/sqlite/commits.ts';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

function ground() {
  const log: string[] = [];
  const transaction = <Result>(work: () => Result): Result => {
    log.push('begin');
    const result = work();
    log.push('commit');
    return result;
  };
  const together = commits(transaction, () => {});
  const write = (name: string) => () => void log.push(name);
  return { log, together, write };
}

test('deliveries commit at once, together with the results that were waiting', async () => {
  const { log, together, write } = ground();
  void together.add(write('settled'));
  void together.now(write('stored'));
  expect(log).toEqual(['begin', 'settled', 'stored', 'commit']);
  await turns(6);
  expect(log).toHaveLength(4);
});

test('results wait for others while each turn brings more, and for no delivery', async () => {
  const { log, together, write } = ground();
  void together.add(write('one'));
  await turns(1);
  void together.add(write('two'));
  expect(log).toEqual([]);
  await turns(4);
  expect(log).toEqual(['begin', 'one', 'two', 'commit']);
  await together.add(write('three'));
  expect(log.slice(4)).toEqual(['begin', 'three', 'commit']);
});
