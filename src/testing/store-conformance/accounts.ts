import { deepEqual } from 'node:assert/strict';
import type { StoreRule } from '../store-conformance.ts';
import { claim, put, result, sample } from './samples.ts';

export const accountRules: Record<string, StoreRule> = {
  async 'an account is marked as its latest event says, whatever the order; of two in one second access counts'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const mark = async (account: string, deauthorized: boolean, since: number) => {
      const accounts = [{ account, deauthorized, since, eventId: `evt_${since}` }];
      await store.settle([result(lane!, { events: [], accounts, release: false })]);
    };
    await mark('acct_1', true, 10);
    await mark('acct_1', false, 5);
    await mark('acct_2', true, 10);
    await mark('acct_2', false, 11);
    await mark('acct_3', false, 7);
    await mark('acct_3', true, 7);
    deepEqual(
      (await store.accounts()).map((one) => ({ ...one })),
      [
        { account: 'acct_1', deauthorized: true, since: 10, eventId: 'evt_10' },
        { account: 'acct_2', deauthorized: false, since: 11, eventId: 'evt_11' },
        { account: 'acct_3', deauthorized: false, since: 7, eventId: 'evt_7' },
      ],
    );
    deepEqual((await store.accounts('acct_2')).length, 1);
    deepEqual(await store.accounts('acct_none'), []);
  },
  async 'it is known when each secret last proved a delivery'(store) {
    const tell = (proof: string, at: number) =>
      store.insert({ events: [], refused: [], keepRefused: 1, proofs: [{ proof, at }] });
    await tell('signature a', 10);
    await tell('signature b', 30);
    await tell('signature a', 20);
    await tell('signature b', 5);
    deepEqual(
      (await store.proofs()).map((one) => ({ ...one })),
      [
        { proof: 'signature b', at: 30 },
        { proof: 'signature a', at: 20 },
      ],
    );
  },
};
