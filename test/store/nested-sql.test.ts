import { describe, expect, test } from 'vitest';
import { NestedSql } from '../../src/store/nested-sql.ts';

const all = (...statements: string[]): string[] => {
  const sql = new NestedSql();
  return statements.map((statement) => sql.translated(statement));
};

describe('statements of an effect', () => {
  test('transactions inside become savepoints', () => {
    expect(all('BEGIN', 'begin immediate;', 'ROLLBACK', ' commit work; ')).toEqual([
      'SAVEPOINT paybell_1',
      'SAVEPOINT paybell_2',
      'ROLLBACK TO SAVEPOINT paybell_2; RELEASE SAVEPOINT paybell_2',
      'RELEASE SAVEPOINT paybell_1',
    ]);
    expect(all('START TRANSACTION ISOLATION LEVEL SERIALIZABLE', '/* the end */ END TRANSACTION -- of it')).toEqual([
      'SAVEPOINT paybell_1',
      'RELEASE SAVEPOINT paybell_1',
    ]);
  });

  test.each(['COMMIT', 'commit;', 'END', 'ROLLBACK', 'rollback work', 'ABORT', 'COMMIT AND CHAIN', '-- so\nCOMMIT'])(
    '%s without a BEGIN is refused',
    (statement) => expect(() => all(statement)).toThrow(/is not for the handler to say/),
  );

  test.each([
    'BEGIN; INSERT INTO t VALUES (1); COMMIT',
    'INSERT INTO t VALUES (1); COMMIT',
    `SELECT ';'; rollback`,
    `SELECT E'it\\'s'; END`,
    'CREATE TRIGGER a AFTER INSERT ON t BEGIN DELETE FROM u; END; COMMIT',
  ])('%s is refused, for what runs between could not be followed', (statement) => {
    expect(() => all(statement)).toThrow(/run each by itself/);
  });

  test.each([
    `INSERT INTO t VALUES ('; COMMIT')`,
    `INSERT INTO t VALUES ('it''s; COMMIT'); SELECT 1`,
    `SELECT E'it\\'s; COMMIT'`,
    `SELECT CASE WHEN a THEN b END FROM "commit"; SELECT 2 -- ; COMMIT`,
    `DO $body$ BEGIN PERFORM 1; END $body$`,
    'SAVEPOINT a; ROLLBACK TO a; ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a',
    'CREATE TEMP TRIGGER a AFTER INSERT ON t BEGIN DELETE FROM u; UPDATE v SET a = 1; END',
    'SELECT committed, begin_at FROM t',
  ])('%s is as it was', (statement) => expect(all(statement)).toEqual([statement]));

  test('what is closed runs nothing more', () => {
    const sql = new NestedSql();
    sql.close();
    expect(() => sql.translated('SELECT 1')).toThrow(/has ended/);
  });
});
