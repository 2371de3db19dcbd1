import { expect, test } from 'vitest';
import { of, setUp } from './set-up.ts';

test('ctx.tx commits an effect with the mark, and undoes it with the attempt', async () => {
  const { store, clock, receiver, deliver } = setUp();
  store.database.exec('CREATE TABLE credits (event TEXT UNIQUE, amount INTEGER)');
  receiver.on('charge.updated', ({ event, object, attempt, tx }) => {
    tx((db) => void db.prepare('INSERT INTO credits VALUES (?, ?)').run(event.id, object.amount));
    tx(() => {
      if (attempt === 1) throw new Error('the second effect fails');
    });
  });
  const count = () => (store.database.prepare('SELECT count(*) AS n FROM credits').get() as { n: number }).n;
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect(count()).toBe(0);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([{ state: 'retrying', attempts: 1, failures: 1 }]);
  expect((await store.getEvent('evt_1'))!.handlers[0]!.error).toMatch(/the second effect fails/);
  clock.advance(10_000);
  await receiver.drain();
  expect(count()).toBe(1);
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([{ state: 'done', attempts: 2 }]);
});

test('an asynchronous effect is refused, for the commit would not wait for it', async () => {
  const { store, receiver, deliver } = setUp();
  receiver.on('*', ({ tx }) => tx(async () => {}));
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.handlers[0]).toMatchObject({ state: 'retrying', failures: 1 });
  expect((await store.getEvent('evt_1'))!.handlers[0]!.error).toMatch(/must be synchronous/);
});

test('when a handler starts, the mirror and what the handlers before it did are committed', async () => {
  const { store, receiver, deliver } = setUp();
  const seen: unknown[] = [];
  const look = async () => {
    const { state, handlers } = (await store.getEvent('evt_1'))!;
    const shown = store.database.prepare('SELECT description FROM stripe_charges').get() as { description: string };
    seen.push([state, handlers.map((record) => `${record.handler} ${record.state}`), shown.description]);
  };
  receiver.on('charge.*', look, { name: 'a' }).on('charge.*', look, { name: 'b' });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect(seen).toEqual([
    ['processing', [], 'evt_1'],
    ['processing', ['a done'], 'evt_1'],
  ]);
});

test('effects of a handler that throws are not run', async () => {
  const { store, receiver, deliver } = setUp();
  let ran = false;
  receiver.on('*', ({ tx }) => {
    tx(() => {
      ran = true;
    });
    throw new Error('after all');
  });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect(ran).toBe(false);
  expect((await store.getEvent('evt_1'))!.state).toBe('retrying');
});

test('the idempotency key is the same for every attempt, and another for every handler and event', async () => {
  const { clock, receiver, deliver } = setUp();
  const keys: string[] = [];
  for (const name of ['a', 'b'])
    receiver.on(
      '*',
      ({ idempotencyKey, attempt }) => {
        keys.push(idempotencyKey);
        if (attempt === 1) throw new Error('again');
      },
      { name },
    );
  await deliver(of('ch_1', 'evt_1'), of('ch_2', 'evt_2'));
  await receiver.drain();
  clock.advance(10_000);
  await receiver.drain();
  expect(keys).toHaveLength(8);
  expect(new Set(keys).size).toBe(4);
  expect(keys.every((key) => key.length < 255)).toBe(true);
});

test('a copy of a context, as for a handler that is given more, and one behind a proxy say all that it says', async () => {
  const { receiver, deliver } = setUp();
  const seen: object[] = [];
  receiver.on('*', (context) => {
    const { event, object, account, current, idempotencyKey, attempt, late } = context;
    const said = { event, object, account, current, idempotencyKey, attempt, late };
    seen.push(said, { ...context }, new Proxy(context, {}), Object.create(context) as object);
  });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  const [said, copy, ...others] = seen as Record<string, unknown>[];
  expect(said!['current']).toMatchObject({ id: 'ch_1' });
  expect(said!['idempotencyKey']).toMatch(/^paybell-[0-9a-f]{32}$/);
  expect(copy).toMatchObject(said!);
  for (const other of others)
    expect(Object.fromEntries(Object.keys(said!).map((name) => [name, other[name]]))).toEqual(said);
});
