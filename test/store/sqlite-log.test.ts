import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'paybell-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the write-ahead log begins anew also while commit follows commit', async () => {
  const path = join(folder, 'busy.db');
  await using store = createSqliteStore({ path });
  const log = openSync(`${path}-wal`, 'r');
  const head = Buffer.alloc(16);
  // In its head, after a magic number, the format and the size of a page: how often it has begun anew.
  const begun = () => (readSync(log, head, 0, 16, 0), head.readUInt32BE(12));
  let commits = 0;
  for (; commits < 4_000 && begun() < 3; commits += 1) {
    await put(store, sample({ id: `evt_${commits}` }));
    await nextTurn();
  }
  closeSync(log);
  expect(commits).toBeLessThan(4_000);
});

test('a store that nobody closes does not keep its process alive', () => {
  const script = `
    import { createSqliteStore } from 'paybell/sqlite';
    const { database } = createSqliteStore({ path: ${JSON.stringify(join(folder, 'left.db'))} });
    // Until the thread that copies the log is there.
    while (Object.values(database.prepare('PRAGMA wal_autocheckpoint').get())[0] !== 16000)
      await new Promise((turn) => setImmediate(turn));
    console.log('ready');`;
  const ended = spawnSync(process.execPath, ['--conditions=paybell-source', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  expect(ended).toMatchObject({ stdout: 'ready\n', status: 0, signal: null });
});
