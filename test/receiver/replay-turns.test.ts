import { describe, expect, test } from 'vitest';
import { beside } from './beside.ts';
import { bothStores } from './both-stores.ts';
import { aCharge, NOW, type EventParts } from './events.ts';
import { of } from './set-up.ts';

describe.each(Object.entries(bothStores()))('on %s', (_, makeStore) => {
  test('an object whose events are all replayed has none that is late; of one that went on they are', async () => {
    const { server, make, deliver } = await beside(makeStore);
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
    const { server, make, deliver } = await beside(makeStore);
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

  test('what another replay has done by then is not done again, where it was chosen for its state', async () => {
    const { server, make, deliver, states } = await beside(makeStore, { retry: { attempts: 1 } });
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
    expect(reports.reduce((sum, { ran }) => sum + ran!.handedOver, 0)).toBe(0);
    expect(new Set(Object.values(await states()))).toEqual(new Set(['done']));
  });

  test('a handler that holds its object when it is dead holds it for a replay too', async () => {
    const { server, make, deliver, states } = await beside(makeStore, { retry: { attempts: 2 } });
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
    const { server, deliver, states } = await beside(makeStore, { redact: 'description' });
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
    expect((await server.replay({ id: 'evt_2' })).ran).toMatchObject({ handled: 1, handedOver: 0 });
    expect((await server.replay({})).ran).toMatchObject({ handled: 2, handedOver: 0 });
    expect(await states()).toEqual({ evt_1: 'done', evt_2: 'done' });
  });

  test('what is masked at once may have been another change each time', async () => {
    const { server, deliver } = await beside(makeStore, { redact: { fields: 'description', when: 'received' } });
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
});
