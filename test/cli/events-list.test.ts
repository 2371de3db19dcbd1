import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { timeOption } from '../../src/cli/times.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, NOW, SECRET, testClock } from '../receiver/events.ts';
import { of } from '../receiver/set-up.ts';
import { paybell, temporaryFolder } from './paybell.ts';

test('events list finds by id, type, state, time, account, object and handler', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'paybell.db');
  const store = createSqliteStore({ path });
  const clock = testClock();
  const receiver = createReceiver({ store, secrets: SECRET, clock });
  receiver.on('charge.captured', () => {}, { name: 'ship' });
  const send = async (id: string, type: string, parts = {}) => {
    await receiver.fetch(
      delivery(anEvent(of(`ch_${id}`, id, NOW, { type, ...parts })), { at: Math.floor(clock.now() / 1000) }),
    );
    clock.advance(60_000);
  };
  await send('evt_1', 'charge.captured');
  await send('evt_2', 'charge.updated', { account: 'acct_1' });
  await receiver.drain();
  await send('evt_3', 'charge.captured');
  await receiver.close();
  await store.close();

  const at = (minutes: number) => new Date(NOW * 1000 + minutes * 60_000).toISOString();
  const found = async (...args: string[]) => {
    const { code, stdout, stderr } = await paybell(['events', 'list', '--store', path, '--json', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return (JSON.parse(stdout) as { events: { id: string }[] }).events.map(({ id }) => id);
  };
  expect(await found()).toEqual(['evt_3', 'evt_2', 'evt_1']);
  expect(await found('--id', 'evt_1', '--id', 'evt_2')).toEqual(['evt_2', 'evt_1']);
  expect(await found('--type', 'charge.captured')).toEqual(['evt_3', 'evt_1']);
  expect(await found('--type', 'charge.*', '--state', 'pending')).toEqual(['evt_3']);
  expect(await found('--since', at(1), '--until', at(2))).toEqual(['evt_2']);
  expect(await found('--account', 'acct_1')).toEqual(['evt_2']);
  expect(await found('--object', 'ch_evt_3')).toEqual(['evt_3']);
  expect(await found('--handler', 'ship')).toEqual(['evt_1']);
  const page = await paybell(['events', 'list', '--store', path, '--limit', '2']);
  const cursor = /--before (\d+)$/m.exec(page.stdout)![1]!;
  expect(await found('--before', cursor)).toEqual(['evt_1']);
  const json = await paybell(['events', 'list', '--store', path, '--limit', '1', '--json']);
  const { more, next } = JSON.parse(json.stdout) as { more: boolean; next: number };
  expect(more).toBe(true);
  expect(await found('--before', String(next), '--limit', '1')).toEqual(['evt_2']);

  const nothing = async (...args: string[]) => (await paybell(['events', 'list', '--store', path, ...args])).stdout;
  expect(await nothing('--type', 'charge.capturd')).toContain('There is no event');
  expect(await nothing('--type', 'charge.capturd')).toContain('Did you mean charge.captured?');
  expect(await nothing('--type', 'chrage.*')).toContain('Did you mean charge.*?');
  expect(await nothing('--type', 'invoice.paid')).toBe('No such events.\n');

  for (const [args, said] of [
    [['--type', 'charge*'], /--type is a type \(invoice.paid\)/],
    [['--limit', '0'], /from 1 to 1000/],
    [['--limit', '1001'], /from 1 to 1000/],
    [['--since', 'yesterday'], /--since takes a date/],
    [['--until', '2026-02-30'], /--until takes a date/],
    [['--before', 'evt_1'], /--before takes a whole number/],
  ] as const) {
    const { code, stderr } = await paybell(['events', 'list', '--store', path, ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(said) });
  }
}, 60_000);

test('times without a zone are in UTC, as they are shown', () => {
  const { TZ } = process.env;
  onTestFinished(() => {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  });
  process.env['TZ'] = 'America/New_York';
  const ten = Date.UTC(2026, 10, 22, 10);
  for (const text of ['2026-11-22 10:00', '2026-11-22T10:00:00', '2026-11-22T10:00Z', '2026-11-22T11:00:00+01:00'])
    expect(timeOption('since', text, 0)).toBe(ten);
  expect(timeOption('since', '2026-11-22', 0)).toBe(Date.UTC(2026, 10, 22));
  expect(timeOption('since', '90m', ten)).toBe(ten - 90 * 60_000);
  expect(() => timeOption('since', '2026-13-40', 0)).toThrow(/takes a date/);
});
