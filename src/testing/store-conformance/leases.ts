import { deepEqual, equal } from 'node:assert/strict';
import { LANE_BATCH } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, result, sample } from './samples.ts';

export const leaseRules: Record<string, StoreRule> = {
  async 'one object is one lane, its events by created'(store) {
    const late = sample({ id: 'evt_2', created: 2 });
    const early = sample({ id: 'evt_3', created: 1 });
    await put(store, late, early, sample({ id: 'evt_4', objectId: 'ch_2' }));
    const lanes = await claim(store);
    equal(lanes.length, 2);
    const lane = lanes.find(({ events }) => events.length === 2)!;
    deepEqual(
      lane.events.map(({ id }) => id),
      ['evt_3', 'evt_2'],
    );
  },
  async 'a leased lane is nobody else’s, whatever arrives for it'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    await put(store, sample({ id: 'evt_2' }));
    equal((await claim(store, { owner: 'b' })).length, 0);
    await store.settle([result(lane!)]);
    const [next] = await claim(store, { owner: 'b' });
    deepEqual(
      next!.events.map(({ id }) => id),
      ['evt_2'],
    );
  },
  async 'an object whose owner died before its next retry was due is kept until then'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    const events = [{ seq, state: 'retrying', readyAt: NOW + 60_000 } as const];
    await store.settle([result(lane!, { events, release: false })]);
    await store.abandon('a', NOW);
    deepEqual(await claim(store), []);
    equal(await store.nextDue(), NOW + 60_000);
    equal((await claim(store, { now: NOW + 60_000 })).length, 1);
  },
  async 'events without an object wait for nobody'(store) {
    await put(store, sample({ objectId: '' }), sample({ id: 'evt_2', objectId: '' }));
    equal((await claim(store)).length, 2);
  },
  async 'a lease that has ended is taken over, and its former holder can write nothing'(store) {
    await put(store, sample());
    const [first] = await claim(store);
    equal((await claim(store, { owner: 'b', now: NOW + 29_999 })).length, 0);
    const [second] = await claim(store, { owner: 'b', now: NOW + 30_000 });
    deepEqual(await store.settle([result(first!)]), [{ outcome: 'lost' }]);
    equal((await store.getEvent('evt_1'))!.state, 'pending');
    deepEqual(await store.settle([result(second!, { owner: 'b' })]), [{ outcome: 'settled' }]);
    equal((await store.getEvent('evt_1'))!.state, 'done');
  },
  async 'a former lease is no lease, even of the same owner'(store) {
    await put(store, sample());
    const [first] = await claim(store);
    const [second] = await claim(store, { now: NOW + 30_000 });
    deepEqual(await store.settle([result(first!)]), [{ outcome: 'lost' }]);
    deepEqual(await store.settle([result(second!)]), [{ outcome: 'settled' }]);
  },
  async 'a renewed lease lasts'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    await store.renew('a', [lane!.lane], NOW + 60_000);
    await store.renew('b', [lane!.lane], NOW + 1);
    equal((await claim(store, { owner: 'b', now: NOW + 59_999 })).length, 0);
  },
  async 'the leases of an owner can be given back'(store) {
    await put(store, sample());
    await claim(store);
    deepEqual(await store.owners(), ['a']);
    await store.abandon('a', NOW);
    deepEqual(await store.owners(), []);
    equal((await claim(store, { owner: 'b' })).length, 1);
  },
  async 'it says when something is due next'(store) {
    equal(await store.nextDue(), undefined);
    await put(store, sample());
    equal(await store.nextDue(), NOW);
    const [lane] = await claim(store);
    equal(await store.nextDue(), NOW + 30_000);
    await store.settle([result(lane!)]);
    equal(await store.nextDue(), undefined);
  },
  async 'a claim takes no more lanes than asked, and no more events of one than a batch'(store) {
    const many = Array.from({ length: LANE_BATCH + 3 }, (_, i) => sample({ id: `evt_${i}`, created: i }));
    await put(store, ...many, sample({ id: 'evt_x', objectId: 'ch_2' }));
    const [lane, ...others] = await claim(store, { limit: 1 });
    equal(others.length, 0);
    equal(lane!.events.length, LANE_BATCH);
    await store.settle([result(lane!)]);
    const rest = (await claim(store)).flatMap(({ events }) => events.map(({ id }) => id));
    deepEqual(rest.toSorted(), ['evt_32', 'evt_33', 'evt_34', 'evt_x']);
  },
  async 'a claim shows what the object’s other events are about'(store) {
    await put(store, sample({ created: 100 }), sample({ id: 'evt_2', created: 101, type: 'charge.updated' }));
    const [lane] = await claim(store);
    const [first, second] = lane!.events;
    const events = [
      { seq: first!.seq, state: 'retrying', readyAt: NOW + 50 } as const,
      { seq: second!.seq, state: 'processing', readyAt: null } as const,
    ];
    const failing = record(first!.seq, { state: 'retrying', nextAt: NOW + 50, failures: 1, error: 'boom' });
    await store.settle([result(lane!, { events, records: [failing, record(second!.seq, { state: 'pending' })] })]);
    equal(await store.nextDue(), NOW + 50);

    await put(store, sample({ id: 'evt_3', created: 102 }));
    const [again] = await claim(store);
    deepEqual(
      again!.events.map(({ id }) => id),
      ['evt_3'],
    );
    deepEqual(
      again!.waiting.map(({ seq, handler, state }) => ({ seq, handler, state })),
      [
        { seq: first!.seq, handler: 'h', state: 'retrying' },
        { seq: second!.seq, handler: 'h', state: 'pending' },
      ],
    );
    deepEqual(again!.near.map(({ seq }) => seq).toSorted(), [first!.seq, second!.seq]);
  },
};
