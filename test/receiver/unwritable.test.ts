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
