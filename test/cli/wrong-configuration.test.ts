import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { paybell, temporaryFolder } from './paybell.ts';

const SECRET = ['--secret', 'whsec_configuration000000000000'];

test('a server that cannot start says what is wrong, with what, and what to do', async () => {
  using folder = temporaryFolder();
  const file = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const broken = file('broken.mjs', 'export function handlers( {');
  const throwing = file('throwing.mjs', `throw new Error('no DATABASE_URL')`);
  const text = file('notes.txt', 'these are my notes, and not a database. '.repeat(50));
  const serve = (...args: string[]) =>
    paybell(['serve', '--port', '0', '--store', join(folder.path, 'new.db'), ...args], {
      cwd: folder.path,
      env: { STRIPE_WEBHOOK_SECRET: undefined, STRIPE_API_KEY: undefined },
    });
  for (const [args, code, said] of [
    [[], 2, /--secret whsec_…, or STRIPE_WEBHOOK_SECRET/],
    [[...SECRET, '--handlers', broken], 1, /broken\.mjs could not be loaded: SyntaxError.*node --check/],
    [[...SECRET, '--handlers', throwing], 1, /throwing\.mjs could not be loaded: Error: no DATABASE_URL/],
    [[...SECRET, '--store', text], 1, /could not be opened\. .*notes\.txt: file is not a database/],
    [[...SECRET, '--store', folder.path], 1, /could not be opened\. .*unable to open database file/],
    [
      [...SECRET, '--store', 'postgres://me:hidden@localhost:1/shop'],
      1,
      /could not be opened\. postgres:\/\/localhost:1\/shop: .*ECONNREFUSED/,
    ],
    [[...SECRET, '--port', '65536'], 2, /A port is at most 65535/],
  ] as const) {
    const { code: exit, stderr } = await serve(...args);
    expect({ args, exit, stderr }).toEqual({ args, exit: code, stderr: expect.stringMatching(said) });
    expect(stderr).not.toContain('hidden');
  }
}, 60_000);

test('what a store in a file throws names the file', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'none', 'paybell.db');
  expect(() => createSqliteStore({ path, readOnly: true })).toThrow(
    expect.objectContaining({ code: 'store_unopened', message: expect.stringContaining(path) }),
  );
});

test.each([true, false])('a file that is not Paybell’s says so, and is left alone (only looked at: %s)', (readOnly) => {
  using folder = temporaryFolder();
  const open = (name: string) => createSqliteStore({ path: join(folder.path, name), readOnly });
  const made = (name: string, sql: string) => {
    const db = new DatabaseSync(join(folder.path, name));
    db.exec(sql);
    db.close();
    return name;
  };
  const refused = (said: RegExp) =>
    expect.objectContaining({ code: 'store_unopened', message: expect.stringMatching(said) });
  expect(() => open('')).toThrow(refused(/paybell-\w+/));
  const events = made('events.db', 'CREATE TABLE events (a)');
  expect(() => open(events)).toThrow(refused(/events\.db: it has a table events that is not Paybell's/));
  const versioned = made('versioned.db', 'CREATE TABLE users (a); PRAGMA user_version = 3');
  expect(() => open(versioned)).toThrow(refused(/versioned\.db: it is a database of something else/));
  const users = made('users.db', 'CREATE TABLE users (a); INSERT INTO users VALUES (1)');
  if (readOnly) {
    expect(() => open(users)).toThrow(refused(/users\.db: there is nothing of Paybell in it yet/));
    writeFileSync(join(folder.path, 'text.db'), 'no database at all');
    expect(() => open('text.db')).toThrow(refused(/text\.db: file is not a database/));
  } else {
    // An application's own tables may be beside ours, so that `ctx.tx` writes to them.
    const store = open(users);
    expect(store.database.prepare('SELECT a FROM users').get()).toEqual({ a: 1 });
    void store.close();
  }
});
