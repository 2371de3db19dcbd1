import { onTestFinished } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import type { Store } from '../../src/store/store.ts';
import { anEvent, delivery, SECRET, testClock, type EventParts } from './events.ts';

/** Receivers on one store, as processes beside each other. */
export async function beside(makeStore: () => Promise<Store>, options: Partial<ReceiverOptions<unknown>> = {}) {
  const store = await makeStore();
  onTestFinished(() => store.close());
  const clock = testClock();
  const make = () => createReceiver({ secrets: SECRET, clock, ...options, store });
  const server = make();
  const deliver = async (...events: EventParts[]) => {
    for (const parts of events) await server.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
  };
  const states = async () => Object.fromEntries((await store.listEvents()).items.map(({ id, state }) => [id, state]));
  return { store, clock, server, make, deliver, states };
}
