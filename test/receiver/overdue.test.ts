import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { overdue, type Timed } from '../../src/receiver/overdue.ts';
import { testClock } from './events.ts';

function watched() {
  const clock = testClock(0);
  const late: string[] = [];
  const { watch } = overdue<Timed & { name: string }>(clock, (one) => {
    one.open = false;
    late.push(`${one.name} at ${clock.now()}`);
  });
  const wait = (name: string) => {
    const one = { name, open: true, until: clock.now() + 100 };
    watch(one);
    return one;
  };
  return { clock, late, wait };
}

test('each that is still open is told of at its own time, in order; what has come is not', () => {
  const { clock, late, wait } = watched();
  wait('a');
  const b = wait('b');
  clock.advance(40);
  wait('c');
  b.open = false;
  clock.advance(59);
  expect(late).toEqual([]);
  clock.advance(1);
  expect(late).toEqual(['a at 100']);
  clock.advance(40);
  expect(late).toEqual(['a at 100', 'c at 140']);
});

test('thousands that come and go leave the one that does not come where it is', () => {
  const { clock, late, wait } = watched();
  for (let i = 0; i < 5_000; i += 1) wait(`early ${i}`).open = false;
  wait('slow');
  for (let i = 0; i < 5_000; i += 1) wait(`behind ${i}`).open = false;
  clock.advance(100);
  expect(late).toEqual(['slow at 100']);
  wait('again');
  clock.advance(100);
  expect(late).toEqual(['slow at 100', 'again at 200']);
});

test('what has come is let go of, though others are always waited for', async () => {
  setFlagsFromString('--expose_gc');
  const gc = runInNewContext('gc') as () => void;
  const { wait } = watched();
  const early: WeakRef<Timed>[] = [];
  let before = wait('first');
  for (let i = 0; i < 200; i += 1) {
    const next = wait(`next ${i}`);
    before.open = false;
    early.push(new WeakRef(before));
    before = next;
  }
  // A weak reference holds what it refers to until the turn has ended.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(early.filter((one) => one.deref() !== undefined).length).toBeLessThan(3);
});
