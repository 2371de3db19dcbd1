import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

const SECRET = 'whsec_postgres00000000000000000000';
const PASSWORD = 'canary-password';

let server: TestServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('every command takes a PostgreSQL store, from an option or the environment, and shows no password', async () => {
  using folder = temporaryFolder();
  const handlers = join(folder.path, 'handlers.mjs');
  writeFileSync(handlers, `export const handlers = (receiver) => receiver.on('charge.succeeded', () => {});`);
  const given = new URL(await server.database());
  given.password ||= PASSWORD;
  const env = { PAYBELL_STORE: given.href };
  const args = [BIN, 'serve', '--port', '0', '--secret', SECRET, '--handlers', handlers, '--json', '--log', 'debug'];
  const serving = await startProgram(args, /"path"[^}]*}/, { env });
  const { url, path } = JSON.parse(serving.output()) as { url: string; path: string };
  for (let i = 0; i < 3; i++) {
    const { status } = await fetch(signedRequest(eventBody(), { secret: SECRET, url: url + path }));
    expect(status).toBe(200);
  }
  const done = async () => {
    const { stdout } = await paybell(['events', 'list', '--state', 'done', '--json', '--store', given.href]);
    const { events } = JSON.parse(stdout) as { events: { id: string }[] };
    return events.length === 3 ? events : undefined;
  };
  const [event] = (await eventually(done)) as [{ id: string }];
  const shown = await paybell(['events', 'show', event.id], { env });
  expect(shown.stdout).toContain('handler charge.succeeded: done');
  const replayed = await paybell(['events', 'replay', '--handlers', handlers, '--all', '--json'], { env });
  expect(JSON.parse(replayed.stdout)).toMatchObject({ events: 3 });
  expect(await serving.stop()).toBe(0);
  const worker = await paybell(['worker', '--once', '--handlers', handlers], { env });
  expect(worker.code).toBe(0);
  expect(worker.stdout).toContain(`postgres://${given.host}${given.pathname}`);
  const away = new URL(given);
  away.port = '1';
  const failed = await paybell(['worker', '--once'], { env: { PAYBELL_STORE: away.href } });
  expect(failed.code).toBe(1);
  const everything = [serving.output(), serving.log(), worker.stdout, worker.stderr, failed.stdout, failed.stderr];
  expect(everything.filter((text) => text.includes(PASSWORD) || text.includes(SECRET))).toEqual([]);
}, 90_000);

test('without `pg` it says what to install', async () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === 'pg') throw Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    } });`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const { code, stderr } = await paybell(['events', 'list', '--store', 'postgres://127.0.0.1:1/x'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('npm install pg');
}, 30_000);
