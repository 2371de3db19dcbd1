import { assert, dictionary, integer, jsonValue, property, sample, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { sortedJson } from '../../src/store/postgres/sorted-json.ts';
import { postgresServer, query } from '../postgres-server.ts';

const parsed = (json: string): JsonObject => JSON.parse(json) as JsonObject;

test('it says the same as JSON.stringify, whatever the keys are', () => {
  assert(
    property(dictionary(string({ unit: 'grapheme' }), jsonValue()), (object) => {
      const given = parsed(JSON.stringify(object));
      expect(parsed(sortedJson(given))).toEqual(given);
      expect(sortedJson(given).length).toBe(JSON.stringify(given).length);
    }),
  );
});

test('its own keys stand as jsonb keeps them', async () => {
  const objects = sample(dictionary(stringMatching(/^[A-Za-z_][ -~]{0,12}$/), integer()), 200);
  await using server = await postgresServer();
  const given = `'${JSON.stringify(objects).replaceAll("'", "''")}'::jsonb`;
  const rows = await query(
    await server.database(),
    `SELECT one::text AS kept FROM jsonb_array_elements(${given}) AS one`,
  );
  const kept = rows.map((row) => Object.keys(parsed(String(row['kept']))));
  expect(objects.map((object) => Object.keys(parsed(sortedJson(object as JsonObject))))).toEqual(kept);
  expect(kept.some((keys, i) => keys.join() !== Object.keys(objects[i]!).join())).toBe(true);
});

test('objects that only look alike do not get each other’s keys', () => {
  for (const json of ['{"a":1,"c":2,"d":3}', '{"a":1,"b":2,"d":3}', '{"a":1,"c":4,"d":5}', '{"d":1,"c":2,"a":3}'])
    expect(parsed(sortedJson(parsed(json)))).toEqual(parsed(json));
});

test.each(['{}', '{"__proto__":{"a":1},"b":2}', '{"b":1,"10":2,"9":3}', '{"b":"\\u0000","a":"\\ud800"}'])(
  '%s keeps all it has',
  (json) => {
    expect(JSON.stringify(Object.entries(parsed(sortedJson(parsed(json)))).toSorted())).toBe(
      JSON.stringify(Object.entries(parsed(json)).toSorted()),
    );
  },
);

test('more kinds of objects than are remembered are all written as they are', () => {
  for (let round = 0; round < 2; round += 1)
    for (let n = 0; n < 1_500; n += 1)
      expect(sortedJson({ [`key_${n}`]: n, b: true })).toBe(`{"b":true,"key_${n}":${n}}`);
});
