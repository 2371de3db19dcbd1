import { describe, expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { beside } from './beside.ts';
import { bothStores } from './both-stores.ts';
import { NOW, SECRET } from './events.ts';
import { of } from './set-up.ts';

describe.each(Object.entries(bothStores()))('on %s', (_, makeStore) => {
  test('what waits for other handlers is not touched by a replay, nor counted', async () => {
    const { server, make, deliver, states } = await beside(makeStore, { retry: { attempts: 5 } });
    const seen: string[] = [];
    let broken = true;
    server.on(
      '*',
      ({ event }) => {
        if (broken) throw new Error('broken');
        seen.push(`mail ${event.id}`);
      },
      { name: 'mail' },
    );
    server.on('*', ({ event }) => void seen.push(`crm ${event.id}`), { name: 'crm' });
    await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2'));
    await server.drain();
    await deliver(of('ch_3', 'evt_3'), of('ch_1', 'evt_4', NOW + 5));
    seen.length = 0;
    broken = false;
    const replaying = make().on('*', ({ event }) => void seen.push(`crm again ${event.id}`), { name: 'crm' });
    const report = await replaying.replay({ id: ['evt_1', 'evt_3'] });
    expect(report).toMatchObject({ events: 1, runs: 1, ran: { handled: 1, failed: 0, deferred: 0, handedOver: 0 } });
    expect(report.left.map(({ id, why }) => `${id} ${why}`)).toEqual(['evt_3 waiting']);
    expect(seen).toEqual(['crm again evt_1']);
    expect(await states()).toEqual({ evt_1: 'retrying', evt_2: 'retrying', evt_3: 'pending', evt_4: 'pending' });
    expect((await replaying.replay({ id: 'evt_9' })).ran).toMatchObject({ handled: 0, handedOver: 0 });
    seen.length = 0;
    await server.idle();
    expect(await states()).toMatchObject({ evt_2: 'retrying', evt_3: 'pending' });
    expect(seen).toEqual([]);
  });

  test('a handler that is to be tried again is so at its time, also when another one of its event was replayed', async () => {
    const { store, clock, server, make, deliver, states } = await beside(makeStore);
    let broken = true;
    server.on(
      '*',
      () => {
        if (broken) throw new Error('broken');
      },
      { name: 'mail' },
    );
    server.on('*', () => {}, { name: 'crm' });
    await deliver(of('ch_1', 'evt_1'));
    await server.drain();
    const due = (await store.getEvent('evt_1'))!.readyAt!;
    const seen: string[] = [];
    const crm = () => make().on('*', () => void seen.push('crm'), { name: 'crm' });
    const both = () => crm().on('*', () => void seen.push('mail'), { name: 'mail' });
    for (const replaying of [crm(), both()]) {
      await replaying.replay({ id: 'evt_1', handler: 'crm' });
      expect((await store.getEvent('evt_1'))!.readyAt).toBe(due);
      expect(await store.nextDue()).toBe(due);
    }
    broken = false;
    clock.advance(due - clock.now());
    // It is due, and still not for a replay of another.
    await both().replay({ id: 'evt_1', handler: 'crm' });
    expect(seen).toEqual(['crm', 'crm', 'crm']);
    await server.drain();
    expect(await states()).toEqual({ evt_1: 'done' });
  });

  test('a replay does not finish an event for handlers that it does not have', async () => {
    const { store, server, deliver, states } = await beside(makeStore);
    const seen: string[] = [];
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    server.on('*', () => {}, { name: 'crm' });
    server.on('*', () => stopped, { name: 'mail' });
    await deliver(of('ch_1', 'evt_1'));
    const working = server.drain();
    await expect.poll(async () => (await store.getEvent('evt_1'))!.handlers.length).toBe(1);
    // It dies now. Of `mail` there is no record, and for receivers of today its lease has long run out.
    const today = () => createReceiver({ secrets: SECRET, store });
    const next = today().on('*', ({ event }) => void seen.push(`crm ${event.id}`), { name: 'crm' });
    expect((await next.replay({ id: 'evt_1' })).ran).toMatchObject({ handled: 1 });
    expect(await states()).toEqual({ evt_1: 'processing' });
    stop();
    await working;
    const last = today();
    last.on('*', () => void seen.push('crm again'), { name: 'crm' });
    last.on('*', ({ event }) => void seen.push(`mail ${event.id}`), { name: 'mail' });
    await last.drain();
    expect(seen).toEqual(['crm evt_1', 'mail evt_1']);
    expect(await states()).toEqual({ evt_1: 'done' });
  });

  test('nobody beside a replay runs what it reopened, and new events of its objects come right after', async () => {
    const { server, make, deliver } = await beside(makeStore);
    const seen: string[] = [];
    server.on('*', ({ event }) => void seen.push(`server ${event.id}`), { name: 'h' });
    for (let i = 0; i < 40; i += 1) await deliver(of(`ch_${i}`, `evt_${i}`));
    await server.start();
    await server.idle();
    seen.length = 0;
    const replaying = make().on(
      '*',
      async ({ event }) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`replay ${event.id}`);
      },
      { name: 'h' },
    );
    const replay = replaying.replay({});
    for (let i = 0; i < 40; i += 1) await deliver(of(`ch_${i}`, `evt_new_${i}`, NOW + 9));
    expect(await replay).toMatchObject({ events: 40, ran: { handled: 40, handedOver: 0 } });
    await server.idle();
    expect(seen.filter((run) => /server evt_\d/.test(run))).toEqual([]);
    expect(seen.filter((run) => /replay evt_\d/.test(run))).toHaveLength(40);
    expect(seen.filter((run) => /server evt_new/.test(run))).toHaveLength(40);
    await server.close();
  });

  test('an object that somebody works on is waited for, as long as a lease lasts', async () => {
    const { server, make, deliver } = await beside(makeStore, { lease: 1_000 });
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    let waits = false;
    let begun = false;
    server.on(
      '*',
      () => {
        begun = waits;
        return waits ? finished : undefined;
      },
      { name: 'h' },
    );
    await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2'));
    await server.drain();
    waits = true;
    await deliver(of('ch_1', 'evt_3', NOW + 9));
    const working = server.drain();
    await expect.poll(() => begun).toBe(true);
    const replaying = make().on('*', () => {}, { name: 'h' });
    expect(await replaying.replay({ id: ['evt_1', 'evt_2'] })).toMatchObject({
      events: 1,
      left: [{ id: 'evt_1', why: 'busy' }],
      ran: { handled: 1 },
    });
    setTimeout(finish, 200);
    expect(await replaying.replay({ id: 'evt_1' })).toMatchObject({ events: 1, left: [], ran: { handled: 1 } });
    await working;
  });

  test('a replay that is closed leaves what had not begun as it was, and holds nobody up', async () => {
    const { store, server, deliver, states } = await beside(makeStore);
    server.on('*', () => {}, { name: 'h' });
    for (let i = 0; i < 6; i += 1) await deliver(of(`ch_${i}`, `evt_${i}`));
    await server.drain();
    const begun: string[] = [];
    // Its grace period is real time.
    const replaying = createReceiver({ secrets: SECRET, store, concurrency: 2 }).on(
      '*',
      ({ event, signal }) => {
        // One that does not listen is not waited for.
        if (begun.push(event.id) === 1) return new Promise(() => {});
        return new Promise((_, give) => signal.addEventListener('abort', () => give(new Error('stopped'))));
      },
      { name: 'h' },
    );
    const replay = replaying.replay({});
    await expect.poll(() => begun.length).toBe(2);
    await replaying.close({ grace: 0 });
    const report = await replay;
    expect(report).toMatchObject({ events: 2, stopped: true, left: [] });
    expect(begun).toHaveLength(2);
    const after = await states();
    expect(Object.values(after).filter((state) => state === 'done')).toHaveLength(4);
    for (let i = 0; i < 6; i += 1)
      if (!begun.includes(`evt_${i}`)) await deliver(of(`ch_${i}`, `evt_new_${i}`, NOW + 9));
    await server.drain();
    const counts = (await store.counts()).events;
    expect(counts.done + counts.retrying + counts.processing).toBe(10);
    expect(counts.done).toBeGreaterThanOrEqual(8);
  });

  test('of an object whose turn was interrupted, later events are as they were', async () => {
    const { store, server, deliver, states } = await beside(makeStore);
    server.on('*', () => {}, { name: 'h' });
    await deliver(...Array.from({ length: 9 }, (_, i) => of('ch_1', `evt_${i}`, NOW + i)));
    await server.drain();
    const begun: string[] = [];
    const replaying = createReceiver({ secrets: SECRET, store }).on(
      '*',
      ({ event }) => (begun.push(event.id) === 3 ? new Promise<void>(() => {}) : undefined),
      { name: 'h' },
    );
    const replay = replaying.replay({});
    await expect.poll(() => begun.length).toBe(3);
    await replaying.close({ grace: 0 });
    expect(await replay).toMatchObject({ events: 3, ran: { handled: 2, handedOver: 1 }, stopped: true });
    const { evt_2: interrupted, ...rest } = await states();
    expect(interrupted).toBe('processing');
    expect(new Set(Object.values(rest))).toEqual(new Set(['done']));
  });

  test('two replays by one receiver keep to what each is for', async () => {
    const { server, deliver } = await beside(makeStore);
    const seen: string[] = [];
    for (const name of ['a', 'b']) server.on('*', ({ event }) => void seen.push(`${name} ${event.id}`), { name });
    await deliver(of('ch_1', 'evt_1'), of('ch_1', 'evt_2', NOW + 5), of('ch_2', 'evt_3'));
    await server.drain();
    seen.length = 0;
    const [a, b, both] = await Promise.all([
      server.replay({ id: 'evt_1', handler: 'a' }),
      server.replay({ id: ['evt_1', 'evt_3'], handler: 'b' }),
      server.replay({ id: 'evt_2' }),
    ]);
    for (const [report, runs] of [
      [a, 1],
      [b, 2],
      [both, 2],
    ] as const)
      expect(report).toMatchObject({ runs, ran: { handled: runs, handedOver: 0 } });
    expect(seen.toSorted()).toEqual(['a evt_1', 'a evt_2', 'b evt_1', 'b evt_2', 'b evt_3']);
  });

  test('what came of each run is told, and what failed or is held up by that is left to who works on the store', async () => {
    const { server, make, deliver } = await beside(makeStore);
    server.on('*', () => {}, { name: 'h' });
    await deliver(of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 5), of('ch_2', 'evt_3'), of('ch_3', 'evt_4'));
    await server.drain();
    const replaying = make().on(
      '*',
      ({ event, defer }) => {
        if (event.id === 'evt_1') throw new Error('broken');
        if (event.id === 'evt_3') defer('later');
      },
      { name: 'h' },
    );
    const report = await replaying.replay({});
    expect(report).toMatchObject({
      runs: 4,
      ran: { handled: 1, failed: 1, deferred: 1, handedOver: 1 },
      stopped: false,
    });
    expect((await replaying.status()).counters).toMatchObject({ attempts: 3, handled: 1, threw: 1, deferred: 1 });
  });
});
