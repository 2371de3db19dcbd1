import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, sample } from './samples.ts';

export const insertRules: Record<string, StoreRule> = {
  async 'an event is stored as the bytes that came'(store) {
    const payload = Buffer.from([0x7b, 0x00, 0xff, 0x7d]);
    deepEqual(await put(store, sample({ payload })), ['stored']);
    const stored = (await store.getEvent('evt_1'))!;
    deepEqual(Buffer.from(stored.payload), payload);
    equal(stored.valid, true);
    equal(stored.state, 'pending');
    equal(stored.proof, 'signature test');
  },
  async 'a second delivery of a proven event is counted, in the same batch or later'(store) {
    deepEqual(await put(store, sample(), sample()), ['stored', 'duplicate']);
    deepEqual(await put(store, sample({ receivedAt: NOW + 5 })), ['duplicate']);
    const { deliveries, lastReceivedAt } = (await store.getEvent('evt_1'))!;
    deepEqual({ deliveries, lastReceivedAt }, { deliveries: 3, lastReceivedAt: NOW + 5 });
    equal((await claim(store))[0]!.events.length, 1);
  },
  async 'the same id under another account is another event'(store) {
    deepEqual(await put(store, sample(), sample({ account: 'acct_1' })), ['stored', 'stored']);
    equal((await store.getEvent('evt_1', 'acct_1'))!.account, 'acct_1');
    equal((await store.listEvents({ account: '' })).items.length, 1);
  },
  async 'an event that is not proven never shadows a real one'(store) {
    const forged = sample({ proof: null, payload: Buffer.from('forged') });
    deepEqual(await put(store, forged), ['stored']);
    deepEqual(await put(store, sample()), ['stored']);
    equal((await store.getEvent('evt_1'))!.valid, true);
    equal((await store.listEvents({ id: 'evt_1' })).items.length, 2);
  },
  async 'of events that are not proven only the very same bytes are a duplicate'(store) {
    const unproven = sample({ proof: null });
    const other = sample({ proof: null, payload: Buffer.from('other') });
    deepEqual(await put(store, unproven, unproven, other), ['stored', 'duplicate', 'stored']);
    equal((await claim(store)).length, 2);
  },
  async 'a batch that fails leaves nothing behind'(store) {
    const broken = sample({ id: 'evt_2', payload: null as never });
    await rejects(put(store, sample(), broken));
    equal((await store.listEvents()).items.length, 0);
    equal((await claim(store)).length, 0);
  },
  async 'a refused delivery may have no body'(store) {
    const refusal = {
      reason: 'body_parsed',
      detail: 'd',
      signature: '',
      size: 0,
      body: new Uint8Array(),
      receivedAt: 1,
    };
    await store.insert({ events: [], refused: [refusal], keepRefused: 3 });
    equal((await store.listRefused()).items[0]!.body.length, 0);
  },
  async 'refused deliveries are kept up to their number'(store) {
    const refusal = {
      reason: 'no_match',
      detail: 'd',
      signature: 't=1',
      size: 3,
      body: Buffer.from('abc'),
      receivedAt: 1,
    };
    for (let i = 1; i <= 5; i += 1)
      await store.insert({ events: [], refused: [{ ...refusal, receivedAt: i }], keepRefused: 3 });
    const { items } = await store.listRefused();
    deepEqual(
      items.map(({ receivedAt }) => receivedAt),
      [5, 4, 3],
    );
    deepEqual(Buffer.from(items[0]!.body), Buffer.from('abc'));
    equal((await store.counts()).refused, 3);
  },
};
