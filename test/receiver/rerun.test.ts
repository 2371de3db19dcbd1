import { expect, test } from 'vitest';
import { counters } from '../../src/receiver/counters.ts';
import { reruns } from '../../src/receiver/work/rerun.ts';
import type { Reopening } from '../../src/store/store.ts';

function setUp(reopen: (changes: readonly Reopening[]) => Promise<void> = async () => {}) {
  const asked: number[][] = [];
  const state = { closing: false };
  const again = reruns(
    {
      async reopen(changes) {
        asked.push(changes.map(({ seq }) => seq));
        await reopen(changes);
        return { outcomes: changes.map(() => 'busy' as const), lanes: [] };
      },
    },
    {
      leaseNow: () => ({ owner: 'me', lease: 1, now: 0, until: 1 }),
      take: () => Promise.resolve(),
      closing: () => state.closing,
    },
  );
  const of = (seq: number, counts = counters()) => ({
    changes: [{ seq, reset: ['h'], skip: [] }],
    counts,
    includes: () => false,
  });
  return { again, asked, state, of };
}

test('what one replay asks at the same moment is leased in one commit, what another one asks in another', async () => {
  const { again, asked, of } = setUp();
  const counts = counters();
  const all = await Promise.all([again.add(of(1, counts)), again.add(of(2)), again.add(of(3, counts))]);
  expect(asked).toEqual([[1, 3], [2]]);
  expect(all.map((one) => one?.outcomes)).toEqual([['busy'], ['busy'], ['busy']]);
});

test('one that fails fails no other', async () => {
  const { again, of } = setUp(async ([change]) => {
    if (change!.seq === 1) throw new Error('broken');
  });
  const [one, other] = await Promise.allSettled([again.add(of(1)), again.add(of(2))]);
  expect([one.status, other.status]).toEqual(['rejected', 'fulfilled']);
});

test('what had not been leased when it is closed is not leased any more, and closing waits for what is just being', async () => {
  const { promise: leased, resolve } = Promise.withResolvers<void>();
  const { again, asked, state, of } = setUp(() => leased);
  const first = again.add(of(1));
  await expect.poll(() => asked.length).toBe(1);
  const second = again.add(of(2));
  state.closing = true;
  let settled = false;
  const settling = again.settled().then(() => (settled = true));
  await new Promise((turn) => setImmediate(turn));
  expect(settled).toBe(false);
  resolve();
  await settling;
  expect((await first)?.outcomes).toEqual(['busy']);
  expect(await second).toBeUndefined();
  expect(asked).toEqual([[1]]);
});
