import { afterAll } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';

/** A new store of each kind, in memory and in a schema of its own; the server is started when it is first wanted. */
export function bothStores(schema: string): Record<'SQLite' | 'PostgreSQL', () => Promise<Store>> {
  let server: TestServer | undefined;
  let url: string | undefined;
  let schemas = 0;
  const database = async (): Promise<string> => (url ??= await (server ??= await postgresServer()).database());
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return {
    SQLite: async () => createSqliteStore({ path: ':memory:' }),
    PostgreSQL: async () => createPostgresStore({ url: await database(), schema: `${schema}_${(schemas += 1)}` }),
  };
}
