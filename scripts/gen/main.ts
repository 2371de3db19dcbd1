// Writes what Paybell knows of Stripe's shapes from the pinned `stripe` package. `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Schema } from '../../src/stripe/schema.ts';
import { readColumns, readNested } from './columns.ts';
import { objectName, openSdk } from './declarations.ts';
import { readEventSubjects } from './events.ts';
import { readOperations } from './operations.ts';
import { fieldsOf } from './shapes.ts';

const { project, resources, apiVersion, sdkVersion } = openSdk();

const objects: Schema['objects'] = {};
for (const file of project.getSourceFiles(`${resources}/**/*.d.ts`))
  for (const declaration of file.getInterfaces()) {
    const name = objectName(declaration);
    if (!name || name.startsWith('v2.') || name.startsWith('deleted:v2.')) continue;
    const known = objects[name];
    if (known && !declaration.getName().endsWith('Event')) {
      console.error(`two declarations of ${name}: ${known.sdk} and ${declaration.getName()}`);
      process.exitCode = 1;
    }
    objects[name] ??= { sdk: declaration.getName(), fields: fieldsOf(declaration) };
  }
const operations = readOperations(project, resources);
const subjects = readEventSubjects(project, resources);
const columns = readColumns(objects, operations);
const nested = readNested(objects, subjects);

const sorted = <T>(record: Record<string, T>) =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const lines = (record: Record<string, unknown>) =>
  Object.entries(record)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');

const banner = `// Written by \`npm run gen\` from stripe ${sdkVersion} (API ${apiVersion}). Do not edit.\n`;
// One line an object and one an operation, so that a new SDK shows as a readable diff.
const files: Record<string, string> = {
  'src/stripe/schema.gen.json': `{"sdkVersion": ${JSON.stringify(sdkVersion)}, "apiVersion": ${JSON.stringify(apiVersion)},
"objects": {
${lines(sorted(objects))}
},
"operations": [
${operations.map((operation) => JSON.stringify(operation)).join(',\n')}
]}
`,
  'src/stripe/columns.gen.ts': `${banner}
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json';

/** Each mirrored object's view and its typed columns, in the object's own order. */
export const COLUMNS: Record<string, { view: string; columns: Record<string, ColumnKind> }> = {
${lines(sorted(columns))}
};

/** Objects that no event is about, and the lists of other objects they stand in (a Stripe list object, or a plain array). */
export const NESTED: Record<string, { object: string; field: string; list: boolean }[]> = {
${lines(sorted(nested))}
};
`,
  'src/stripe/events.gen.ts': `${banner}
/** The API version that the pinned SDK speaks, and so the newest this catalogue knows. */
export const API_VERSION = '${apiVersion}';

/** Each current snapshot event type and the objects its \`data.object\` may be. */
export const EVENT_SUBJECTS: Record<string, readonly string[]> = {
${lines(sorted(subjects))}
};
`,
};

let stale = 0;
for (const [path, text] of Object.entries(files)) {
  const url = new URL(`../../${path}`, import.meta.url);
  if (existsSync(url) && readFileSync(url, 'utf8') === text) continue;
  stale++;
  if (process.argv.includes('--check')) console.error(`${path} is not what the pinned SDK says: run \`npm run gen\`.`);
  else writeFileSync(url, text);
}
if (stale && process.argv.includes('--check')) process.exitCode = 1;
else
  console.log(
    `${Object.keys(objects).length} objects, ${operations.length} operations, ${Object.keys(subjects).length} event types` +
      (stale ? `: ${stale} files written` : ': up to date'),
  );

// The pages that are made from the scenarios and the catalogue, which read what was just written.
await import('../docs/main.ts');
