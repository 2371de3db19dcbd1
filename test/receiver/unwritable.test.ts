import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';

const SECRET = 'whsec_unwritable';

const event = (n: number) => ({
  id: `evt_${n}`,
  object: 'event',
  created: 1_790_000_000 + n,
  type: 'charge.succeeded',
  data: { object: { id: 'ch_1', object: 'charge', amount: n } },
});

test('a mirror row that the store will never take keeps neither its event nor the next one from being handled', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  store.database.exec(`CREATE TRIGGER never BEFORE UPDATE ON mirror WHEN json_extract(NEW.json, '$.amount') = 2
                       BEGIN SELECT RAISE(ABORT, 'no twos'); END`);
  store.database.exec(`CREATE TRIGGER nor BEFORE INSERT ON mirror WHEN json_extract(NEW.json, '$.amount') = 2
                       BEGIN SELECT RAISE(ABORT, 'no twos'); END`);
  const problems: string[] = [];
  const options = { mirror: 'later', onProblem: (what: string) => void problems.push(what) } as const;
  await using receiver = createReceiver({ store, secrets: SECRET, ...options });
  const handled: unknown[] = [];
  receiver.on('charge.*', ({ event }) => void handled.push((event as { id: string }).id));
  const state = async (id: string) => (await store.getEvent(id))!.state;

  await receiver.fetch(signedRequest(event(1), { secret: SECRET }));
  await receiver.drain();
  await receiver.fetch(signedRequest(event(2), { secret: SECRET }));
  await receiver.drain();
  const { state: second, reason } = (await store.getEvent('evt_2'))!;
  expect({ second, reason }).toEqual({ second: 'done', reason: 'unwritable: no twos' });
  await receiver.fetch(signedRequest(event(3), { secret: SECRET }));
  await receiver.drain();
  expect(await state('evt_3')).toBe('done');
  expect(handled).toEqual(['evt_1', 'evt_2', 'evt_3']);
  expect(problems).toContain('a result could not be written');
  expect(JSON.parse((await store.getObject('charge', 'ch_1'))!.json)).toMatchObject({ amount: 3 });
});

test('what the store will never take of one delivery fails none of those that share its commit', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  store.database.exec(`CREATE TRIGGER no_row BEFORE INSERT ON mirror WHEN json_extract(NEW.json, '$.amount') = 2
                       BEGIN SELECT RAISE(ABORT, 'no twos'); END`);
  store.database.exec(`CREATE TRIGGER no_event BEFORE INSERT ON events WHEN NEW.id = 'evt_4'
                       BEGIN SELECT RAISE(ABORT, 'no fours'); END`);
  const problems: [string, string][] = [];
  const onProblem = (what: string, error: unknown) => void problems.push([what, (error as Error).message]);
  await using receiver = createReceiver({ store, secrets: SECRET, onProblem });
  receiver.on('charge.*', () => {});
  await receiver.start();
  const send = (numbers: number[]) =>
    Promise.all(
      numbers.map(async (n) => {
        const object = { id: `ch_${n}`, object: 'charge', amount: n };
        return (await receiver.fetch(signedRequest({ ...event(n), data: { object } }, { secret: SECRET }))).status;
      }),
    );
  expect(await send([1, 2, 3])).toEqual([200, 200, 200]);
  expect(problems.filter(([what]) => what.includes('deliver'))).toEqual([]);
  expect(await send([4, 5, 6, 1])).toEqual([503, 200, 200, 200]);
  expect(problems).toContainEqual(['a delivery could not be stored', 'no fours']);
  await receiver.idle();
  const { items } = await store.listEvents();
  expect(items.map(({ id, state, reason, deliveries }) => [id, state, reason, deliveries]).toSorted()).toEqual([
    ['evt_1', 'done', null, 2],
    ['evt_2', 'done', 'unwritable: no twos', 1],
    ['evt_3', 'done', null, 1],
    ['evt_5', 'done', null, 1],
    ['evt_6', 'done', null, 1],
  ]);
});

test('a result that the store will never take even without it makes its event a dead letter', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  store.database.exec(`CREATE TRIGGER never BEFORE INSERT ON handler_records
                       BEGIN SELECT RAISE(ABORT, 'no records'); END`);
  await using receiver = createReceiver({ store, secrets: SECRET, onProblem: () => {} });
  receiver.on('charge.*', () => {});
  await receiver.fetch(signedRequest(event(1), { secret: SECRET }));
  await receiver.drain();
  const { state, reason } = (await store.getEvent('evt_1'))!;
  expect({ state, reason }).toEqual({ state: 'dead', reason: 'unwritable: no records' });
  // No handler is dead, the event is: its handlers are what a replay of the dead letter means.
  store.database.exec('DROP TRIGGER never');
  expect(await receiver.replay({ state: 'dead' })).toMatchObject({ runs: 1 });
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.state).toBe('done');
});
