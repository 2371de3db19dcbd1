import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../cli/paybell.ts';
import { openConsole } from './open.ts';

const HTML = { accept: 'text/html,application/xhtml+xml' };

/** What `npm run build:web` makes, in small. */
function build() {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
  mkdirSync(join(folder.path, 'web/assets'), { recursive: true });
  write('secret.txt', 'a secret beside the build');
  write('web/index.html', '<!doctype html><title>the app</title>');
  write('web/assets/app-1a2b.js', 'plain');
  write('web/assets/app-1a2b.js.br', 'brotli');
  write('web/assets/app-1a2b.js.gz', 'gzip');
  write('web/bell.svg', '<svg/>');
  write('web/.built', '');
  return { webFolder: join(folder.path, 'web'), [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

test('the app’s own addresses all answer with its page, and only to who asks for a page', async () => {
  using built = build();
  await using opened = openConsole(built);
  for (const path of ['/', '/scenarios/renewal-fails', '/events/evt_1.x', '/objects/checkout.session/cs_1']) {
    const answer = await opened.ask(path, { headers: HTML });
    expect(await answer.text()).toContain('the app');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  }
  expect((await opened.ask('/scenarios/x', { headers: { accept: '*/*' } })).status).toBe(404);
  expect((await opened.ask('/assets/gone.js', { headers: HTML })).status).toBe(404);
  expect((await opened.ask('/api/nothing', { headers: HTML })).headers.get('content-type')).toBe('application/json');
  expect((await opened.ask('/', { method: 'POST', headers: { 'content-type': 'application/json' } })).status).toBe(405);
});

test('files come in the smallest form that is taken, and are kept for good', async () => {
  using built = build();
  await using opened = openConsole(built);
  const asked = async (coding: string) => {
    const answer = await opened.ask('/assets/app-1a2b.js', { headers: { 'accept-encoding': coding } });
    return [await answer.text(), answer.headers.get('content-encoding')];
  };
  expect(await asked('gzip, deflate, br')).toEqual(['brotli', 'br']);
  expect(await asked('gzip')).toEqual(['gzip', 'gzip']);
  expect(await asked('br;q=0, gzip;q=0.5')).toEqual(['gzip', 'gzip']);
  expect(await asked('')).toEqual(['plain', null]);
  const { headers } = await opened.ask('/assets/app-1a2b.js');
  expect(headers.get('cache-control')).toContain('immutable');
  expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(headers.get('vary')).toBe('accept-encoding');
  const { headers: image } = await opened.ask('/bell.svg', { headers: { 'accept-encoding': 'br' } });
  expect([image.get('content-type'), image.get('content-encoding')]).toEqual(['image/svg+xml', null]);
});

test('no path leads out of the folder', async () => {
  using built = build();
  await using opened = openConsole(built);
  const paths = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
  ];
  for (const path of [...paths, '//secret.txt', '/.built', '/assets/app-1a2b.js.br', '/assets/']) {
    const answer = await opened.ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('a secret');
  }
});

test('without a build there is the plain page, which says how to make it', async () => {
  await using opened = openConsole({ webFolder: '/nowhere' });
  const answer = await opened.ask('/', { headers: HTML });
  expect(await answer.text()).toContain('npm run build:web');
  expect((await opened.ask('/scenarios/x', { headers: HTML })).status).toBe(404);
  const status = (await (await opened.ask('/status.json')).json()) as object;
  expect(status).toMatchObject({ counts: { events: { done: 0 } }, events: [] });
});
