import { deepEqual, equal } from 'node:assert/strict';
import type { StoreRule } from '../store-conformance.ts';

export const noteRules: Record<string, StoreRule> = {
  async 'what was last written under a name is read, and under no other'(store) {
    equal(await store.readNote('a'), undefined);
    await store.writeNote('a', '1');
    await store.writeNote('b', '{"é": "\\u0000"}');
    await store.writeNote('a', '2');
    deepEqual(
      [await store.readNote('a'), await store.readNote('b'), await store.readNote('A')],
      ['2', '{"é": "\\u0000"}', undefined],
    );
  },
};
