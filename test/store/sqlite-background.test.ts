import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts';
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
  const before = begun();
  const body = Buffer.alloc(100_000, 0x20);
  // Not only when it has come to the last resort.
  for (let n = 0; begun() === before && fstatSync(log).size < 15_000 * 16_384; n += 1) {
    await put(store, sample({ id: `evt_${n}`, payload: body }));
    await nextTurn();
  }
  expect(begun()).toBeGreaterThan(before);
  closeSync(log);
});

/** After how many pages a commit copies the log itself: more of them while the thread is there to do it. */
const pages = ({ database }: SqliteStore) => Object.values(database.prepare('PRAGMA wal_autocheckpoint').get()!)[0];

/** Resolves when the thread is there. */
async function ready(store: SqliteStore): Promise<void> {
  while (pages(store) !== 16_000) await nextTurn();
}

test('counting is another thread’s, which sees what is committed', async () => {
  await using store = createSqliteStore({ path: join(folder, 'counted.db') });
  await ready(store);
  await put(store, sample());
  expect((await store.counts()).events.pending).toBe(1);
  // Whoever counted here would miss it.
  store.database.exec('BEGIN; DELETE FROM events');
  const [counts, types] = await Promise.all([store.counts(), store.objectTypes()]);
  store.database.exec('ROLLBACK');
  expect(counts.events.pending).toBe(1);
  expect(types).toEqual({});
});

test('what was asked before the store is closed is answered, after it is refused', async () => {
  const store = createSqliteStore({ path: join(folder, 'closed.db') });
  await ready(store);
  const before = store.counts();
  await Promise.all([expect(before).resolves.toMatchObject({ objects: 0 }), store.close()]);
  await expect(store.counts()).rejects.toMatchObject({ code: 'store_closed' });
});

test('without the thread it is counted here', async () => {
  await using store = createSqliteStore({ path: join(folder, 'alone.db') });
  await ready(store);
  await put(store, sample());
  // What the thread counts is not there for it: it ends with an error.
  store.database.exec('ALTER TABLE refused RENAME TO hidden; CREATE TEMP TABLE refused AS SELECT * FROM hidden');
  expect((await store.counts()).events.pending).toBe(1);
  expect(pages(store)).toBe(4_000);
  expect((await store.counts()).events.pending).toBe(1);
  store.database.exec('DROP TABLE temp.refused; ALTER TABLE hidden RENAME TO refused');
});

test('a store that nobody closes does not keep its process alive, unless it was asked something', () => {
  const script = `
    import { createSqliteStore } from 'paybell/sqlite';
    const { database, counts } = createSqliteStore({ path: ${JSON.stringify(join(folder, 'left.db'))} });
    // Until the thread that copies the log is there.
    while (Object.values(database.prepare('PRAGMA wal_autocheckpoint').get())[0] !== 16000)
      await new Promise((turn) => setImmediate(turn));
    const { objects } = await counts();
    console.log('counted', objects);`;
  const ended = spawnSync(process.execPath, ['--conditions=paybell-source', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  expect(ended).toMatchObject({ stdout: 'counted 0\n', status: 0, signal: null });
});
