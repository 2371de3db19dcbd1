import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { sql as events } from '../../src/store/sqlite/migrations/001-events.ts';
import { sql as operations } from '../../src/store/sqlite/migrations/002-operations.ts';
import { EVENT_STATES } from '../../src/store/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'paybell-migrations-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A database of version 2 with an event in every state, records of handlers, and numbers given to events that are gone. */
function ofVersion2(path: string) {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; ${events}; ${operations}; PRAGMA user_version = 2`);
  for (const [index, state] of EVENT_STATES.entries()) {
    const seq = index + 1;
    db.prepare(
      /* sql */ `
      INSERT INTO events (seq, account, id, type, created, livemode, api_version, object, object_id, lane, valid, proof,
        reason, state, ready_at, attempts, twin_of, deliveries, received_at, last_received_at, finished_at, redacted)
      VALUES (?, 'acct_1', ?, 'charge.succeeded', 1790000000, 0, '2026-10-28.endive', 'charge', 'ch_1',
        'acct_1 charge ch_1', 1, 'signature 1', 'why', ?, 5, 2, 'evt_0', 3, 6, 7, 8, '["a"]')`,
    ).run(seq, `evt_${seq}`, state);
    db.prepare('INSERT INTO payloads (seq, body) VALUES (?, ?)').run(seq, Buffer.from(`body ${seq}`));
  }
  const records = db.prepare(/* sql */ `
    INSERT INTO handler_records (seq, handler, state, attempts, failures, next_at, late, error, updated_at)
    VALUES (1, ?, ?, 4, 3, 2, 1, 'no', 9)`);
  for (const state of ['pending', 'retrying', 'done', 'dead', 'skipped']) records.run(`handler ${state}`, state);
  db.exec(`UPDATE sqlite_sequence SET seq = 100 WHERE name = 'events'`);
  return contents(db);
}

const contents = (db: DatabaseSync) => ({
  events: db.prepare('SELECT * FROM events ORDER BY seq').all(),
  payloads: db.prepare('SELECT * FROM payloads ORDER BY seq').all(),
  records: db.prepare('SELECT * FROM handler_records ORDER BY handler').all(),
});

test('a database of version 2 keeps every row, and never gives a number out again', async () => {
  const path = join(folder, 'old.db');
  const before = ofVersion2(path);
  expect(before.events).toHaveLength(6);
  await using store = createSqliteStore({ path });
  expect(contents(store.database)).toEqual(before);
  expect(store.database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  const again = store.database.prepare(/* sql */ `
    INSERT INTO events (account, id, type, created, object, object_id, lane, state, received_at, last_received_at)
    VALUES ('', 'evt_new', 'x', 1, '', '', 'l', 'pending', 1, 1)`);
  expect(again.run().lastInsertRowid).toBe(101);
  expect(() => store.database.exec(`UPDATE events SET state = 'lost'`)).toThrow(/CHECK/);
});

test('storing and finishing an event makes no table in memory, as conditions with IN would', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  const steps = [
    `INSERT INTO events (account, id, type, created, object, object_id, lane, state, received_at, last_received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, account) WHERE valid = 1 DO NOTHING`,
    `UPDATE events SET state = ?, ready_at = ?, finished_at = ? WHERE seq = ?`,
    `INSERT INTO handler_records (seq, handler, state, attempts, failures, next_at, late, error, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq, handler) DO UPDATE SET state = excluded.state`,
    `SELECT 1 FROM events WHERE lane = ? AND (state = 'pending' OR state = 'processing' OR state = 'retrying')`,
  ];
  for (const sql of steps) {
    const plan = store.database.prepare(`EXPLAIN ${sql}`).all();
    expect(plan.filter(({ opcode }) => opcode === 'OpenEphemeral')).toEqual([]);
  }
});
