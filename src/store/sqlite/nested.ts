import type { DatabaseSync } from 'node:sqlite';
import { NestedSql } from '../nested-sql.ts';

/** The connection as an effect sees it: inside the store's own commit, which is not the effect's to end. */
export function nested(db: DatabaseSync): { db: DatabaseSync; close(): void } {
  const sql = new NestedSql();
  const wrapped = new Proxy(db, {
    get(target, name) {
      if (name === 'exec') return (text: string) => target.exec(sql.translated(text));
      if (name === 'prepare') return (text: string, ...rest: []) => target.prepare(sql.translated(text), ...rest);
      if (name === 'close') return () => {};
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { db: wrapped, close: () => sql.close() };
}
