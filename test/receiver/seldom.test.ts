import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seldom } from '../../src/receiver/seldom.ts';

function asked(takes: number) {
  let times = 0;
  const ask = seldom(async () => {
    times += 1;
    if (takes > 0) await sleep(takes);
    return times;
  });
  return { ask, times: () => times };
}

test('what is quick is asked for each time', async () => {
  const { ask } = asked(0);
  expect([await ask(), await ask(), await ask()]).toEqual([1, 2, 3]);
});

test('what takes long is not asked for again for a while', async () => {
  const { ask, times } = asked(60);
  expect([await ask(), await ask(), await ask()]).toEqual([1, 1, 1]);
  expect(times()).toBe(1);
  // Twenty times its time.
  for (const end = performance.now() + 10_000; times() === 1 && performance.now() < end; await sleep(50)) await ask();
  expect(times()).toBe(2);
});

test('a failure is nobody else’s', async () => {
  let fails = true;
  const ask = seldom(async () => {
    await sleep(60);
    if (fails) throw new Error('no');
    return 'yes';
  });
  await expect(ask()).rejects.toThrow('no');
  fails = false;
  expect(await ask()).toBe('yes');
});
