import type { DatabaseSync } from 'node:sqlite';
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

test('what is to be run by being waited for is refused, whatever it is', async () => {
  const { store, receiver, deliver } = setUp();
  const query = {};
  Reflect.set(query, 'then', () => {});
  receiver.on('*', ({ tx }) => tx(() => query as never));
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.handlers[0]!.error).toMatch(/must be synchronous/);
});

/** What the store does not take is tried again a second later. */
async function whileTimeGoesOn(work: Promise<unknown>, clock: { advance(ms: number): void }): Promise<void> {
  const turn = () => new Promise<'not yet'>((resolve) => setImmediate(resolve, 'not yet'));
  while ((await Promise.race([work, turn()])) === 'not yet') clock.advance(1_000);
}

const ENDING = {
  COMMIT: (db: DatabaseSync) => db.exec('COMMIT'),
  'a prepared ROLLBACK': (db: DatabaseSync) => void db.prepare('rollback').run(),
  'several statements': (db: DatabaseSync) => db.exec('DELETE FROM credits; COMMIT; BEGIN'),
  'a statement that rolls back': (db: DatabaseSync) => db.exec(`INSERT OR ROLLBACK INTO credits VALUES ('once')`),
  'the same, caught': (db: DatabaseSync) => {
    expect(() => db.exec(`INSERT OR ROLLBACK INTO credits VALUES ('once')`)).toThrow(/UNIQUE/);
  },
};

test.each(Object.entries(ENDING))('%s in ctx.tx fails its own attempt, and nobody else’s effect', async (_, end) => {
  const { store, clock, receiver, deliver } = setUp({ onProblem: () => {} });
  store.database.exec(`CREATE TABLE credits (event TEXT UNIQUE); INSERT INTO credits VALUES ('once')`);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  receiver.on(
    '*',
    async ({ event, tx }) => {
      await gate;
      tx((db) => {
        db.prepare('INSERT INTO credits VALUES (?)').run(event.id);
        if (event.id === 'evt_3') end(db);
      });
      tx((db) => void db.prepare('INSERT INTO credits VALUES (?)').run(`${event.id} too`));
    },
    { attempts: 2 },
  );
  await deliver(...[1, 2, 3, 4, 5].map((n) => of(`ch_${n}`, `evt_${n}`)));
  const drained = receiver.drain();
  await new Promise((resolve) => setImmediate(resolve));
  open();
  await whileTimeGoesOn(drained, clock);
  clock.advance(10_000);
  await whileTimeGoesOn(receiver.drain(), clock);
  const credits = store.database.prepare('SELECT event FROM credits ORDER BY event').all();
  expect(credits.map(({ event }) => event)).toEqual([
    ...[1, 2, 4, 5].flatMap((n) => [`evt_${n}`, `evt_${n} too`]),
    'once',
  ]);
  const { state, handlers } = (await store.getEvent('evt_3'))!;
  expect([state, handlers[0]]).toMatchObject(['dead', { state: 'dead', attempts: 2, failures: 2 }]);
  expect(handlers[0]!.error).toMatch(/ctx\.tx: /);
});

test('a transaction inside ctx.tx is a savepoint', async () => {
  const { store, receiver, deliver } = setUp();
  store.database.exec('CREATE TABLE credits (event TEXT)');
  receiver.on('*', ({ tx }) => {
    tx((db) => {
      db.exec('BEGIN');
      db.exec(`INSERT INTO credits VALUES ('kept')`);
      db.prepare('COMMIT').run();
      db.exec('BEGIN IMMEDIATE');
      db.exec(`INSERT INTO credits VALUES ('not kept')`);
      db.exec('ROLLBACK');
    });
  });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
  expect(store.database.prepare('SELECT event FROM credits').all()).toEqual([{ event: 'kept' }]);
});

test('ctx.tx after the handler has ended is refused, and so is a connection that was kept', async () => {
  const { store, receiver, deliver } = setUp();
  const problems: unknown[] = [];
  let kept: DatabaseSync | undefined;
  receiver.on('*', ({ tx }) => {
    tx((db) => void (kept = db));
    setImmediate(() => {
      try {
        tx(() => {});
      } catch (error) {
        problems.push(error);
      }
    });
  });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  await new Promise((resolve) => setImmediate(resolve));
  expect(problems).toMatchObject([{ message: expect.stringContaining('the handler has ended') }]);
  expect(() => kept!.exec('SELECT 1')).toThrow(/has ended/);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
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
