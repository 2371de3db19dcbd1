import * as fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client, Pool, type ClientConfig, type PoolConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { Parameters, single } from '../../src/store/postgres/parameters.ts';
import { runOn } from '../../src/store/postgres/query.ts';
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

const select = (first: number): string =>
  `SELECT text, bigint::text, integer, boolean, encode(bytes, 'hex') AS bytes, json, n FROM ${ROW.from('r', first)}`;
/** What `select` finds of rows that were sent. */
const selected = (given: readonly Row[]) =>
  given.map((one, i) => ({
    ...one,
    bigint: one.bigint === null ? null : String(one.bigint),
    bytes: one.bytes === null ? null : Buffer.from(one.bytes).toString('hex'),
    json: one.json === null ? null : JSON.parse(one.json),
    n: i + 1,
  }));

test('rows reach the server as they are, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (given) => {
      expect((await client.query(select(1), ROW.values(given))).rows).toEqual(selected(given));
    }),
  );
});

describe('written into the message itself', () => {
  const statement = {
    name: 'between',
    text: `SELECT $1::text AS before, (SELECT coalesce(json_agg(r), '[]') FROM (${select(2)}) AS r) AS rows, $${ROW.count + 2}::bigint::text AS after`,
  };

  test('they are the same, between other parameters', async () => {
    await fc.assert(
      fc.asyncProperty(orNull(characters), fc.array(row), orNull(fc.maxSafeInteger()), async (before, given, after) => {
        const [found] = await runOn(client)(statement, new Parameters(single(before), ROW.part(given), single(after)));
        expect(found).toEqual({ before, rows: selected(given), after: after === null ? null : String(after) });
      }),
    );
  });

  test('many large ones at once do not disturb each other', async () => {
    const pipelined = new Client({ connectionString: await server.database(), pipeline: true } as ClientConfig);
    await pipelined.connect();
    const LARGE = { name: 'large', text: 'SELECT md5($1::bytea[]::text) AS md5, length(($1::bytea[])[1]) AS length' };
    const ONE = columns<Uint8Array>({ bytes: bytes((value) => value) });
    const digest = async (value: Uint8Array) =>
      (await client.query('SELECT md5($1::bytea[]::text) AS md5', ONE.values([value]))).rows[0].md5 as string;
    // More than a socket takes at once, so that each waits for the one before it.
    const given = Array.from({ length: 12 }, (_, i) => Buffer.alloc(1_000_000 + i, i + 1));
    for (let round = 0; round < 3; round += 1) {
      const found = await Promise.all(given.map((value) => runOn(pipelined)(LARGE, new Parameters(ONE.part([value])))));
      for (const [i, [one]] of found.entries())
        expect(one).toEqual({ md5: await digest(given[i]!), length: given[i]!.length });
    }
    await pipelined.end();
  });

  test('nothing holds on to what was sent once the answer is there', async () => {
    setFlagsFromString('--expose_gc');
    const gc = runInNewContext('gc') as () => void;
    const pool = new Pool({
      connectionString: await server.database(),
      pipeline: true,
      query_timeout: 5_000,
    } as PoolConfig);
    const ONE = columns<{ value: string }>({ value: text((one) => one.value) });
    const count = { name: 'count', text: `SELECT count(*) FROM ${ONE.from('one')}` };
    const sent = async (): Promise<WeakRef<object>> => {
      const one = { value: 'x'.repeat(1_000) };
      await runOn(pool)(count, new Parameters(ONE.part([one])));
      return new WeakRef(one);
    };
    const ref = await sent();
    await new Promise((next) => setTimeout(next, 20));
    gc();
    expect(ref.deref()).toBeUndefined();
    await pool.end();
  });

  test('a statement that fails says so, and leaves the connection to the next', async () => {
    const broken = { name: 'broken', text: 'SELECT 1 / $1::int AS quotient' };
    await expect(runOn(client)(broken, new Parameters(single(0)))).rejects.toThrow('division by zero');
    expect(await runOn(client)(broken, new Parameters(single(1)))).toEqual([{ quotient: 1 }]);
  });
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
