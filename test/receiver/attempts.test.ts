import { describe, expect, test } from 'vitest';
import { NOW } from './events.ts';
import { of, setUp } from './set-up.ts';

const DAY = 86_400_000;

describe('ctx.defer', () => {
  test('a wait may be a fraction of a millisecond', async () => {
    const { store, clock, receiver, deliver } = setUp();
    receiver.on('*', ({ defer, attempt }) => (attempt === 1 ? defer('not yet', { after: 1234.5 }) : undefined));
    await deliver(of('ch_1', 'evt_1'));
    await receiver.drain();
    expect(await store.getEvent('evt_1')).toMatchObject({ state: 'retrying', readyAt: clock.now() + 1235 });
    clock.advance(1235);
    await receiver.drain();
    expect((await store.getEvent('evt_1'))!.state).toBe('done');
  });

  test.each([Number.NaN, Infinity, -1, '5' as never])(
    'a wait of %s is the handler’s failure, and says so',
    async (after) => {
      const { store, receiver, deliver } = setUp();
      receiver.on('*', ({ defer }) => defer('not yet', { after }));
      await deliver(of('ch_1', 'evt_1'));
      await receiver.drain();
      const [record] = (await store.getEvent('evt_1'))!.handlers;
      expect(record).toMatchObject({ state: 'retrying', failures: 1 });
      expect(record!.error).toMatch(/`after` is .* number of milliseconds/);
    },
  );

  test('an event that was old before it was first handled, or is replayed, is put off all the same', async () => {
    const { store, clock, receiver, deliver } = setUp({ retry: { attempts: 3 } });
    let there = false;
    receiver.on('*', ({ defer }) => (there ? undefined : defer('not yet', { after: 1_000 })));
    await deliver(of('ch_1', 'evt_1'));
    clock.advance(5 * DAY);
    const tries = async (count: number): Promise<string> => {
      for (let i = 0; i < count; i += 1) {
        clock.advance(1_000);
        await receiver.drain();
      }
      return (await store.getEvent('evt_1'))!.state;
    };
    expect(await tries(3)).toBe('retrying');
    expect(await tries(1)).toBe('dead');
    expect(await receiver.replay({ state: 'dead' })).toMatchObject({ runs: 1, ran: { deferred: 1 } });
    expect(await tries(2)).toBe('retrying');
    there = true;
    expect(await tries(1)).toBe('done');
  });

  test('of long waits there are no more than fit into the three days', async () => {
    const { store, clock, receiver, deliver } = setUp();
    receiver.on('*', ({ defer }) => defer('not yet', { after: DAY }));
    await deliver(of('ch_1', 'evt_1'));
    const states: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      await receiver.drain();
      states.push((await store.getEvent('evt_1'))!.state);
      clock.advance(DAY);
    }
    expect(states).toEqual(['retrying', 'retrying', 'retrying', 'dead']);
  });
});

const THROWN: [string, unknown, RegExp?][] = [
  ['an object without a prototype', Object.create(null)],
  [
    'something whose text throws',
    {
      toString: () => {
        throw new Error('no');
      },
    },
  ],
  ['an error whose stack is no text', Object.assign(new Error('broken'), { stack: 5 }), /broken/],
  [
    'an error whose message is no text',
    Object.defineProperty(new Error('broken'), 'message', { value: Object.create(null) }),
  ],
  ['nothing', undefined],
  ['a symbol', Symbol('odd')],
];

test.each(THROWN)('%s, thrown, is a failure like any other', async (_, thrown, shown = /./) => {
  const { store, clock, receiver, deliver } = setUp({ retry: { attempts: 2 } });
  receiver.on('*', () => {
    throw thrown;
  });
  await deliver(of('ch_1', 'evt_1'));
  for (let i = 0; i < 2; i += 1) {
    await receiver.drain();
    clock.advance(10_000);
  }
  const { state, handlers } = (await store.getEvent('evt_1'))!;
  expect([state, handlers[0]]).toMatchObject([
    'dead',
    { attempts: 2, failures: 2, error: expect.stringMatching(shown) },
  ]);
});

describe('closing', () => {
  /** A handler that never ends by itself, and what became of it. */
  async function closed(grace: number, ends: (signal: AbortSignal) => Promise<void>) {
    const made = setUp({ retry: { attempts: 1 } });
    const { clock, receiver, deliver } = made;
    let toldAt: number | undefined;
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    receiver.on('*', ({ signal }) => {
      signal.addEventListener('abort', () => (toldAt = clock.now()));
      start();
      return ends(signal);
    });
    await receiver.start();
    await deliver(of('ch_1', 'evt_1'));
    await started;
    const began = clock.now();
    const closing = receiver.close({ grace });
    const turn = () => new Promise<'not yet'>((resolve) => setImmediate(resolve, 'not yet'));
    for (let turns = 1; (await Promise.race([closing, turn()])) === 'not yet'; turns += 1)
      if (turns % 10 === 0) clock.advance(grace / 10);
    return { ...made, told: toldAt! - began, took: clock.now() - began };
  }

  test('tells handlers before the grace period is over, and what gives up then has not failed', async () => {
    const { store, clock, told, took } = await closed(1_000, async (signal) => {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
    });
    expect([told, took]).toEqual([800, 800]);
    const { state, handlers } = (await store.getEvent('evt_1'))!;
    expect([state, handlers[0]]).toMatchObject(['retrying', { state: 'retrying', attempts: 1, failures: 0 }]);
    expect(handlers[0]!.error).toMatch(/closing/);
    const next = setUp({ store, clock });
    const seen: string[] = [];
    next.receiver.on('*', ({ event }) => void seen.push(event.id));
    await next.receiver.drain();
    expect(seen).toEqual(['evt_1']);
  });

  test('waits to the end of the grace period for what does not listen', async () => {
    const { told, took } = await closed(1_000, () => new Promise(() => {}));
    expect([told, took]).toEqual([800, 1_000]);
  });
});

test('what a handler changes in what it was given is not what is stored when its event is masked', async () => {
  const { store, receiver, deliver } = setUp({ redact: ['description'] });
  const seen: unknown[] = [];
  receiver.on('charge.updated', ({ object }) => {
    seen.push(object.amount);
    object.amount /= 100;
  });
  await deliver(of('ch_1', 'evt_1', NOW));
  await receiver.drain();
  const stored = JSON.parse(Buffer.from((await store.getEvent('evt_1'))!.payload!).toString());
  expect(stored.data.object).toMatchObject({ description: '[redacted]', amount: seen[0] });
  await receiver.replay({ id: 'evt_1' });
  await receiver.drain();
  expect(seen[1]).toBe(seen[0]);
});
