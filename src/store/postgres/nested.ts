import type { PoolClient, QueryConfig } from 'pg';

/**
 * A client inside a transaction that is not its own to end. `BEGIN` … `COMMIT` in it become a savepoint, which is what
 * lets Drizzle's and Kysely's `transaction()` work in it; `COMMIT` and `ROLLBACK` without a `BEGIN` are refused.
 * `close` takes the connection away from whoever still holds the client.
 */
export function nested(client: PoolClient): { client: PoolClient; close(): void } {
  let depth = 0;
  let closed = false;

  function translated(sql: string): string {
    if (/^\s*(?:begin|start\s+transaction)\b/i.test(sql)) return `SAVEPOINT paybell_${(depth += 1)}`;
    const end = /^\s*(commit|end|rollback|abort)(?:\s+(?:work|transaction))?\s*;?\s*$/i.exec(sql)?.[1]?.toLowerCase();
    if (end === undefined) return sql;
    if (depth === 0)
      throw new Error(`ctx.tx: ${end.toUpperCase()} is not for the handler to say; it is committed with its mark.`);
    const savepoint = `paybell_${depth}`;
    depth -= 1;
    return end === 'commit' || end === 'end'
      ? `RELEASE SAVEPOINT ${savepoint}`
      : `ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`;
  }

  function query(given: string | QueryConfig, ...rest: unknown[]): unknown {
    if (closed) throw new Error('ctx.tx: the transaction has ended; do not keep its client.');
    const text = typeof given === 'string' ? given : given.text;
    // A custom query object (a cursor, a COPY) has no text.
    if (typeof text !== 'string') return (client.query as Query)(given, ...rest);
    const sql = translated(text);
    if (sql === text) return (client.query as Query).call(client, given, ...rest);
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
    close: () => void (closed = true),
  };
}

type Query = (...given: unknown[]) => unknown;
