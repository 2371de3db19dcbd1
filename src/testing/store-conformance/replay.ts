import { deepEqual, equal } from 'node:assert/strict';
import type { Store } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, result, sample } from './samples.ts';

const HOLD = NOW + 3_600_000;

/** Stores two events of one object and has handler h done with both. */
async function finished(store: Store): Promise<[number, number]> {
  await put(store, sample(), sample({ id: 'evt_2', created: 1_790_000_001 }));
  const [lane] = await claim(store);
  const [one, two] = lane!.events.map(({ seq }) => seq) as [number, number];
  await store.settle([result(lane!, { records: [record(one, { attempts: 3, failures: 2 }), record(two)] })]);
  return [one, two];
}

export const replayRules: Record<string, StoreRule> = {
  async 'what is reopened is held back until it is let go, then due with its records forgotten'(store) {
    const [one, two] = await finished(store);
    const change = { reset: ['h'], skip: ['other'], now: NOW };
    deepEqual(
      await store.reopen(
        [
          { seq: one, ...change },
          { seq: two, ...change },
        ],
        HOLD,
      ),
      ['reopened', 'reopened'],
    );
    equal(await store.nextDue(), HOLD);
    equal((await claim(store)).length, 0);
    const options = { hold: HOLD, now: NOW, limit: 10 };
    const last = (await store.letGo({ ...options, after: '' }))!;
    equal(await store.letGo({ ...options, after: last }), null);
    const [lane] = await claim(store);
    deepEqual(
      lane!.events.map(({ id, state, records }) => ({
        id,
        state,
        records: records
          .map(({ handler, state: at, attempts, failures }) => `${handler} ${at} ${attempts} ${failures}`)
          .toSorted(),
      })),
      ['evt_1', 'evt_2'].map((id) => ({ id, state: 'processing', records: ['h pending 0 0', 'other skipped 0 0'] })),
    );
    equal((await store.getEvent('evt_1'))!.finishedAt, null);
  },
  async 'what is reopened and never let go is due when the time has come'(store) {
    const [one] = await finished(store);
    await store.reopen([{ seq: one, reset: ['h'], skip: [], now: NOW }], HOLD);
    equal((await claim(store, { now: HOLD })).length, 1);
  },
  async 'only one replay is let go, in pages of lanes'(store) {
    await put(store, sample(), sample({ id: 'evt_2', objectId: 'ch_2' }), sample({ id: 'evt_3', objectId: 'ch_3' }));
    const lanes = await claim(store);
    await store.settle(lanes.map((lane) => result(lane)));
    const of = (id: string) => lanes.flatMap(({ events }) => events).find((event) => event.id === id)!.seq;
    const change = { reset: ['h'], skip: [], now: NOW };
    await store.reopen(
      ['evt_1', 'evt_2'].map((id) => ({ seq: of(id), ...change })),
      HOLD,
    );
    await store.reopen([{ seq: of('evt_3'), ...change }], HOLD + 1);
    const first = await store.letGo({ hold: HOLD, now: NOW, after: '', limit: 1 });
    equal((await claim(store)).length, 1);
    await store.letGo({ hold: HOLD, now: NOW, after: first!, limit: 5 });
    deepEqual(
      (await claim(store)).flatMap(({ events }) => events.map(({ id }) => id)),
      ['evt_2'],
    );
    equal(await store.nextDue(), NOW + 30_000);
  },
  async 'what has not been worked on runs anyway, and what is in hand is left alone'(store) {
    await put(store, sample());
    const [fresh] = (await store.listEvents()).items;
    const change = { reset: ['h'], skip: [], now: NOW };
    deepEqual(await store.reopen([{ seq: fresh!.seq, ...change }], HOLD), ['waiting']);
    const [lane] = await claim(store);
    const events = [{ seq: fresh!.seq, state: 'processing', readyAt: NOW } as const];
    await store.settle([result(lane!, { events, release: false })]);
    deepEqual(await store.reopen([{ seq: fresh!.seq, ...change }], HOLD), ['busy']);
    await store.settle([result(lane!, { events })]);
    deepEqual(await store.reopen([{ seq: fresh!.seq, ...change }], HOLD), ['reopened']);
    deepEqual(await store.reopen([{ seq: 1e9, ...change }], HOLD), ['unknown']);
  },
  async 'a finished event of an object in hand can be reopened, and is due when the object is given back'(store) {
    const [one] = await finished(store);
    await put(store, sample({ id: 'evt_3' }));
    const [lane] = await claim(store);
    deepEqual(await store.reopen([{ seq: one, reset: ['h'], skip: [], now: NOW }], HOLD), ['reopened']);
    await store.letGo({ hold: HOLD, now: NOW, after: '', limit: 10 });
    await store.settle([result(lane!)]);
    deepEqual(
      (await claim(store))[0]!.events.map(({ id }) => id),
      ['evt_1'],
    );
  },
};
