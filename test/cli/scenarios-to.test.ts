import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { paybell, temporaryFolder } from './paybell.ts';
import { serveReceiver } from './receiving.ts';

const SECRET = 'whsec_scenarios0000000000000000000';

type Sent = {
  problems: string[];
  delivered: number;
  refused: string[];
  unprocessed: string[] | null;
  mirror: { equal: boolean; objects: number } | null;
};

test('scenarios run --all --to plays every path to a receiver that is there, all of it valid, processed and mirrored', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'app.db');
  await using store = createSqliteStore({ path });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const handled = new Set<string>();
  receiver.on('*', ({ event }) => void handled.add(event.id));
  receiver.start();
  await using server = await serveReceiver(receiver);
  const args = ['scenarios', 'run', '--all', '--json', '--to', server.url, '--secret', SECRET, '--store', path];
  const { code, stdout } = await paybell(args, { cwd: folder.path });
  const runs = JSON.parse(stdout) as Sent[];
  expect(code).toBe(0);
  expect(runs).toHaveLength(scenarios.reduce((sum, { paths }) => sum + Object.keys(paths).length, 0));
  for (const run of runs)
    expect(run).toMatchObject({ problems: [], refused: [], unprocessed: [], mirror: { equal: true } });
  expect(handled.size).toBe(runs.reduce((sum, { delivered }) => sum + delivered, 0));
}, 30_000);

test('a receiver that refuses is told of and fails; without its store only the answers are known', async () => {
  using folder = temporaryFolder();
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  await using server = await serveReceiver(receiver);
  const run = (...more: string[]) =>
    paybell(['scenarios', 'run', 'one-off-charge', '--era', 'classic', '--to', server.url, ...more], {
      cwd: folder.path,
    });
  const good = await run('--secret', SECRET);
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('1 deliveries answered 2xx') });
  expect(good.stdout).toContain('--store');
  const bad = await run('--secret', 'whsec_other000000000000000000000000');
  expect(bad).toMatchObject({ code: 1, stdout: expect.stringContaining('charge.succeeded: 400') });
  expect((await run()).code).toBe(2);
}, 60_000);
