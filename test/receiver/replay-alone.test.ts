import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';
import { aCharge, anEvent, delivery, NOW, SECRET, testClock, type EventParts } from './events.ts';
import { of } from './set-up.ts';

let server: TestServer | undefined;
let url: string | undefined;
let schemas = 0;
const database = async (): Promise<string> => (url ??= await (server ??= await postgresServer()).database());
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});
const STORES: Record<string, () => Promise<Store>> = {
  SQLite: async () => createSqliteStore({ path: ':memory:' }),
  PostgreSQL: async () => createPostgresStore({ url: await database(), schema: `replay_${(schemas += 1)}` }),
};

describe.each(Object.keys(STORES))('on %s', (name) => {
  /** Receivers on one store, as processes beside each other. */
  async function setUp(options: Partial<ReceiverOptions<unknown>> = {}) {
    const store = await STORES[name]!();
    onTestFinished(() => store.close());
    const clock = testClock();
    const make = () => createReceiver({ secrets: SECRET, clock, ...options, store });
    const server = make();
    const deliver = async (...events: EventParts[]) => {
      for (const parts of events) await server.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
    };
    const states = async () => Object.fromEntries((await store.listEvents()).items.map(({ id, state }) => [id, state]));
    return { store, clock, server, make, deliver, states };
  }

  test('what waits for other handlers is not touched by a replay, nor counted', async () => {
    const { server, make, deliver, states } = await setUp({ retry: { attempts: 5 } });
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
    expect(report).toMatchObject({ events: 1, runs: 1, ran: { handled: 1, failed: 0, deferred: 0, waiting: 0 } });
    expect(report.left.map(({ id, why }) => `${id} ${why}`)).toEqual(['evt_3 waiting']);
    expect(seen).toEqual(['crm again evt_1']);
    expect(await states()).toEqual({ evt_1: 'retrying', evt_2: 'retrying', evt_3: 'pending', evt_4: 'pending' });
    expect((await replaying.replay({ id: 'evt_9' })).ran).toMatchObject({ handled: 0, waiting: 0 });
    seen.length = 0;
    await server.idle();
    expect(await states()).toMatchObject({ evt_2: 'retrying', evt_3: 'pending' });
    expect(seen).toEqual([]);
  });

  test('a handler that is to be tried again is so at its time, also when another one of its event was replayed', async () => {
    const { store, clock, server, make, deliver, states } = await setUp();
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
    const { store, server, deliver, states } = await setUp();
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
    const { server, make, deliver } = await setUp();
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
    expect(await replay).toMatchObject({ events: 40, ran: { handled: 40, waiting: 0 } });
    await server.idle();
    expect(seen.filter((run) => /server evt_\d/.test(run))).toEqual([]);
    expect(seen.filter((run) => /replay evt_\d/.test(run))).toHaveLength(40);
    expect(seen.filter((run) => /server evt_new/.test(run))).toHaveLength(40);
    await server.close();
  });

  test('an object that somebody works on is waited for, as long as a lease lasts', async () => {
    const { server, make, deliver } = await setUp({ lease: 1_000 });
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
    const { store, server, deliver, states } = await setUp();
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

  test('an object whose events are all replayed has none that is late; of one that went on they are', async () => {
    const { server, make, deliver } = await setUp();
    server.on('*', () => {}, { name: 'h' });
    const ids = Array.from({ length: 40 }, (_, i) => `evt_${i}`);
    await deliver(...ids.map((id, i) => of('ch_1', id, NOW + i)));
    await server.drain();
    const late: string[] = [];
    const order: string[] = [];
    const replaying = () =>
      make().on(
        '*',
        (context) => {
          order.push(context.event.id);
          if (context.late) late.push(context.event.id);
        },
        { name: 'h' },
      );
    expect((await replaying().replay({})).ran).toMatchObject({ handled: 40 });
    expect({ order, late }).toEqual({ order: ids, late: [] });
    await replaying().replay({ id: ['evt_3', 'evt_38', 'evt_39'] });
    expect(late).toEqual(['evt_3']);
    late.length = 0;
    await replaying().replay({ id: ['evt_3', 'evt_38'] });
    expect(late).toEqual(['evt_3', 'evt_38']);
  });

  test('events of one second are replayed in the order in which they happened, whatever their ids', async () => {
    const { server, make, deliver } = await setUp();
    server.on('*', () => {}, { name: 'h' });
    const steps = [4, 2, 5, 1, 3, 0].map((step) =>
      of('ch_1', `evt_${9 - step}`, NOW, {
        object: aCharge({ id: 'ch_1', description: `${step}` }),
        previous: { description: `${step - 1}` },
      }),
    );
    await deliver(...steps);
    await server.drain();
    const seen: string[] = [];
    await make()
      .on('*', ({ event }) => void seen.push(event.id), { name: 'h' })
      .replay({});
    expect(seen).toEqual(['evt_9', 'evt_8', 'evt_7', 'evt_6', 'evt_5', 'evt_4']);
  });

  test('of an object whose turn was interrupted, later events are as they were', async () => {
    const { store, server, deliver, states } = await setUp();
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
    expect(await replay).toMatchObject({ events: 3, ran: { handled: 2, waiting: 1 }, stopped: true });
    const { evt_2: interrupted, ...rest } = await states();
    expect(interrupted).toBe('processing');
    expect(new Set(Object.values(rest))).toEqual(new Set(['done']));
  });

  test('what another replay has done by then is not done again, where it was chosen for its state', async () => {
    const { server, make, deliver, states } = await setUp({ retry: { attempts: 1 } });
    server.on(
      '*',
      () => {
        throw new Error('broken');
      },
      { name: 'h' },
    );
    for (let i = 0; i < 8; i += 1) await deliver(of(`ch_${i % 2}`, `evt_${i}`, NOW + i));
    await server.drain();
    const seen: string[] = [];
    const replaying = () =>
      make().on(
        '*',
        async ({ event }) => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          seen.push(event.id);
        },
        { name: 'h' },
      );
    const reports = await Promise.all([1, 2, 3].map(() => replaying().replay({ state: 'dead' })));
    expect(seen.toSorted()).toEqual(Array.from({ length: 8 }, (_, i) => `evt_${i}`));
    expect(reports.reduce((sum, { ran }) => sum + ran!.handled, 0)).toBe(8);
    expect(reports.reduce((sum, { ran }) => sum + ran!.waiting, 0)).toBe(0);
    expect(new Set(Object.values(await states()))).toEqual(new Set(['done']));
  });

  test('two replays by one receiver keep to what each is for', async () => {
    const { server, deliver } = await setUp();
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
      expect(report).toMatchObject({ runs, ran: { handled: runs, waiting: 0 } });
    expect(seen.toSorted()).toEqual(['a evt_1', 'a evt_2', 'b evt_1', 'b evt_2', 'b evt_3']);
  });

  test('a handler that holds its object when it is dead holds it for a replay too', async () => {
    const { server, make, deliver, states } = await setUp({ retry: { attempts: 2 } });
    server.on(
      '*',
      ({ event, defer }) => {
        if (event.id === 'evt_1') throw new Error('broken');
        defer('later', { after: 60_000 });
      },
      { name: 'h', onDead: 'hold', attempts: 1 },
    );
    server.on(
      '*',
      ({ event }) => {
        if (event.id === 'evt_1') throw new Error('broken too');
      },
      { name: 'other' },
    );
    await deliver(of('ch_1', 'evt_2'));
    await server.drain();
    await deliver(of('ch_1', 'evt_1'));
    await server.drain();
    expect(await states()).toEqual({ evt_1: 'retrying', evt_2: 'retrying' });
    const seen: string[] = [];
    const replaying = make();
    replaying.on('*', ({ event }) => void seen.push(`h ${event.id}`), { name: 'h', onDead: 'hold' });
    replaying.on('*', ({ event }) => void seen.push(`other ${event.id}`), { name: 'other' });
    await replaying.replay({ state: 'retrying' });
    expect(seen).toEqual(['other evt_1']);
  });

  test('changes that look alike since they were masked are replayed each', async () => {
    const { server, deliver, states } = await setUp({ redact: 'description' });
    const seen: string[] = [];
    server.on('*', ({ event }) => void seen.push(event.id), { name: 'h' });
    const change = (id: string, from: string, to: string, created: number): EventParts => ({
      id,
      type: 'charge.updated',
      object: aCharge({ id: 'ch_1', description: to }),
      previous: { description: from },
      request: null,
      created,
    });
    await deliver(change('evt_1', 'a', 'b', NOW), change('evt_2', 'b', 'c', NOW + 5));
    await server.drain();
    expect(seen).toEqual(['evt_1', 'evt_2']);
    expect((await server.replay({ id: 'evt_2' })).ran).toMatchObject({ handled: 1, waiting: 0 });
    expect((await server.replay({})).ran).toMatchObject({ handled: 2, waiting: 0 });
    expect(await states()).toEqual({ evt_1: 'done', evt_2: 'done' });
  });

  test('what is masked at once may have been another change each time', async () => {
    const { server, deliver } = await setUp({ redact: { fields: 'description', when: 'received' } });
    const seen: string[] = [];
    server.on('*', ({ event }) => void seen.push(event.id), { name: 'h' });
    for (const [id, from, to] of [
      ['evt_1', 'a', 'b'],
      ['evt_2', 'b', 'c'],
    ] as const)
      await deliver({
        id,
        type: 'charge.updated',
        object: aCharge({ id: 'ch_1', description: to }),
        previous: { description: from },
        request: null,
        created: NOW + seen.length,
      });
    await server.drain();
    expect(seen).toEqual(['evt_1', 'evt_2']);
  });

  test('what came of each run is told, and what failed or is held up by that is left to who works on the store', async () => {
    const { server, make, deliver } = await setUp();
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
    expect(report).toMatchObject({ runs: 4, ran: { handled: 1, failed: 1, deferred: 1, waiting: 1 }, stopped: false });
    expect((await replaying.status()).counters).toMatchObject({ attempts: 3, handled: 1, threw: 1, deferred: 1 });
  });
});
