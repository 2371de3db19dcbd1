import { afterAll } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

/**
 * An empty store of each kind, in memory and in PostgreSQL; the server is started when it is first wanted. One test has
 * it at a time: the next one's begins with what is left of it deleted, which takes a tenth of what a new schema does.
 */
export function bothStores(): Record<'SQLite' | 'PostgreSQL', () => Promise<Store>> {
  let server: TestServer | undefined;
  let url: string | undefined;
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return {
    SQLite: async () => createSqliteStore({ path: ':memory:' }),
    async PostgreSQL() {
      if (url === undefined) url = await (server = await postgresServer()).database();
      else await query(url, EMPTY);
      return createPostgresStore({ url });
    },
  };
}

const EMPTY = `
  DO $$ BEGIN
    EXECUTE (
      SELECT 'TRUNCATE ' || string_agg(format('paybell.%I', tablename), ', ') || ' RESTART IDENTITY'
      FROM pg_tables WHERE schemaname = 'paybell' AND tablename <> 'meta'
    );
    ALTER SEQUENCE paybell.events_seq RESTART;
  END $$`;
