import { expect, test } from 'vitest';
import type { LiveMessage } from '../../src/console/api/types.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { testClock } from '../receiver/events.ts';
import { event, messages, openConsole } from './open.ts';

test('how things stand is told at once, and what happens as it happens', async () => {
  await using opened = openConsole();
  await opened.deliver();
  const told = messages<LiveMessage>(await opened.ask('/api/live'));
  const next = async () => (await told.next()).value as LiveMessage;
  expect(await next()).toMatchObject({ kind: 'changed', newest: 1, counts: { events: { pending: 1, done: 0 } } });
  await opened.deliver();
  expect(await next()).toMatchObject({ newest: 2, counts: { events: { pending: 2 } } });
  await opened.receiver.drain();
  // Nothing tells that an event without handlers is done: it is looked at again.
  expect(await next()).toMatchObject({ newest: 2, counts: { events: { pending: 0, done: 2 } } });
});

test('at most four messages a second, and a look for what other processes did every two', async () => {
  const clock = testClock();
  await using opened = openConsole({ clock });
  const told = messages<LiveMessage>(await opened.ask('/api/live'));
  const got: LiveMessage[] = [];
  void (async () => {
    for await (const message of told) got.push(message);
  })();
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  await settled();
  expect(got).toHaveLength(1);
  for (let i = 0; i < 5; i += 1) {
    await opened.deliver();
    await settled();
  }
  expect(got).toHaveLength(1);
  clock.advance(250);
  await settled();
  expect(got.map(({ newest }) => newest)).toEqual([0, 5]);

  // Another process stores something: nobody here is told.
  clock.advance(250);
  await settled();
  await put(opened.store, sample({ id: 'evt_other' }));
  await settled();
  expect(got).toHaveLength(2);
  clock.advance(2_000);
  await settled();
  expect(got.at(-1)).toMatchObject({ newest: 6 });
});

test('a quiet connection is kept alive, and all of them end with the console', async () => {
  const clock = testClock();
  await using opened = openConsole({ clock });
  const answer = await opened.ask('/api/live');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toMatch(/^data: /);
  const next = reader.read();
  clock.advance(15_000);
  expect((await next).value).toBe(': still here\n\n');
  opened.console.close();
  expect((await reader.read()).done).toBe(true);
  expect((await opened.ask('/api/live')).status).toBe(503);
});

test('only so many may listen; one that goes makes room', async () => {
  await using opened = openConsole();
  const all = await Promise.all(Array.from({ length: 50 }, () => opened.ask('/api/live')));
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect((await opened.ask('/api/live')).status).toBe(503);
  await all[0]!.body!.cancel();
  expect((await opened.ask('/api/live')).status).toBe(200);
});

test('copies fetched from the API are not the newest event', async () => {
  await using opened = openConsole();
  await opened.deliver(event('evt_1', 'charge.succeeded', { id: 'ch_1', object: 'charge' }));
  await opened.receiver.adopt([{ id: 'ch_2', object: 'charge' }], { requestedAt: 1_768_471_200_000 });
  const told = messages<LiveMessage>(await opened.ask('/api/live'));
  expect((await told.next()).value).toMatchObject({ newest: 1 });
});

test('who only asks for the headers takes nobody’s place', async () => {
  await using opened = openConsole();
  for (let i = 0; i < 51; i += 1) expect((await opened.ask('/api/live', { method: 'HEAD' })).status).toBe(200);
  expect((await opened.ask('/api/live')).status).toBe(200);
});
