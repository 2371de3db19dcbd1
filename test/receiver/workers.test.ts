import { expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { NOW, testClock } from './events.ts';
import { of, setUp } from './set-up.ts';

test('never two events of one object at a time, while other objects go on', async () => {
  const { receiver, deliver } = setUp();
  const now = new Map<string, number>();
  let most = 0;
  let together = 0;
  receiver.on('*', async ({ object }) => {
    const id = (object as unknown as { id: string }).id;
    now.set(id, (now.get(id) ?? 0) + 1);
    most = Math.max(most, now.get(id)!);
    together = Math.max(
      together,
      [...now.values()].reduce((sum, count) => sum + count, 0),
    );
    await new Promise((resolve) => setImmediate(resolve));
    now.set(id, now.get(id)! - 1);
  });
  const events = Array.from({ length: 60 }, (_, i) => of(`ch_${i % 6}`, `evt_${i}`, NOW + i));
  await receiver.start();
  await Promise.all(events.map((event) => deliver(event)));
  await receiver.idle();
  expect(most).toBe(1);
  expect(together).toBeGreaterThan(1);
  expect((await receiver.status()).counters.handled).toBe(60);
  await receiver.close();
});

test('two workers on one store share the work, and no object', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const one = setUp({ store, concurrency: 2 });
  const two = setUp({ store, clock: one.clock, concurrency: 2 });
  const now = new Set<string>();
  const counts = [0, 0];
  for (const [index, { receiver }] of [one, two].entries())
    receiver.on('*', async ({ object }) => {
      const id = (object as unknown as { id: string }).id;
      expect(now.has(id)).toBe(false);
      now.add(id);
      counts[index]! += 1;
      await new Promise((resolve) => setImmediate(resolve));
      now.delete(id);
    });
  await one.deliver(...Array.from({ length: 40 }, (_, i) => of(`ch_${i % 8}`, `evt_${i}`, NOW + i)));
  await Promise.all([one.receiver.drain(), two.receiver.drain()]);
  await one.receiver.drain();
  expect(counts[0]! + counts[1]!).toBe(40);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

test('a handler this process does not have keeps its record', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const one = setUp({ store });
  one.receiver.on(
    '*',
    () => {
      throw new Error('later');
    },
    { name: 'mail' },
  );
  await one.deliver(of('ch_1', 'evt_1'));
  await one.receiver.drain();
  const other = setUp({ store, clock: one.clock });
  other.receiver.on('*', () => {}, { name: 'books' });
  one.clock.advance(10_000);
  await other.receiver.drain();
  const { state, handlers } = (await store.getEvent('evt_1'))!;
  expect(state).toBe('retrying');
  expect(handlers).toMatchObject([
    { handler: 'mail', state: 'retrying', attempts: 1 },
    { handler: 'books', state: 'done' },
  ]);
});

test('a worker that stops mid-way loses its lease, and what it then says is not heard', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const slow = setUp({ store, lease: 30_000 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const runs: string[] = [];
  slow.receiver.on(
    '*',
    async () => {
      runs.push('slow');
      await promise;
    },
    { name: 'h' },
  );
  await slow.deliver(of('ch_1', 'evt_1'));
  const stuck = slow.receiver.drain();
  while (runs.length === 0) await new Promise((next) => setImmediate(next));

  // Another clock, as if this process had not run for a minute: the first never renews.
  const clock = testClock(NOW * 1000 + 60_000);
  const quick = setUp({ store, clock });
  quick.receiver.on('*', () => void runs.push('quick'), { name: 'h' });
  await quick.receiver.drain();
  resolve();
  await stuck;
  expect(runs).toEqual(['slow', 'quick']);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([
    { state: 'done', attempts: 1, updatedAt: clock.now() },
  ]);
});

test('leases are renewed while a handler runs, and its signal is aborted when they could not be', async () => {
  const { store, clock, receiver, deliver } = setUp({ lease: 30_000, onProblem: () => {} });
  const { promise, resolve } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<AbortSignal>();
  receiver.on('*', async (context) => {
    started.resolve(context.signal);
    await promise;
  });
  await deliver(of('ch_1', 'evt_1'));
  const draining = receiver.drain();
  const signal = await started.promise;
  const turns = async () => {
    for (let i = 0; i < 5; i += 1) await new Promise((next) => setImmediate(next));
  };
  for (let i = 0; i < 10; i += 1) {
    clock.advance(10_000);
    await turns();
  }
  expect(await store.nextDue()).toBe(clock.now() + 30_000);
  expect(signal.aborted).toBe(false);

  store.renew = () => Promise.reject(new Error('away'));
  for (let i = 0; i < 5; i += 1) {
    clock.advance(10_000);
    await turns();
  }
  expect(signal.aborted).toBe(true);
  resolve();
  await draining;
});

test('closing waits for a handler, starts no further one, and leaves the rest due', async () => {
  const { store, receiver, deliver, clock } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  receiver.on('*', async ({ event }) => {
    seen.push(event.id);
    await promise;
  });
  await deliver(of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 1));
  await receiver.start();
  while (seen.length === 0) await new Promise((next) => setImmediate(next));
  const closing = receiver.close();
  resolve();
  await closing;
  expect(seen).toEqual(['evt_1']);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
  expect(await store.nextDue()).toBe(clock.now());
});

test('a result that could not be written is written when the store is back', async () => {
  const problems: string[] = [];
  const { store, clock, receiver, deliver } = setUp({ onProblem: (what) => problems.push(what) });
  let runs = 0;
  receiver.on('*', () => void (runs += 1));
  await deliver(of('ch_1', 'evt_1'));
  const settle = store.settle;
  let failures = 3;
  store.settle = (results) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : settle(results));
  const draining = receiver.drain();
  const ticking = setInterval(() => clock.advance(1000), 5);
  await draining;
  clearInterval(ticking);
  expect(runs).toBe(1);
  expect(problems.length).toBeGreaterThan(2);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
});

test('work that the store failed goes on after a second, not at the end of its lease, and later each time', async () => {
  const problems: string[] = [];
  const { store, clock, receiver, deliver, states } = setUp({ onProblem: (what) => problems.push(what) });
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.id));
  // Two in one second: their order is read from the history.
  await deliver(of('ch_1', 'evt_1'), of('ch_1', 'evt_2'), of('ch_2', 'evt_3'));
  const { history, renew } = store;
  let failures = 3;
  store.history = (lane) => (failures-- > 0 ? Promise.reject(new Error('the store is away')) : history(lane));
  // The first time it cannot even be given back; then it is when work is looked for again.
  let away = 1;
  store.renew = (...given) => (away-- > 0 ? Promise.reject(new Error('the store is away')) : renew(...given));
  const waits: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await receiver.drain();
    const due = await store.nextDue();
    if (due === undefined) break;
    waits.push(due - clock.now());
    clock.advance(due - clock.now());
  }
  expect(problems).toEqual(Array.from({ length: 3 }, () => 'work on  charge ch_1 failed'));
  expect(seen).toEqual(['evt_3', 'evt_1', 'evt_2']);
  expect(await states()).toEqual({ evt_1: 'done', evt_2: 'done', evt_3: 'done' });
  expect(waits).toHaveLength(3);
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(wait).toBeLessThanOrEqual(1_000 * 2 ** index);
  }
});

test('a started worker picks up what another process stored', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const worker = setUp({ store, poll: 1000 });
  const seen: string[] = [];
  worker.receiver.on('*', ({ event }) => void seen.push(event.id));
  await worker.receiver.start();
  await worker.receiver.idle();
  await setUp({ store, clock: worker.clock }).deliver(of('ch_1', 'evt_1'));
  while (seen.length === 0) {
    worker.clock.advance(1000);
    await new Promise((next) => setImmediate(next));
  }
  expect(seen).toEqual(['evt_1']);
  await worker.receiver.close();
});

test.each([
  ['many deliveries share a commit', () => 40],
  ['commits of many and of few take turns', (round: number) => (round % 2 === 1 ? 59 : 5)],
])('while %s, work is claimed in small portions now and then; afterwards without limit', async (_, size) => {
  const { receiver, store, clock, deliver } = setUp({ mirror: 'later' });
  const { claim } = store;
  const claimed: { at: number; lanes: number }[] = [];
  store.claim = async (given) => {
    const lanes = await claim(given);
    claimed.push({ at: clock.now() - NOW * 1000, lanes: lanes.length });
    return lanes;
  };
  await receiver.start();
  await receiver.idle();
  claimed.length = 0;
  let sent = 0;
  for (let round = 1; round <= 72; round += 1) {
    clock.advance(25);
    const ids = Array.from({ length: size(round) }, () => (sent += 1));
    await Promise.all(ids.map((id) => deliver(of(`ch_${id}`, `evt_${id}`))));
  }
  expect(claimed).toEqual([500, 1000, 1500].map((at) => ({ at, lanes: 50 })));
  // Nothing comes any more: the last group says nothing of what is to come.
  clock.advance(100);
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(Math.max(...claimed.map(({ lanes }) => lanes))).toBe(100);
  await receiver.idle();
  expect((await store.counts()).events.done).toBe(sent);
  await receiver.close();
});

test('a clock that is set back does not keep a crowd from being worked on', async () => {
  const { receiver, store, clock, deliver } = setUp({ mirror: 'later' });
  await receiver.start();
  await receiver.idle();
  clock.advance(-3_600_000);
  await Promise.all(Array.from({ length: 40 }, (_, i) => deliver(of(`ch_${i}`, `evt_${i}`))));
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect((await store.counts()).events.done).toBe(40);
  await receiver.close();
});

test('a few deliveries at a time leave room for all the work there is', async () => {
  const { receiver, store, deliver } = setUp({ mirror: 'later' });
  const { receive } = store;
  let commits = 0;
  store.receive = (incoming) => {
    commits += 1;
    return receive(incoming);
  };
  await receiver.start();
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 15 }, (_, i) => deliver(of(`ch_${round}_${i}`, `evt_${round}_${i}`))));
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect((await store.counts()).events.done).toBe((round + 1) * 15);
  }
  expect(commits).toBe(20);
  await receiver.close();
});

test('what is done but for its commit takes no place of what is to be worked on', async () => {
  const { receiver, store, deliver } = setUp({ concurrency: 2 });
  const { settle } = store;
  const go = Promise.withResolvers<void>();
  const handled: string[] = [];
  let claims = 0;
  const { claim } = store;
  store.claim = (given) => {
    claims += 1;
    return claim(given);
  };
  receiver.on('*', ({ event }) => void handled.push(event.id));
  await receiver.start();
  await receiver.idle();
  claims = 0;
  store.settle = (results) => go.promise.then(() => settle(results));
  await Promise.all([deliver(of('ch_1', 'evt_1')), deliver(of('ch_2', 'evt_2'))]);
  await turns(8);
  // Two more than there are places, but not two more than that: memory is not a queue.
  await Promise.all(['3', '4', '5'].map((n) => deliver(of(`ch_${n}`, `evt_${n}`))));
  await turns(8);
  expect(handled.toSorted()).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4']);
  expect(claims).toBe(0);
  go.resolve();
  await receiver.idle();
  expect(handled).toHaveLength(5);
  await receiver.close();
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
