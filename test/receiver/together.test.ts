import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';

const SECRET = 'whsec_together';
const CREATED = 1_790_000_000;

type Parts = { id?: string; type?: string; created?: number; amount?: number };

const event = ({ id = 'evt_1', type = 'charge.succeeded', created = CREATED, amount = 100 }: Parts = {}) => ({
  id,
  object: 'event',
  created,
  type,
  livemode: false,
  data: { object: { id: 'ch_1', object: 'charge', amount, description: 'secret' } },
});

function ground(options: Partial<ReceiverOptions<unknown>> = {}, wrap = (made: SqliteStore): SqliteStore => made) {
  const store = wrap(createSqliteStore({ path: ':memory:' }));
  const receiver = createReceiver({ store, secrets: SECRET, ...(options as object) });
  const deliver = (parts?: Parts) => receiver.fetch(signedRequest(event(parts), { secret: SECRET }));
  const shown = async () => {
    const object = await store.getObject('charge', 'ch_1');
    return object && (JSON.parse(object.json) as { amount: number }).amount;
  };
  const dispose = async () => {
    await receiver.close();
    await store.close();
  };
  return { store, receiver, deliver, shown, [Symbol.asyncDispose]: dispose };
}

describe('the commit that stores an event', () => {
  test('mirrors it, and finishes it when nobody handles its type', async () => {
    await using given = ground();
    given.receiver.on('invoice.*', () => {});
    await given.receiver.start();
    await given.receiver.idle();
    const claims = counting(given.store, 'claim');
    expect((await given.deliver()).status).toBe(200);
    expect(await given.shown()).toBe(100);
    expect((await given.store.getEvent('evt_1'))!.state).toBe('done');
    expect(claims.count).toBe(0);
  });

  test('begins its work when somebody does: the handler runs after the answer, and nothing is claimed', async () => {
    await using given = ground();
    const told: string[] = [];
    given.receiver.on('charge.*', async ({ object, current }) => {
      told.push(
        `handled ${(object as { amount: number }).amount} ${(current as unknown as { amount: number }).amount}`,
      );
      told.push((await given.store.getEvent('evt_1'))!.state);
    });
    await given.receiver.start();
    await given.receiver.idle();
    const claims = counting(given.store, 'claim');
    await given.deliver().then(() => told.push('answered'));
    await given.receiver.idle();
    expect(told).toEqual(['answered', 'handled 100 100', 'processing']);
    expect((await given.store.getEvent('evt_1'))!.state).toBe('done');
    expect(claims.lanes).toBe(0);
  });

  test('leaves the rest to a worker where none is running, and the mirror is there already', async () => {
    await using given = ground();
    let handled = 0;
    given.receiver.on('charge.*', () => void (handled += 1));
    await given.deliver();
    expect(await given.shown()).toBe(100);
    expect((await given.store.getEvent('evt_1'))!.state).toBe('pending');
    await given.receiver.drain();
    expect(handled).toBe(1);
  });

  test('does none of it when the mirror is to be written later', async () => {
    await using given = ground({ mirror: 'later' });
    await given.deliver();
    expect(await given.shown()).toBeUndefined();
    await given.receiver.drain();
    expect(await given.shown()).toBe(100);
  });

  test('mirrors nothing without a mirror', async () => {
    await using given = ground({ mirror: false });
    await given.receiver.start();
    await given.deliver();
    expect(await given.shown()).toBeUndefined();
    expect((await given.store.getEvent('evt_1'))!.state).toBe('done');
  });

  test('masks what is to be masked', async () => {
    await using given = ground({ redact: 'description' });
    await given.receiver.start();
    await given.deliver();
    expect((await given.store.getObject('charge', 'ch_1'))!.json).not.toContain('secret');
    await given.receiver.idle();
    const { payload, state } = (await given.store.getEvent('evt_1'))!;
    expect(state).toBe('done');
    expect(Buffer.from(payload).toString()).not.toContain('secret');
  });

  test.each([
    ['in one commit', (store: SqliteStore) => store],
    ['in two that are under way at once', notBlocking],
  ])('takes on no more than may be worked on at a time, %s', async (_, wrap) => {
    await using given = ground({ concurrency: 1 }, wrap);
    const release = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    given.receiver.on('*', async () => {
      running += 1;
      most = Math.max(most, running);
      await release.promise;
      running -= 1;
    });
    await given.receiver.start();
    const other = (n: number) => {
      const made = event({ id: `evt_${n}` });
      made.data.object.id = `ch_${n}`;
      return given.receiver.fetch(signedRequest(made, { secret: SECRET }));
    };
    const answers = [other(1), other(2)];
    await sleep(20);
    await Promise.all([...answers, other(3), other(4)]);
    expect((await given.receiver.status()).busy).toBe(1);
    release.resolve();
    await given.receiver.idle();
    expect(most).toBe(1);
    expect((await given.store.counts()).events.done).toBe(4);
  });
});

test.each([
  ['ahead of the end of the one before it', 2, notBlocking],
  ['one at a time where it blocks', 1, (store: SqliteStore) => Object.assign(notBlocking(store), { blocks: true })],
])('a commit is handed to the store %s', async (_, most, wrap) => {
  let store: ReturnType<typeof notBlocking>;
  await using given = ground({}, (made) => (store = wrap(made) as typeof store));
  const first = given.deliver({ id: 'evt_1' });
  await sleep(20);
  await Promise.all([first, given.deliver({ id: 'evt_2' }), given.deliver({ id: 'evt_3' })]);
  expect(store!.most).toBe(most);
  expect((await given.store.counts()).events.pending).toBe(3);
});

test('a failing handler is tried again, although its event was never claimed', async () => {
  await using given = ground({ retry: { base: 2, cap: 2 } });
  let runs = 0;
  given.receiver.on('charge.*', () => {
    runs += 1;
    if (runs === 1) throw new Error('not yet');
  });
  await given.receiver.start();
  await given.deliver();
  await expect.poll(async () => (await given.store.getEvent('evt_1'))!.state).toBe('done');
  expect(runs).toBe(2);
});

/** A store that takes its time, as one that is a server does; `most` is how many commits were under way at once. */
function notBlocking(store: SqliteStore): SqliteStore & { most: number } {
  const { receive } = store;
  let under = 0;
  const slow = Object.assign(store, {
    blocks: false,
    most: 0,
    receive: async (incoming: Parameters<typeof receive>[0]) => {
      under += 1;
      slow.most = Math.max(slow.most, under);
      await sleep(50);
      under -= 1;
      return receive(incoming);
    },
  });
  return slow;
}

function counting(store: SqliteStore, name: 'claim') {
  const original = store[name];
  const counted = { count: 0, lanes: 0 };
  store[name] = async (...given) => {
    counted.count += 1;
    const lanes = await original(...given);
    counted.lanes += lanes.length;
    return lanes;
  };
  return counted;
}
