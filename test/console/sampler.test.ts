import { expect, test } from 'vitest';
import type { Health } from '../../src/console/api/types.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { testClock } from '../receiver/events.ts';
import { event, openConsole, SECRET } from './open.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test('each step says what came in it, and how things stood at its end', async () => {
  const clock = testClock();
  await using opened = openConsole({ clock }, { clock, retry: { attempts: 2 } as never });
  opened.receiver.on('charge.*', ({ event }) => {
    if (event.id === 'evt_bad') throw new Error('no');
  });
  const deliver = (body: string, secret = SECRET) => opened.receiver.fetch(signedRequest(body, { secret, clock }));
  const body = event('evt_good', 'charge.succeeded', { id: 'ch_1', object: 'charge' });
  await deliver(body);
  await deliver(body);
  await deliver(eventBody(), 'whsec_other');
  clock.advance(5_000);
  await settled();
  await deliver(event('evt_bad', 'charge.succeeded', { id: 'ch_2', object: 'charge' }));
  await opened.receiver.drain();
  clock.advance(5_000);
  await settled();

  const health = await opened.get<Health>('health');
  const { series } = health;
  expect(series.at).toHaveLength(2);
  expect(series.at[1]! - series.at[0]!).toBe(series.step);
  expect(series).toMatchObject({
    received: [3, 1],
    refused: [1, 0],
    duplicates: [1, 0],
    dead: [0, 0],
    retries: [0, 1],
  });
  expect(series.backlog).toEqual([1, 1]);
  expect(series.lag[0]).toBe(5_000);
  expect(series.answer).toEqual([0, 0]);
  expect(health.totals).toEqual({ received: 4, stored: 2, duplicates: 1, refused: 1, failed: 0, retries: 1, dead: 0 });
  expect(health.handlers).toEqual([
    { name: 'charge.*', pattern: 'charge.*', runs: 2, failures: 1, dead: 0, deferred: 0, meanMs: 0 },
  ]);
});

test('an hour is kept, in equal steps also after the machine slept', async () => {
  const clock = testClock();
  await using opened = openConsole({ clock });
  for (let i = 0; i < 3; i += 1) {
    clock.advance(5_000);
    await settled();
  }
  await opened.deliver();
  // Asleep for two hours: one look for all of it.
  clock.advance(7_200_000);
  await settled();
  const { series } = await opened.get<Health>('health');
  expect(series.at).toHaveLength(720);
  const gaps = new Set(series.at.slice(1).map((at, i) => at - series.at[i]!));
  expect([...gaps]).toEqual([5_000]);
  expect(series.at.at(-1)).toBe(clock.now());
  expect(series.received.reduce((sum, count) => sum + count, 0)).toBe(1);
});
