import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { scenarios } from '../../src/scenarios/index.ts';
import { fileOf, record } from './record.ts';

// `npm run golden`: plays every scenario and writes down what it fires. Look at the difference before you commit it.
const folder = new URL('./', fileOf('any'));
const known = new Set(scenarios.map(({ id }) => `${id}.json`));
for (const name of readdirSync(folder)) if (name.endsWith('.json') && !known.has(name)) rmSync(new URL(name, folder));
for (const scenario of scenarios) {
  const text = JSON.stringify(await record(scenario));
  writeFileSync(fileOf(scenario.id), await format(text, { parser: 'json', printWidth: 120 }));
}
console.log(`${scenarios.length} scenarios written down in test/golden.`);
