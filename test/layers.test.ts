import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

// Lower layers never import higher ones; the two halves of layer 2 never import each other.
const LAYER: Record<string, number> = {
  base: 0,
  stripe: 0,
  store: 1,
  receiver: 2,
  emulator: 2,
  scenarios: 3,
  examples: 4,
  console: 5,
  cli: 5,
  testing: 5,
};
const src = resolve(import.meta.dirname, '../src');

export function violations(files: Iterable<{ path: string; text: string }>): string[] {
  const found: string[] = [];
  for (const { path, text } of files) {
    const from = path.split(sep)[0]!;
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = relative(src, resolve(src, dirname(path), specifier!)).split(sep)[0]!;
      const fromLayer = LAYER[from];
      const toLayer = LAYER[to];
      if (fromLayer === undefined) found.push(`${path}: folder ${from} has no layer`);
      else if (toLayer === undefined) found.push(`${path} imports ${specifier}, outside every layer`);
      else if (toLayer > fromLayer || (toLayer === fromLayer && to !== from && toLayer >= 2 && toLayer < 5))
        found.push(`${path} (${from}) must not import ${specifier} (${to})`);
    }
  }
  return found;
}

function* sources() {
  for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' }))
    if (/\.tsx?$/.test(entry)) yield { path: entry, text: readFileSync(join(src, entry), 'utf8') };
}

test('no module imports a higher layer, and receiver and emulator never import each other', () => {
  expect(violations(sources())).toEqual([]);
});

test('the rule can fail', () => {
  const emulator = (specifier: string) => [
    { path: join('emulator', 'x.ts'), text: `import { y } from '${specifier}';` },
  ];
  expect(violations(emulator('../scenarios/index.ts'))).toHaveLength(1);
  expect(violations(emulator('../receiver/index.ts'))).toHaveLength(1);
  expect(violations(emulator('../stripe/index.ts'))).toHaveLength(0);
});

test('time and randomness are parameters: only the clock, the ids and the edges may reach for the real ones', () => {
  const allowed = /^(base\/clock|base\/ids|cli\/|testing\/)/;
  const reached = [...sources()]
    .filter(({ path }) => !allowed.test(path.split(sep).join('/')))
    .filter(({ text }) => /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(/.test(text))
    .map(({ path }) => path);
  expect(reached).toEqual([]);
});

test('files stay small enough to live in', () => {
  const large = [...sources()]
    .filter(({ path }) => !path.includes('.gen.'))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter(({ lines }) => lines > 400);
  expect(large).toEqual([]);
});
