import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { createReceiver, type Receiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres/index.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';
import { aCharge, anEvent, bodyOf, delivery, SECRET, testClock } from './events.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';

let server: TestServer;
let url: string;
let store: PostgresStore;
let others: AsyncDisposable[] = [];
const problems: unknown[] = [];
beforeAll(async () => {
  server = await postgresServer();
  url = await server.database();
  store = await createPostgresStore({ url, effectConnections: 3, onProblem: (what) => problems.push(what) });
  await query(url, 'CREATE TABLE credits (event text, note text)');
});
beforeEach(() =>
  query(
    url,
    'TRUNCATE credits, paybell.events, paybell.payloads, paybell.handler_records, paybell.lanes, paybell.mirror',
  ),
);
afterEach(async () => {
  for (const one of others.toReversed()) await one[Symbol.asyncDispose]();
  others = [];
});
afterAll(async () => {
  await store.close();
  await server[Symbol.asyncDispose]();
});

const INSERT = 'INSERT INTO credits VALUES ($1, $2)';
// Beside the store's own connections: what others can see.
const credits = async (): Promise<string[]> =>
  (await query(url, 'SELECT event FROM credits ORDER BY event')).map(({ event }) => event as string);
const handlersOf = async (id: string) => (await store.getEvent(id))!.handlers;

function receiverOn(options: Partial<ReceiverOptions<PoolClient>> = {}): Receiver<PoolClient> {
  const report = (what: string, error: unknown) => void problems.push([what, error]);
  const receiver = createReceiver({ store, secrets: SECRET, tolerance: 10 ** 9, onProblem: report, ...options });
  others.push(receiver);
  return receiver;
}
const send = async (receiver: Receiver<PoolClient>, id: string, charge = 'ch_1'): Promise<number> =>
  (await receiver.fetch(delivery(anEvent({ id, object: aCharge({ id: charge }) })))).status;

test('it runs at once, answers what the function answers, is seen by nobody before the mark and by everybody after', async () => {
  const receiver = receiverOn();
  const seen: unknown[] = [];
  receiver.on('charge.succeeded', async ({ event, tx }) => {
    const count = await tx(async (client) => {
      expectTypeOf(client).toEqualTypeOf<PoolClient>();
      await client.query(INSERT, [event.id, 'one']);
      return (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM credits')).rows[0]!.n;
    });
    expectTypeOf(count).toEqualTypeOf<number>();
    const again = await tx((client) => client.query(INSERT, [event.id, 'two']));
    // The same transaction: it sees what the first call wrote.
    const both = await tx((client) =>
      client.query('SELECT count(*)::int AS n, txid_current()::text AS id FROM credits'),
    );
    seen.push(count, again.rowCount, both.rows[0].n, await credits());
  });
  await send(receiver, 'evt_1');
  await receiver.drain();
  expect(seen).toEqual([1, 1, 2, []]);
  expect(await credits()).toEqual(['evt_1', 'evt_1']);
  expect(await handlersOf('evt_1')).toMatchObject([{ state: 'done', attempts: 1 }]);
});

test.for([
  ['throws after it', 'failed', async () => Promise.reject(new Error('after all'))],
  ['defers after it', 'deferred', async (ctx: { defer(reason: string): void }) => ctx.defer('not yet')],
] as const)('a handler that %s: all of it is undone, and the run is recorded as %s', async ([, kind, then]) => {
  const clock = testClock();
  const receiver = receiverOn({ clock });
  receiver.on('*', async (ctx) => {
    await ctx.tx((client) => client.query(INSERT, [ctx.event.id, String(ctx.attempt)]));
    if (ctx.attempt === 1) await then(ctx);
  });
  await send(receiver, 'evt_1');
  await receiver.drain();
  expect(await credits()).toEqual([]);
  const open = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'`;
  expect(await query(url, open)).toEqual([]);
  const failures = kind === 'failed' ? 1 : 0;
  expect(await handlersOf('evt_1')).toMatchObject([{ state: 'retrying', attempts: 1, failures }]);
  clock.advance(10_000);
  await receiver.drain();
  expect(await credits()).toEqual(['evt_1']);
  expect(await handlersOf('evt_1')).toMatchObject([{ state: 'done', attempts: 2, failures }]);
});

test('what a function throws fails the run, even where the handler catches it or does not wait for it', async () => {
  const receiver = receiverOn();
  receiver.on(
    '*',
    async ({ tx }) => {
      await tx((client) => client.query(INSERT, ['caught', '']));
      await tx(() => Promise.reject(new Error('half of it was done'))).catch(() => {});
    },
    { name: 'catches' },
  );
  receiver.on(
    '*',
    ({ tx }) => {
      void tx((client) => client.query(INSERT, ['alone', '']));
      void tx((client) => client.query('SELECT 1/0'));
    },
    { name: 'waits for nothing' },
  );
  receiver.on('*', ({ tx }) => void tx((client) => client.query(INSERT, ['kept', ''])), { name: 'good' });
  await send(receiver, 'evt_1');
  await receiver.drain();
  expect(await credits()).toEqual(['kept']);
  const errors = (await handlersOf('evt_1')).map(({ handler, state, error }) => [
    handler,
    state,
    error?.split('\n')[0],
  ]);
  expect(errors.toSorted()).toEqual([
    ['catches', 'retrying', 'Error: half of it was done'],
    ['good', 'done', undefined],
    ['waits for nothing', 'retrying', 'error: division by zero'],
  ]);
});

test('a context that outlives its handler is refused', async () => {
  const receiver = receiverOn();
  let late: (() => Promise<unknown>) | undefined;
  receiver.on('*', ({ tx }) => void (late = () => tx((client) => client.query(INSERT, ['late', '']))));
  await send(receiver, 'evt_1');
  await receiver.drain();
  await expect(late!()).rejects.toThrow(/the handler has ended/);
  expect(await credits()).toEqual([]);
});

test('a worker that lost its lease commits nothing, and who has it now does', async () => {
  const clock = testClock();
  const slow = receiverOn({ clock });
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  slow.on(
    '*',
    async ({ event, tx }) => {
      await tx((client) => client.query(INSERT, [event.id, 'slow']));
      entered.resolve();
      await go.promise;
    },
    { name: 'h' },
  );
  await send(slow, 'evt_1');
  const working = slow.drain();
  await entered.promise;
  // The other one's clock is past the lease; the slow one has not noticed.
  const quick = receiverOn({ clock: testClock(clock.now() + 31_000) });
  quick.on('*', ({ event, tx }) => tx((client) => client.query(INSERT, [event.id, 'quick'])), { name: 'h' });
  await quick.drain();
  go.resolve();
  await working;
  expect(await query(url, 'SELECT note FROM credits')).toEqual([{ note: 'quick' }]);
  expect(await handlersOf('evt_1')).toMatchObject([{ state: 'done', attempts: 1 }]);
});

test('a receiver that closes rolls back what a handler will not end, and frees its connection', async () => {
  const own = await createPostgresStore({ url, effectConnections: 1 });
  const receiver = createReceiver({ store: own, secrets: SECRET, tolerance: 10 ** 9 });
  const entered = Promise.withResolvers<void>();
  const after: unknown[] = [];
  const go = Promise.withResolvers<void>();
  receiver.on('*', async ({ event, tx }) => {
    await tx(async (client) => {
      await client.query(INSERT, [event.id, '']);
      entered.resolve();
      await go.promise;
      await Promise.resolve()
        .then(() => client.query(INSERT, ['outside', '']))
        .catch((error: unknown) => after.push(error));
    });
  });
  await receiver.fetch(delivery(anEvent({ id: 'evt_1' })));
  const working = receiver.drain();
  await entered.promise;
  await receiver.close({ grace: 1 });
  // Would wait for the connection for ever, if the handler still had it.
  await own.close();
  // Nor does whoever drains wait for it any more.
  await working;
  go.resolve();
  await expect.poll(() => String(after[0])).toMatch(/has ended/);
  expect(await credits()).toEqual([]);
});

test('a database that cannot be asked is no failure of the handler’s, and an unknown commit is not repeated', async () => {
  const clock = testClock();
  const begin = store.begin.bind(store);
  let way: 'away' | 'breaks before' | 'answer lost' | 'there' = 'away';
  const flaky = Object.assign(Object.create(store) as PostgresStore, {
    async begin() {
      if (way === 'away') throw new Error('connect ECONNREFUSED');
      const opened = await begin();
      const settle = opened.settle.bind(opened);
      return Object.assign(opened, {
        async settle(result: Parameters<typeof settle>[0]) {
          if (way === 'breaks before') {
            await opened.rollback();
            throw new Error('Connection terminated');
          }
          const settled = await settle(result);
          if (way === 'answer lost') throw new Error('Connection terminated');
          return settled;
        },
      });
    },
  });
  const receiver = receiverOn({ store: flaky, clock, retry: { attempts: 1, deferFor: 1 } });
  let runs = 0;
  receiver.on('*', async ({ event, tx }) => {
    runs += 1;
    await tx((client) => client.query(INSERT, [event.id, '']));
  });
  await send(receiver, 'evt_1');
  for (way of ['away', 'breaks before', 'answer lost'] as const) {
    await receiver.drain();
    expect((await store.getEvent('evt_1'))!.state).toBe('retrying');
    clock.advance(60_000);
  }
  way = 'there';
  await receiver.drain();
  expect(runs).toBe(3);
  expect(await credits()).toEqual(['evt_1']);
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
  expect(await handlersOf('evt_1')).toMatchObject([{ state: 'done', failures: 0 }]);
});

test('four workers: every effect once, each with its mark', async () => {
  const events = 80;
  const stores = await Promise.all([1, 2, 3, 4].map(() => createPostgresStore({ url, effectConnections: 2 })));
  others.push(...stores);
  const receivers = stores.map((one) => receiverOn({ store: one, retry: { base: 50 }, poll: 50 }));
  for (const receiver of receivers)
    receiver.on('*', async ({ event, attempt, tx }) => {
      await tx((client) => client.query(INSERT, [event.id, '']));
      if (attempt === 1 && Number(event.id.slice(4)) % 5 === 0) throw new Error('every fifth fails at first');
    });
  for (let i = 0; i < events; i += 1) expect(await send(receivers[i % 4]!, `evt_${i}`, `ch_${i % 30}`)).toBe(200);
  for (const receiver of receivers) await receiver.start();
  await until(async () => (await store.counts()).events.done === events);
  expect(await credits()).toEqual(Array.from({ length: events }, (_, i) => `evt_${i}`).toSorted());
});

// Real sockets, and handlers that sleep with their transaction open: in the deep tier for 30 s, else until all is answered.
const DEEP = Boolean(process.env['PAYBELL_DEEP']);
test('while handlers sleep in an open transaction, deliveries are answered, for the same object too', async () => {
  const receiver = receiverOn();
  const events = Array.from({ length: DEEP ? 1_000 : 300 }, (_, i) => `evt_${i + 10}`);
  let asleep = 0;
  const everyone = Promise.withResolvers<void>();
  const morning = Promise.withResolvers<void>();
  const woken: string[] = [];
  receiver.on('*', async ({ event, tx }) => {
    if (Number(event.id.slice(4)) >= 5) return;
    await tx((client) => client.query(INSERT, [event.id, '']));
    // Three places, five handlers: two wait for a place, without an error.
    if ((asleep += 1) === 3) everyone.resolve();
    if (asleep <= 3) await (DEEP ? sleep(30_000) : morning.promise);
    woken.push(event.id);
  });
  const http = createServer((request, response) => void receiver.node(request, response)).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as { port: number };
  const post = async (id: string, charge: string): Promise<number> => {
    const body = bodyOf(anEvent({ id, object: aCharge({ id: charge }) }));
    const headers = { 'stripe-signature': signatureHeader(body, [SECRET], 1_790_000_000) };
    const answer = await fetch(`http://127.0.0.1:${port}/payments/webhook/`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    return answer.status;
  };
  for (let i = 0; i < 5; i += 1) await post(`evt_${i}`, `ch_${i}`);
  await receiver.start();
  await everyone.promise;
  const statuses = new Map<number, number>();
  let next = 0;
  const client = async () => {
    while (next < events.length) {
      const i = next++;
      const status = await post(events[i]!, `ch_${i % 20}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all([client(), client(), client(), client()]);
  // All were answered, and all while every sleeper still slept; what is for other objects has been worked on as well.
  expect(Object.fromEntries(statuses)).toEqual({ 200: events.length });
  expect(woken).toEqual([]);
  expect(await credits()).toEqual([]);
  await until(async () => (await store.counts()).events.done > 0);
  expect(woken).toEqual([]);
  morning.resolve();
  await receiver.idle();
  await until(async () => (await store.counts()).events.done === events.length + 5);
  expect(woken).toHaveLength(5);
  expect(await credits()).toHaveLength(5);
  http.close();
  http.closeAllConnections();
}, 90_000);

test('nothing of this was a problem to report', () => {
  expect(problems).toEqual([]);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not become so.');
    await sleep(20);
  }
}
