import { expect, test } from 'vitest';
import type { RefusedPage } from '../../src/console/api/types.ts';
import { REFUSALS } from '../../src/receiver/answers.ts';
import type { ReplayReport } from '../../src/receiver/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { event, openConsole } from './open.ts';

test('a replay says what would run, and runs it when it is asked to', async () => {
  await using opened = openConsole();
  const runs: string[] = [];
  opened.receiver.on('charge.*', ({ event }) => void runs.push(`a ${event.id}`), { name: 'a' });
  opened.receiver.on('*', ({ event }) => void runs.push(`b ${event.id}`), { name: 'b' });
  for (const [i, id] of ['evt_1', 'evt_2'].entries())
    await opened.deliver(
      event(id, 'charge.updated', { id: 'ch_1', object: 'charge', description: id }, { created: i }),
    );
  await opened.receiver.drain();
  runs.length = 0;

  const dry = await opened.post<ReplayReport>('replay', { ids: ['evt_1'], dryRun: true });
  expect(dry).toMatchObject({ dryRun: true, events: 1, runs: 2, byHandler: { a: 1, b: 1 } });
  await opened.receiver.drain();
  expect(runs).toEqual([]);

  const real = await opened.post<ReplayReport>('replay', { ids: ['evt_1', 'evt_2'], handler: 'a', dryRun: false });
  expect(real).toMatchObject({ dryRun: false, runs: 2, byHandler: { a: 2 } });
  await opened.receiver.drain();
  expect(runs).toEqual(['a evt_1', 'a evt_2']);
});

test('a replay that does not say what it is for is refused', async () => {
  await using opened = openConsole();
  const status = async (body: unknown) => (await opened.send('POST', 'replay', body)).status;
  for (const body of [
    { ids: ['evt_1'] },
    { ids: [], dryRun: true },
    { ids: 'evt_1', dryRun: true },
    { ids: [1], dryRun: true },
    { ids: Array.from({ length: 1_001 }, String), dryRun: true },
    { ids: ['evt_1'], dryRun: true, all: true },
    { ids: ['evt_1'], dryRun: true, account: 1 },
    [],
  ])
    expect(await status(body)).toBe(400);
  expect(await status({ ids: ['evt_1'], dryRun: true, handler: 'nobody' })).toBe(404);
});

test('refused deliveries are shown with the reason and what to do, page by page', async () => {
  await using opened = openConsole();
  const send = (secret: string, body: string) => opened.receiver.fetch(signedRequest(body, { secret }));
  for (let i = 0; i < 3; i += 1) await send('whsec_other', eventBody());
  await send('whsec_other', `<script>${'x'.repeat(9_000)}`);
  const first = await opened.get<RefusedPage>('refused?limit=2');
  expect(first.items[0]!.body.slice(0, 8)).toBe('<script>');
  expect(first.items[0]!.body.length).toBeLessThanOrEqual(4_096);
  expect(first.items[0]!.size).toBe(9_008);
  expect(first.items[1]).toMatchObject({ reason: 'no_match', help: expect.stringContaining('--secret') });
  const second = await opened.get<RefusedPage>(`refused?limit=2&before=${first.next}`);
  expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  expect(second.next).toBeNull();
});

test('there is help for every reason', async () => {
  await using opened = openConsole();
  const rest = { detail: '', signature: '', size: 0, body: Buffer.alloc(0), receivedAt: 1 };
  const refused = Object.keys(REFUSALS).map((reason) => ({ reason, ...rest }));
  await opened.store.insert({ events: [], refused, keepRefused: 100 });
  const { items } = await opened.get<RefusedPage>('refused');
  expect(items).toHaveLength(refused.length);
  expect(items.filter(({ help }) => help.length < 20)).toEqual([]);
});
