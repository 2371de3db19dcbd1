import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { INDEXED, indexedFields, mirrorIndexes } from '../../src/store/columns.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { expression } from '../../src/store/sqlite/expression.ts';
import { mirroring } from '../../src/store/sqlite/mirror-write.ts';
import { COLUMNS } from '../../src/stripe/columns.gen.ts';
import { seeds } from '../receiver/seeds.ts';

const values = fc.oneof(
  fc.constantFrom<Json>(
    'cus_1',
    '',
    'a\u0000b',
    'é"\\',
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e300,
    253_402_300_800,
    [],
    ['x'],
  ),
  fc.integer({ min: 0, max: 4_000_000_000 }),
  fc.string(),
  fc.record({ id: fc.constantFrom<Json>('cus_2', null, 7, { id: 'x' }), name: fc.string() }),
  fc.constant<Json>({}),
);
const objects = fc
  .constantFrom(...Object.keys(INDEXED), 'balance')
  .chain((object) =>
    fc.tuple(
      fc.constant(object),
      fc.dictionary(fc.constantFrom(...(INDEXED[object] ?? ['status'])), values, { noNullPrototype: true }),
    ),
  );

describe.each(seeds())('seed %i', (seed: number) => {
  test('the indexed columns hold what the views would read from the JSON, however odd it is', async () => {
    await using store = createSqliteStore({ path: ':memory:' });
    const { write, show } = mirroring(store.database);
    const indexes = mirrorIndexes(COLUMNS);
    const look = store.database.prepare(
      `SELECT ${indexes.map(({ column }) => column).join(', ')} FROM mirror WHERE id = 'o'`,
    );
    const read = store.database.prepare(
      `SELECT ${indexes
        .map(({ column, field, type, objects: some }) => {
          const any = some.map((object) => `object = '${object}'`).join(' OR ');
          return `CASE WHEN ${any} THEN ${expression(field, type)} END AS ${column}`;
        })
        .join(', ')} FROM mirror WHERE id = 'o'`,
    );
    const clear = store.database.prepare('DELETE FROM mirror');
    fc.assert(
      fc.property(fc.array(objects, { minLength: 1, maxLength: 3 }), fc.boolean(), (states, given) => {
        clear.run();
        const [[object]] = states as [[string, JsonObject]];
        for (const [index, [, json]] of states.entries()) {
          const row = { object, account: '', id: 'o', json: JSON.stringify(json), eventId: 'e', created: index };
          const indexed = given ? indexedFields(object, json as JsonObject) : undefined;
          const shown = { ...row, indexed, ties: 1, deleted: false, ambiguous: false };
          if (index === 0) write(shown, 1);
          else expect(show(shown, 1)).toBe(true);
          expect(look.all()).toEqual(read.all());
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});

test('a row that is masked by forgetting is masked in its columns', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  const { write } = mirroring(store.database);
  const json = JSON.stringify({ id: 'ch_1', object: 'charge', customer: 'cus_1' });
  const rest = { eventId: 'e', created: 1, ties: 1, deleted: false, ambiguous: false };
  write({ object: 'charge', account: '', id: 'ch_1', json, ...rest }, 1);
  const mask = (text: string) => ({ json: text.replace('cus_1', '[redacted]'), fields: ['customer'] });
  let after: string | null = '';
  while (after !== null) ({ next: after } = await store.erase({ text: 'cus_1', mask, limit: 10, after }));
  expect(store.database.prepare('SELECT customer FROM stripe_charges').all()).toEqual([{ customer: '[redacted]' }]);
});

test('rows of a database whose indexes were over expressions get their columns when it is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paybell-indexed-'));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const path = join(folder, 'old.db');
  const first = createSqliteStore({ path });
  first.database.exec(`
    INSERT INTO mirror (object, account, id, json, event_id, created, ties, deleted, ambiguous, updated_at)
    VALUES ('charge', '', 'ch_1', '{"customer":"cus_1","created":0}', 'e', 1, 1, 0, 0, 1);
    UPDATE meta SET value = 'old' WHERE name = 'views'`);
  await first.close();
  await using second = createSqliteStore({ path });
  expect(second.database.prepare('SELECT customer, created FROM stripe_charges').all()).toEqual([
    { customer: 'cus_1', created: '1970-01-01T00:00:00Z' },
  ]);
});
