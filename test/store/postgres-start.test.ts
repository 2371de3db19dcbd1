import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { postgresServer, query, type TestServer } from '../postgres-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('a database that may forget what it committed is refused, also when it becomes one later', async () => {
  const own = await server.database();
  const name = new URL(own).pathname.slice(1);
  await using early = await createPostgresStore({ url: own, onProblem: () => {} });
  await query(own, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  await expect(createPostgresStore({ url: own })).rejects.toThrow(expect.objectContaining({ code: 'store_unsafe' }));
  await (await createPostgresStore({ url: own, unsafe: true })).close();
  await expect(put(early, sample())).rejects.toThrow(expect.objectContaining({ code: 'store_unsafe' }));
  await query(own, `ALTER DATABASE ${name} SET synchronous_commit = local`);
  expect(await put(early, sample())).toEqual(['stored']);
});

test('what cannot work is named', async () => {
  const url = await server.database();
  await expect(createPostgresStore({ url, schema: 'Paybell; DROP' })).rejects.toThrow(
    expect.objectContaining({ code: 'bad_option' }),
  );
  await query(url, `CREATE DATABASE latin1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
  const latin = new URL(url);
  latin.pathname = '/latin1';
  await expect(createPostgresStore({ url: latin.href })).rejects.toThrow(/encoding is LATIN1/);
  await query(url, 'DROP DATABASE latin1');
});

test('any number of processes may start on an empty database at once', async () => {
  const own = await server.database();
  const stores = await Promise.all(Array.from({ length: 6 }, () => createPostgresStore({ url: own })));
  for (const [i, store] of stores.entries()) expect(await put(store, sample({ id: `evt_${i}` }))).toEqual(['stored']);
  expect((await stores[0]!.listEvents()).items).toHaveLength(6);
  await Promise.all(stores.map((store) => store.close()));
});

test('a role that may use only a schema made for it is enough', async () => {
  const own = await server.database();
  const name = new URL(own).pathname.slice(1);
  await query(own, `CREATE ROLE ${name} LOGIN; CREATE SCHEMA mine AUTHORIZATION ${name}`);
  const limited = new URL(own);
  limited.username = name;
  await using store = await createPostgresStore({ url: limited.href, schema: 'mine' });
  expect(await put(store, sample())).toEqual(['stored']);
  await expect(createPostgresStore({ url: limited.href, schema: 'other' })).rejects.toThrow(/permission denied/);
});

test('a schema of a newer Paybell is left alone; one that only looks neither makes nor writes anything', async () => {
  const own = await server.database();
  await expect(createPostgresStore({ url: own, readOnly: true })).rejects.toThrow(
    expect.objectContaining({ code: 'store_version' }),
  );
  await using store = await createPostgresStore({ url: own });
  await put(store, sample());
  await using reader = await createPostgresStore({ url: own, readOnly: true });
  expect((await reader.listEvents()).items).toHaveLength(1);
  await expect(put(reader, sample({ id: 'evt_2' }))).rejects.toThrow(/read-only/);
  await query(own, `UPDATE paybell.meta SET value = '99' WHERE name = 'version'`);
  await expect(createPostgresStore({ url: own })).rejects.toThrow(expect.objectContaining({ code: 'store_version' }));
});
