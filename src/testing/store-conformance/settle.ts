import { deepEqual, equal, match } from 'node:assert/strict';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, result, sample, shown } from './samples.ts';

export const settleRules: Record<string, StoreRule> = {
  async 'mirror, events and records are written together'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    await store.settle([
      result(lane!, { mirror: shown('{"a":1}'), records: [record(seq, { attempts: 3, failures: 2 })] }),
    ]);
    const event = (await store.getEvent('evt_1'))!;
    equal(event.state, 'done');
    equal(event.finishedAt, NOW);
    deepEqual(
      event.handlers.map(({ handler, state, attempts, failures }) => ({ handler, state, attempts, failures })),
      [{ handler: 'h', state: 'done', attempts: 3, failures: 2 }],
    );
    equal((await store.getObject('charge', 'ch_1'))!.json, '{"a":1}');
    equal((await store.listEvents({ handler: 'h' })).items.length, 1);
    equal((await store.listEvents({ handler: 'other' })).items.length, 0);
  },
  async 'a mirror row is replaced, not added'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    await store.settle([result(lane!, { mirror: shown('{"a":1}'), release: false })]);
    const mirror = { ...shown('{"a":2}'), deleted: true, ambiguous: true };
    await store.settle([result(lane!, { mirror })]);
    const { items } = await store.listObjects();
    deepEqual(
      items.map(({ json, deleted, ambiguous }) => ({ json, deleted, ambiguous })),
      [{ json: '{"a":2}', deleted: true, ambiguous: true }],
    );
  },
  async 'an effect that throws undoes its lane and no other'(store) {
    await put(store, sample(), sample({ id: 'evt_2', objectId: 'ch_2' }));
    const [one, two] = await claim(store);
    const throws = () => {
      throw new Error('no');
    };
    const settled = await store.settle([
      result(one!, { mirror: shown('{}'), effects: [throws] }),
      result(two!, { effects: [() => {}] }),
    ]);
    deepEqual(
      settled.map(({ outcome }) => outcome),
      ['failed', 'settled'],
    );
    match(String((settled[0] as { error: unknown }).error), /no/);
    equal(await store.getObject('charge', 'ch_1'), undefined);
    equal((await store.getEvent('evt_1'))!.state, 'pending');
    equal((await store.getEvent('evt_2'))!.state, 'done');
  },
  async 'what is held back is looked at again when it is woken'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    await store.settle([result(lane!, { events: [{ seq, state: 'processing', readyAt: null }] })]);
    equal(await store.nextDue(), undefined);
    await put(store, sample({ id: 'evt_2' }));
    const [again] = await claim(store);
    deepEqual(
      again!.events.map(({ id }) => id),
      ['evt_2'],
    );
    await store.settle([result(again!, { wake: true })]);
    deepEqual(
      (await claim(store))[0]!.events.map(({ id }) => id),
      ['evt_1'],
    );
  },
  async 'a lane that is not given back stays leased'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    await store.settle([result(lane!, { events: [], release: false })]);
    equal((await claim(store, { owner: 'b' })).length, 0);
    deepEqual(await store.settle([result(lane!)]), [{ outcome: 'settled' }]);
  },
  async 'a duplicate does not wake what waits for its retry, nor stop it'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    const failing = record(seq, { state: 'retrying', nextAt: NOW + 10, failures: 1 });
    const events = [{ seq, state: 'retrying', readyAt: NOW + 10 } as const];
    await store.settle([result(lane!, { events, records: [failing] })]);
    deepEqual(await put(store, sample()), ['duplicate']);
    equal((await claim(store)).length, 0);
    const [again] = await claim(store, { now: NOW + 10 });
    const expected = { handler: 'h', state: 'retrying', attempts: 1, failures: 1, nextAt: NOW + 10 };
    deepEqual(
      again!.events[0]!.records.map((known) => ({ ...known })),
      [expected],
    );
  },
};
