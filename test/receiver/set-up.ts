import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
import { aCharge, anEvent, delivery, NOW, SECRET, testClock, type EventParts } from './events.ts';

type Options = Partial<ReceiverOptions<DatabaseSync>> & { store?: SqliteStore };

/** A receiver on a store and a clock of its own, and how to deliver to it. */
export function setUp(options: Options = {}) {
  const store = options.store ?? createSqliteStore({ path: ':memory:' });
  const clock = options.clock ? (options.clock as ReturnType<typeof testClock>) : testClock();
  const receiver = createReceiver({ secrets: SECRET, ...options, store, clock });
  const deliver = async (...events: EventParts[]) => {
    for (const parts of events) {
      const response = await receiver.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
      expect(response.status).toBe(200);
    }
  };
  const states = async () =>
    Object.fromEntries((await store.listEvents({ limit: 1000 })).items.map(({ id, state }) => [id, state]));
  return { store, clock, receiver, deliver, states };
}

/** An event of charge `ch_…`, told by its id. */
export const of = (charge: string, id: string, created = NOW, parts: EventParts = {}): EventParts => ({
  id,
  created,
  type: 'charge.updated',
  object: aCharge({ id: charge, description: id }),
  ...parts,
});

/** Lets a waiting `ensure` go on: its clock is the test's. */
export async function ticking<Result>(clock: { advance(ms: number): void }, promise: Promise<Result>): Promise<Result> {
  const turn = () => new Promise<'turn'>((resolve) => setImmediate(() => resolve('turn')));
  while ((await Promise.race([promise, turn()])) === 'turn') clock.advance(5);
  return promise;
}
