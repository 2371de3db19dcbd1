import { deepEqual, equal } from 'node:assert/strict';
import type { ClaimedLane, Verdict } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, sample } from './samples.ts';

const unproven = (payload: string) => sample({ proof: null, payload: Buffer.from(payload) });

function verdict(lane: ClaimedLane, parts: Partial<Verdict>): Verdict {
  const { seq } = lane.events[0]!;
  const claimed = { seq, lane: lane.lane, owner: 'a', lease: lane.lease, now: NOW, attempts: 1, verified: null };
  return { ...claimed, valid: null, reason: 'r', state: 'pending', readyAt: null, ...parts };
}

const proven = (lane: ClaimedLane): Verdict => {
  const { account, id, type, created, object, objectId } = sample();
  const envelope = { account, id, type, created, object, objectId, livemode: false, apiVersion: null };
  return verdict(lane, { valid: true, reason: 'api', verified: Buffer.from('copy'), envelope });
};

export const judgeRules: Record<string, StoreRule> = {
  async 'an event that is not proven waits alone'(store) {
    await put(store, unproven('a'), sample({ id: 'evt_2' }));
    const lanes = await claim(store);
    deepEqual(
      lanes.map(({ events }) => events.length),
      [1, 1],
    );
    deepEqual(new Set(lanes.map(({ events }) => events[0]!.valid)), new Set([null, true]));
  },
  async 'once proven it is processed in the lane of its object, from the API’s copy'(store) {
    await put(store, unproven('a'));
    const [lane] = await claim(store);
    await store.judge([proven(lane!)]);
    const [again] = await claim(store);
    equal(again!.lane, ' charge ch_1');
    equal(again!.events[0]!.valid, true);
    equal(Buffer.from(again!.events[0]!.payload).toString(), 'copy');
    const detail = (await store.getEvent('evt_1'))!;
    equal(Buffer.from(detail.payload).toString(), 'a');
    equal(detail.proof, 'api');
  },
  async 'proven twice it is one event with two deliveries'(store) {
    await put(store, unproven('a'), unproven('b'));
    const [one, two] = await claim(store);
    await store.judge([proven(one!), proven(two!)]);
    const { items } = await store.listEvents();
    deepEqual(
      items.map(({ deliveries }) => deliveries),
      [2],
    );
    equal((await claim(store)).length, 1);
  },
  async 'the proven event of the same id is at hand when another body claims to be it'(store) {
    await put(store, sample(), unproven('forged'));
    const lane = (await claim(store)).find(({ events }) => events[0]!.valid === null)!;
    deepEqual(Buffer.from(lane.events[0]!.proven!), Buffer.from(sample().payload));
  },
  async 'proven false it is kept and never claimed again'(store) {
    await put(store, unproven('a'));
    const [lane] = await claim(store);
    await store.judge([verdict(lane!, { valid: false, state: 'refused', reason: 'unknown to the API' })]);
    const { valid, state, reason } = (await store.getEvent('evt_1'))!;
    deepEqual({ valid, state, reason }, { valid: false, state: 'refused', reason: 'unknown to the API' });
    equal((await claim(store, { now: NOW + 1e9 })).length, 0);
    equal((await store.counts()).events.refused, 1);
  },
  async 'not known yet it is asked about again later'(store) {
    await put(store, unproven('a'));
    const [lane] = await claim(store);
    await store.judge([verdict(lane!, { readyAt: NOW + 100, attempts: 7 })]);
    equal((await claim(store)).length, 0);
    const [again] = await claim(store, { now: NOW + 100 });
    equal(again!.events[0]!.attempts, 7);
    equal((await store.getEvent('evt_1'))!.valid, null);
  },
  async 'a verdict without the lease says nothing'(store) {
    await put(store, unproven('a'));
    const [lane] = await claim(store);
    await claim(store, { owner: 'b', now: NOW + 30_000 });
    await store.judge([proven(lane!)]);
    equal((await store.getEvent('evt_1'))!.valid, null);
  },
  async 'a proven event may turn out to be about something else'(store) {
    await put(store, sample({ objectId: 'ch_wrong', id: 'evt_wrong' }));
    const [lane] = await claim(store);
    await store.judge([proven(lane!)]);
    equal(await store.getEvent('evt_wrong'), undefined);
    equal((await claim(store))[0]!.lane, ' charge ch_1');
  },
};
