import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS } from '../../src/stripe/index.ts';
import { ROOT } from '../cli/paybell.ts';

const docs = join(ROOT, 'docs');
const folder = (name: string) => readdirSync(join(docs, name)).map((file) => join(docs, name, file));
const pages = [...folder('scenarios'), ...folder('events'), join(docs, 'which-events.md')];
const textOf = (path: string) => readFileSync(path, 'utf8');

test('the generated pages are what the scenarios and the catalogue say: npm run gen', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/docs/main.ts', '--check'], { cwd: ROOT });
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
}, 60_000);

test('every event type has its place, and every link of a generated page leads somewhere', () => {
  const anchors = new Map(
    pages.map((path) => [path, [...textOf(path).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]),
  );
  const places = [...anchors.values()].flat();
  const unplaced = Object.values(EVENTS).filter(
    ({ type, payload, twin }) => !(payload === 'thin' && twin) && !places.includes(type),
  );
  expect(unplaced.map(({ type }) => type)).toEqual([]);
  expect(new Set(places).size).toBe(places.length);
  let links = 0;
  for (const path of pages)
    for (const [, to, anchor] of textOf(path).matchAll(/\]\(([\w./-]*)(?:#([^)]+))?\)/g)) {
      const target = to ? join(dirname(path), to) : path;
      expect(existsSync(target), `${path}: ${to}`).toBe(true);
      if (anchor) expect(anchors.get(target), `${path}: ${to}#${anchor}`).toContain(anchor);
      links++;
    }
  expect(links).toBeGreaterThan(500);
});

test('the programs of docs/which-events.md compile as they stand, and a wrong field in one would not', () => {
  const programs = [
    ...textOf(join(docs, 'which-events.md')).matchAll(/<!-- compiles: [\w -]+ -->\s*```ts\n([^]*?)```/g),
  ];
  expect(programs).toHaveLength(2);
  // Beside the sources, so that `paybell` means this package.
  const place = join(ROOT, 'test/.which-events');
  mkdirSync(place, { recursive: true });
  try {
    programs.forEach(([, program], i) => writeFileSync(join(place, `program-${i}.ts`), program!));
    writeFileSync(
      join(place, 'wrong.ts'),
      programs[0]![1]!.replace('object.amount_received', 'object.amount_recieved'),
    );
    const settings = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', place, '--pretty', 'false'], { cwd: ROOT });
    const errors = String(stdout).trim().split('\n').filter(Boolean);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/wrong\.ts.*amount_recieved/);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}, 60_000);
