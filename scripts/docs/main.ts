import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { eventPages } from './events.ts';
import { guidePage } from './guide.ts';
import { scenarioPages } from './scenarios.ts';

// Part of `npm run gen`: writes the pages that are made from the scenarios and the catalogue; `--check` only compares.
const check = process.argv.includes('--check');
const pages = { ...(await scenarioPages()), ...(await eventPages()), ...guidePage() };
const pathOf = (page: string) => fileURLToPath(new URL(`../../${page}`, import.meta.url));
const style = await resolveConfig(pathOf('package.json'));

const stale: string[] = [];
for (const [page, text] of Object.entries(pages)) {
  const path = pathOf(page);
  const written = await format(text, { ...style, parser: 'markdown' });
  if (existsSync(path) && readFileSync(path, 'utf8') === written) continue;
  stale.push(page);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, written);
}
for (const folder of ['docs/scenarios', 'docs/events'])
  for (const name of existsSync(pathOf(folder)) ? readdirSync(pathOf(folder)) : []) {
    if (`${folder}/${name}` in pages) continue;
    stale.push(`${folder}/${name}`);
    if (!check) rmSync(pathOf(`${folder}/${name}`));
  }

if (check && stale.length) {
  for (const page of stale)
    console.error(`${page} is not what the scenarios and the catalogue say: run \`npm run gen\`.`);
  process.exitCode = 1;
} else console.log(`${Object.keys(pages).length} pages: ${stale.length ? `${stale.length} written` : 'up to date'}`);
