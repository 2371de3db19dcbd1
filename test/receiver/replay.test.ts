import { expect, test } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { aCharge, anEvent, bodyOf, delivery, NOW, SECRET, testClock, type EventParts } from './events.ts';
import { of } from './set-up.ts';

function setUp(options: Partial<ReceiverOptions<unknown>> = {}) {
  const store = createSqliteStore({ path: ':memory:' });
  const clock = testClock();
  const make = () => createReceiver({ secrets: SECRET, clock, ...options, store });
  const receiver = make();
  const deliver = async (...events: EventParts[]) => {
    for (const parts of events) await receiver.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
  };
  return { store, clock, receiver, make, deliver };
}

test('a dry run tells what would run and changes nothing', async () => {
  const { store, receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('charge.updated', ({ event }) => void seen.push(event.id)).on('*', () => {}, { name: 'all' });
  await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2'), of('ch_3', 'evt_3', NOW, { type: 'charge.captured' }));
  await receiver.drain();
  const before = await store.listEvents();
  const report = await receiver.replay({ type: 'charge.*' }, { dryRun: true });
  expect(report).toMatchObject({ dryRun: true, events: 3, runs: 5, byHandler: { 'charge.updated': 2, all: 3 } });
  expect(report.list.at(-1)).toEqual({
    account: '',
    id: 'evt_3',
    type: 'charge.captured',
    handler: 'all',
    redacted: null,
  });
  expect(await store.listEvents()).toEqual(before);
  await receiver.drain();
  expect(seen).toEqual(['evt_1', 'evt_2']);
});

test('what is replayed runs again, in order, from its first attempt, with the same idempotency key', async () => {
  const { store, receiver, deliver, clock } = setUp({ retry: { attempts: 2 } });
  const seen: unknown[] = [];
  const keys = new Set<string>();
  let broken = true;
  receiver.on('*', ({ event, attempt, late, idempotencyKey }) => {
    keys.add(idempotencyKey);
    if (broken && event.id === 'evt_2') throw new Error('broken');
    seen.push([event.id, attempt, late]);
  });
  await deliver(of('ch_1', 'evt_3', NOW + 2), of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 1));
  await receiver.drain();
  clock.advance(60_000);
  await receiver.drain();
  expect((await store.getEvent('evt_2'))!.state).toBe('dead');
  broken = false;
  seen.length = 0;
  expect(await receiver.replay({ type: '*' })).toMatchObject({ events: 3, runs: 3, left: [] });
  await receiver.drain();
  expect(seen).toEqual([
    ['evt_1', 1, false],
    ['evt_2', 1, false],
    ['evt_3', 1, false],
  ]);
  expect(keys.size).toBe(3);
  expect((await store.counts()).events).toMatchObject({ done: 3, dead: 0 });
});

test('one event replayed alone is late when its object went on', async () => {
  const { receiver, deliver } = setUp();
  const seen: unknown[] = [];
  receiver.on('*', ({ event, late, current }) => void seen.push([event.id, late, current?.['description']]));
  await deliver(of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 9));
  await receiver.drain();
  seen.length = 0;
  await receiver.replay({ id: 'evt_1' });
  await receiver.drain();
  expect(seen).toEqual([['evt_1', true, 'evt_2']]);
});

test('of the dead letter only the handlers that gave up run again', async () => {
  const { receiver, deliver } = setUp({ retry: { attempts: 1 } });
  const seen: string[] = [];
  let broken = true;
  receiver
    .on('*', () => void seen.push('good'), { name: 'good' })
    .on(
      '*',
      () => {
        if (broken) throw new Error('broken');
        seen.push('bad');
      },
      { name: 'bad' },
    );
  await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2'));
  await receiver.drain();
  broken = false;
  seen.length = 0;
  const { list } = await receiver.replay({ state: 'dead', id: ['evt_1'] });
  expect(list.map(({ id, handler }) => `${id} ${handler}`)).toEqual(['evt_1 bad']);
  await receiver.drain();
  expect(seen).toEqual(['bad']);
});

test('a handler added later runs over what is stored, and no other new one does', async () => {
  const { receiver, make, deliver, store } = setUp();
  receiver.on('charge.updated', () => {}, { name: 'old' });
  await deliver(of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 1));
  await receiver.drain();
  const seen: string[] = [];
  const next = make()
    .on('charge.updated', () => void seen.push('old'), { name: 'old' })
    .on('charge.*', ({ event }) => void seen.push(event.id), { name: 'new' })
    .on('*', () => void seen.push('newer'), { name: 'newer' });
  expect(await next.replay({ handler: 'new' })).toMatchObject({ events: 2, byHandler: { new: 2 } });
  await next.drain();
  expect(seen).toEqual(['evt_1', 'evt_2']);
  expect(
    (await store.getEvent('evt_1'))!.handlers.map(({ handler, state }) => `${handler} ${state}`).toSorted(),
  ).toEqual(['new done', 'newer skipped', 'old done']);
  seen.length = 0;
  await next.replay({ handler: 'newer', id: 'evt_2' });
  await next.drain();
  expect(seen).toEqual(['newer']);
});

test('events are chosen by id, account, time and object', async () => {
  const { receiver, deliver, clock } = setUp();
  receiver.on('*', () => {});
  await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2', NOW, { account: 'acct_1' }));
  clock.advance(1000);
  await deliver(of('ch_3', 'evt_3'));
  await receiver.drain();
  const found = async (filter: Parameters<typeof receiver.replay>[0]) =>
    (await receiver.replay(filter, { dryRun: true })).list.map(({ id }) => id);
  expect(await found({ id: ['evt_1', 'evt_3'] })).toEqual(['evt_1', 'evt_3']);
  expect(await found({ account: 'acct_1' })).toEqual(['evt_2']);
  expect(await found({ since: NOW * 1000 + 1000 })).toEqual(['evt_3']);
  expect(await found({ until: NOW * 1000 + 1000 })).toEqual(['evt_1', 'evt_2']);
  expect(await found({ objectId: 'ch_2' })).toEqual(['evt_2']);
  await expect(receiver.replay({ handler: 'nobody' })).rejects.toMatchObject({ code: 'unknown_handler' });
});

test('a repeat of another event is not handled again with it, and what is still waiting is left to run', async () => {
  const { receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.id));
  const object = aCharge({ id: 'ch_1', description: 'b' });
  const change = { type: 'charge.updated', object, previous: { description: 'a' }, request: null };
  await deliver({ id: 'evt_1', ...change }, { id: 'evt_2', ...change, created: NOW + 1 });
  await receiver.drain();
  await deliver(of('ch_9', 'evt_3'));
  seen.length = 0;
  const report = await receiver.replay({});
  expect(report.left.map(({ id, why }) => `${id} ${why}`)).toEqual(['evt_3 waiting', 'evt_2 repeat']);
  await receiver.drain();
  expect(seen.toSorted()).toEqual(['evt_1', 'evt_3']);
});

test('a later event of the object waits for a replayed earlier one', async () => {
  const { receiver, deliver, store, clock } = setUp({ retry: { attempts: 5 } });
  const seen: string[] = [];
  let broken = false;
  receiver.on('*', ({ event }) => {
    if (broken) throw new Error('broken');
    seen.push(event.id);
  });
  await deliver(of('ch_1', 'evt_1', NOW));
  await receiver.drain();
  broken = true;
  await receiver.replay({ id: 'evt_1' });
  await receiver.drain();
  await deliver(of('ch_1', 'evt_2', NOW + 1));
  await receiver.drain();
  expect((await store.getEvent('evt_2'))!.state).toBe('processing');
  broken = false;
  clock.advance(60_000);
  await receiver.drain();
  expect(seen).toEqual(['evt_1', 'evt_1', 'evt_2']);
});

test('thousands of events are replayed page by page, each object in its order', async () => {
  const { receiver, store } = setUp();
  const last = new Map<string, number>();
  let wrong = 0;
  let runs = 0;
  receiver.on('*', ({ event, object }) => {
    const { id } = object as unknown as { id: string };
    if ((event.created as number) <= (last.get(id) ?? 0)) wrong += 1;
    last.set(id, event.created as number);
    runs += 1;
  });
  const count = 2_600;
  for (let from = 0; from < count; from += 650)
    await put(
      store,
      ...Array.from({ length: 650 }, (_, index) => {
        // Pages are read newest first, so what comes first of a page must not run before the others are there.
        const created = NOW + from + index;
        const object = aCharge({ id: `ch_${(from + index) % 40}` });
        const event = anEvent({ created, type: 'charge.updated', object });
        const { id } = event;
        return sample({ id, created, type: event.type, objectId: object['id'] as string, payload: bodyOf(event) });
      }),
    );
  await receiver.drain();
  expect(runs).toBe(count);
  last.clear();
  let told = 0;
  const onRuns = (page: readonly unknown[]) => {
    told += page.length;
    // A worker that is busy all the while gets nothing before everything is reopened.
    void receiver.drain();
  };
  const report = await receiver.replay({}, { onRuns });
  expect(report).toMatchObject({ events: count, runs: count });
  expect({ told, listed: report.list.length }).toEqual({ told: count, listed: 1000 });
  await receiver.drain();
  expect({ runs, wrong }).toEqual({ runs: 2 * count, wrong: 0 });
});
