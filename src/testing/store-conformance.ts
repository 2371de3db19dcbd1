import type { Store } from '../store/store.ts';
import { insertRules } from './store-conformance/insert.ts';
import { judgeRules } from './store-conformance/judge.ts';
import { leaseRules } from './store-conformance/leases.ts';
import { accountRules } from './store-conformance/accounts.ts';
import { noteRules } from './store-conformance/notes.ts';
import { privacyRules } from './store-conformance/privacy.ts';
import { readRules } from './store-conformance/reads.ts';
import { receiveRules } from './store-conformance/receive.ts';
import { replayRules } from './store-conformance/replay.ts';
import { settleRules } from './store-conformance/settle.ts';
import { takenRules } from './store-conformance/taken.ts';

/** A rule that every store keeps: throws when it does not. */
export type StoreRule = (store: Store) => Promise<void>;

/** The two functions of a test runner that the suite needs: Vitest's, Jest's or those of `node:test`. */
export interface Runner {
  describe(name: string, define: () => void): unknown;
  test(name: string, run: () => Promise<void>): unknown;
}

/**
 * Holds a store to what Paybell expects of every store. `makeStore` gives an empty one for each test; the suite closes
 * it. Assertions are `node:assert`'s, so any runner will do.
 */
export function storeConformance(
  name: string,
  makeStore: () => Store | Promise<Store>,
  { describe, test }: Runner,
): void {
  const groups = {
    insertRules,
    leaseRules,
    settleRules,
    judgeRules,
    accountRules,
    noteRules,
    privacyRules,
    readRules,
    receiveRules,
    takenRules,
    replayRules,
  };
  describe(`${name} keeps the rules of a store`, () => {
    for (const rules of Object.values(groups))
      for (const [rule, hold] of Object.entries(rules))
        test(rule, async () => {
          await using store = await makeStore();
          await hold(store);
        });
  });
}
