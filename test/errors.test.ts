import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERRORS } from '../src/base/errors.ts';
import { REFUSALS } from '../src/receiver/answers.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');
const [errors, refusals] = page.split('## Refused deliveries') as [string, string];

/** The rows of a table: its first two cells, unescaped. */
const rows = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^\| `(\w+)`\s*\| (.*?)\s*\|/gm)].map(([, code, meaning]) => [code!, meaning!]));

test('docs/errors.md lists every error code in the code’s own words, and no other', () => {
  expect(rows(errors)).toEqual(ERRORS);
});

test('every error says what to do', () => {
  const cells = errors
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').at(-2)!.trim());
  expect(cells.filter((cell) => cell.length < 10)).toEqual([]);
});

test('docs/errors.md lists every reason to refuse a delivery', () => {
  expect(rows(refusals)).toEqual(REFUSALS);
});
