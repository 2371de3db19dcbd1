import type { PoolClient, QueryConfig } from 'pg';
import { NestedSql } from '../nested-sql.ts';

/** A client inside a transaction that is not its own to end. `close` takes it away from whoever still holds it. */
export function nested(client: PoolClient): { client: PoolClient; close(): void } {
  const nestedSql = new NestedSql();

  function query(given: string | QueryConfig, ...rest: unknown[]): unknown {
    const text = typeof given === 'string' ? given : given.text;
    // A custom query object (a cursor, a COPY) has no text.
    const sql = nestedSql.translated(typeof text === 'string' ? text : '');
    if (typeof text !== 'string' || sql === text) return (client.query as Query).call(client, given, ...rest);
    return (client.query as Query).call(client, sql, ...rest.filter((value) => typeof value === 'function'));
  }

  const wrapped = new Proxy(client, {
    get(target, name) {
      if (name === 'query') return query;
      // What takes a client from a pool gives it back; this one goes back by itself.
      if (name === 'release' || name === 'end') return () => {};
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as Query).bind(target) : value;
    },
  });
  return {
    client: wrapped,
    close: () => nestedSql.close(),
  };
}

type Query = (...given: unknown[]) => unknown;
