import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bigint,
  bigints,
  boolean,
  bytes,
  columns,
  integer,
  jsonb,
  text,
  texts,
} from '../../src/store/postgres/arrays.ts';
import { storable } from '../../src/store/postgres/text.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await postgresServer();
  client = new Client({ connectionString: await server.database() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server[Symbol.asyncDispose]();
});

interface Row {
  text: string | null;
  bigint: number | null;
  integer: number | null;
  boolean: boolean | null;
  bytes: Uint8Array | null;
  json: string | null;
}

const ROW = columns<Row>({
  text: text((row) => row.text),
  bigint: bigint((row) => row.bigint),
  integer: integer((row) => row.integer),
  boolean: boolean((row) => row.boolean),
  bytes: bytes((row) => row.bytes),
  json: jsonb((row) => row.json),
});

const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: null });
const characters = fc.string({ unit: 'binary' }).map(storable);
const row: fc.Arbitrary<Row> = fc.record({
  text: orNull(characters),
  bigint: orNull(fc.maxSafeInteger()),
  integer: orNull(fc.integer()),
  boolean: orNull(fc.boolean()),
  bytes: orNull(fc.uint8Array()),
  json: orNull(characters.map((value) => JSON.stringify([value]))),
});

test('rows reach the server as they are, in their order', async () => {
  const select = `SELECT text, bigint, integer, boolean, encode(bytes, 'hex') AS bytes, json, n FROM ${ROW.from('r')}`;
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (given) => {
      const { rows } = await client.query(select, ROW.values(given));
      expect(rows).toEqual(
        given.map((one, i) => ({
          ...one,
          bigint: one.bigint === null ? null : String(one.bigint),
          bytes: one.bytes === null ? null : Buffer.from(one.bytes).toString('hex'),
          json: one.json === null ? null : JSON.parse(one.json),
          n: i + 1,
        })),
      );
    }),
  );
});

test('so do lists of one value each, an empty one among them', async () => {
  const select = `SELECT $1::text[] AS texts, $2::bigint[]::text[] AS bigints`;
  for (const [some, others] of [
    [
      ['a', '', 'é€😀'],
      [0, -1, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    ],
    [[], []],
  ] as [string[], number[]][]) {
    const { rows } = await client.query(select, [texts(some), bigints(others)]);
    expect(rows).toEqual([{ texts: some, bigints: others.map(String) }]);
  }
});
