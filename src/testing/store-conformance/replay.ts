import { deepEqual, equal } from 'node:assert/strict';
import type { Reopening, Store } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, reopen, result, sample } from './samples.ts';

/** Stores two events of one object and has handler h done with both. */
async function finished(store: Store): Promise<[number, number]> {
  await put(store, sample(), sample({ id: 'evt_2', created: 1_790_000_001 }));
  const [lane] = await claim(store);
  const [one, two] = lane!.events.map(({ seq }) => seq) as [number, number];
  await store.settle([result(lane!, { records: [record(one, { attempts: 3, failures: 2 }), record(two)] })]);
  return [one, two];
}

const change = (seq: number): Reopening => ({ seq, reset: ['h'], skip: ['other'] });
const ids = (lane: { events: readonly { id: string }[] } | undefined) => lane?.events.map(({ id }) => id);

export const replayRules: Record<string, StoreRule> = {
  async 'what is reopened is in hand at once, as it was before, with its records forgotten'(store) {
    const [one, two] = await finished(store);
    const { outcomes, lanes } = await reopen(store, [change(two), change(one)]);
    deepEqual(outcomes, ['reopened', 'reopened']);
    equal(lanes.length, 1);
    deepEqual(
      lanes[0]!.events.map(({ id, state, records, payload }) => ({
        id,
        state,
        payload: JSON.parse(Buffer.from(payload).toString()).id as string,
        records: records
          .map(({ handler, state: at, attempts, failures }) => `${handler} ${at} ${attempts} ${failures}`)
          .toSorted(),
      })),
      ['evt_1', 'evt_2'].map((id) => ({
        id,
        payload: id,
        state: 'done',
        records: ['h pending 0 0', 'other skipped 0 0'],
      })),
    );
    const { state, finishedAt } = (await store.getEvent('evt_1'))!;
    deepEqual({ state, finishedAt }, { state: 'processing', finishedAt: null });
    deepEqual(await claim(store), []);
    deepEqual(await store.settle([result(lanes[0]!)]), [{ outcome: 'settled' }]);
    equal(await store.nextDue(), undefined);
    equal((await store.getEvent('evt_1'))!.state, 'done');
  },
  async 'whoever reopened an event and is gone leaves it due like any other'(store) {
    const [one] = await finished(store);
    const { lanes } = await reopen(store, [change(one)]);
    equal(await store.nextDue(), NOW + 30_000);
    const [lane] = await claim(store, { owner: 'b', now: NOW + 30_000 });
    deepEqual(ids(lane), ['evt_1']);
    deepEqual(await store.settle([result(lanes[0]!)]), [{ outcome: 'lost' }]);
  },
  async 'what else is due in the object is not in hand, waits, and is due afterwards'(store) {
    const [, two] = await finished(store);
    await put(store, sample({ id: 'evt_3', created: 1_790_000_002 }));
    const [fresh] = await claim(store);
    const retrying = { seq: fresh!.events[0]!.seq, state: 'retrying', readyAt: NOW + 5 } as const;
    const records = [record(retrying.seq, { state: 'retrying', nextAt: NOW + 5 })];
    await store.settle([result(fresh!, { events: [retrying], records })]);
    await put(store, sample({ id: 'evt_4', created: 1_790_000_003 }));
    const { lanes } = await reopen(store, [change(two)], { now: NOW + 10 });
    deepEqual(ids(lanes[0]), ['evt_2']);
    deepEqual(
      lanes[0]!.waiting.map(({ seq, state }) => ({ seq, state })),
      [{ seq: retrying.seq, state: 'retrying' }],
    );
    deepEqual(lanes[0]!.near.map(({ created }) => created - 1_790_000_000).toSorted(), [0, 2, 3]);
    deepEqual(await claim(store, { now: NOW + 10 }), []);
    await store.settle([result(lanes[0]!)]);
    deepEqual(ids((await claim(store, { now: NOW + 10 }))[0]), ['evt_3', 'evt_4']);
  },
  async 'objects are leased each for themselves'(store) {
    await put(store, sample(), sample({ id: 'evt_2', objectId: 'ch_2' }), sample({ id: 'evt_3', objectId: 'ch_3' }));
    const claimed = await claim(store);
    await store.settle(claimed.map((lane) => result(lane)));
    const seqs = claimed.map(({ events }) => events[0]!.seq).toSorted((a, b) => a - b);
    await put(store, sample({ id: 'evt_4', objectId: 'ch_2' }));
    const [busy] = await claim(store, { owner: 'b' });
    const { outcomes, lanes } = await reopen(store, seqs.map(change));
    deepEqual(outcomes, ['reopened', 'busy', 'reopened']);
    deepEqual(lanes.map(ids).toSorted(), [['evt_1'], ['evt_3']]);
    const untouched = (await store.getEvent('evt_2'))!;
    deepEqual({ state: untouched.state, handlers: untouched.handlers }, { state: 'done', handlers: [] });
    await store.settle([result(busy!, { owner: 'b' })]);
    deepEqual((await reopen(store, [change(seqs[1]!)])).outcomes, ['reopened']);
  },
  async 'a lease that has run out does not keep anybody from reopening'(store) {
    const [one] = await finished(store);
    await put(store, sample({ id: 'evt_3' }));
    const [gone] = await claim(store, { owner: 'b' });
    deepEqual((await reopen(store, [change(one)], { now: NOW + 29_999 })).outcomes, ['busy']);
    deepEqual((await reopen(store, [change(one)], { now: NOW + 30_000 })).outcomes, ['reopened']);
    deepEqual(await store.settle([result(gone!, { owner: 'b' })]), [{ outcome: 'lost' }]);
  },
  async 'what has not been worked on runs anyway, and stays due; of an open event no handler is skipped'(store) {
    await put(store, sample());
    const [fresh] = (await store.listEvents()).items;
    deepEqual(await reopen(store, [change(fresh!.seq)]), { outcomes: ['waiting'], lanes: [] });
    const [lane] = await claim(store);
    const events = [{ seq: fresh!.seq, state: 'processing', readyAt: NOW } as const];
    await store.settle([result(lane!, { events, release: false })]);
    deepEqual(await reopen(store, [change(fresh!.seq)]), { outcomes: ['busy'], lanes: [] });
    await store.settle([result(lane!, { events })]);
    const reopened = await reopen(store, [change(fresh!.seq), change(1e9)]);
    deepEqual(reopened.outcomes, ['reopened', 'unknown']);
    const [event] = reopened.lanes[0]!.events;
    deepEqual([event!.state, event!.records.map(({ handler }) => handler)], ['processing', ['h']]);
  },
  async 'what stands elsewhere by now is left alone, where that is why it was chosen'(store) {
    const [one] = await finished(store);
    const reopened = async (was: Reopening['was'], reset = ['h']) => {
      const { outcomes, lanes } = await reopen(store, [{ seq: one, reset, skip: [], was }]);
      for (const lane of lanes) await store.settle([result(lane, { records: [record(one)] })]);
      return outcomes[0];
    };
    equal(await reopened({ state: 'dead' }), 'changed');
    equal(await reopened({ state: 'done', reset: 'dead' }), 'changed');
    equal(await reopened({ state: 'done', reset: 'done' }, ['h', 'never']), 'changed');
    deepEqual([(await store.getEvent('evt_1'))!.state, await store.nextDue()], ['done', undefined]);
    equal(await reopened({ state: 'done', reset: 'done' }), 'reopened');
    equal(await reopened({ state: 'done' }), 'reopened');
  },
  async 'events are found by their places'(store) {
    const [one, two] = await finished(store);
    const { items } = await store.listEvents({ seqs: [two, 1e9], valid: true });
    deepEqual(
      items.map(({ id }) => id),
      ['evt_2'],
    );
    equal((await store.listEvents({ seqs: [one, two], state: 'dead' })).items.length, 0);
  },
};
