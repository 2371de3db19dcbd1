import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileOf, record } from '../../scripts/golden/record.ts';
import { scenarios } from '../../src/scenarios/index.ts';

test.for(scenarios)('$id fires what its golden file says (npm run golden writes it anew)', async (scenario) => {
  const golden: unknown = JSON.parse(readFileSync(fileOf(scenario.id), 'utf8'));
  expect(JSON.parse(JSON.stringify(await record(scenario)))).toEqual(golden);
});

test('there is a file for every scenario, and none for another', () => {
  const files = readdirSync(new URL('./', fileOf('any'))).filter((name) => name.endsWith('.json'));
  expect(files.toSorted()).toEqual(scenarios.map(({ id }) => `${id}.json`).toSorted());
});
