import { request as http } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen, type Listening } from '../../src/emulator/index.ts';
import { send } from './http.ts';
import { start } from './sdk.ts';

const open = start();
let server: Listening;
beforeAll(async () => {
  server = await listen(open.emulator);
});
afterAll(async () => {
  await server.close();
  await open.emulator.close();
});

type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer };

/** A request over a socket, as it stands: fetch would not send some of these. */
const over = ({ method = 'GET', path = '/v1/balance', headers = {}, body }: Sent) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Record<string, unknown> }>((done, failed) => {
    const options = { method, path, headers: { authorization: 'Bearer sk_test_world', ...headers } };
    const sent = http(server.url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        done({
          status: response.statusCode!,
          headers: response.headers,
          body: JSON.parse(text) as Record<string, unknown>,
        }),
      );
    });
    sent.on('error', failed);
    sent.end(body);
  });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

test.each<[string, Sent]>([
  ['a retrieve', { path: '/v1/balance' }],
  ['a list with filters', { path: '/v1/customers?limit=3&created[gte]=5' }],
  ['an unknown id', { path: '/v1/customers/cus_%20x' }],
  ['an unknown address', { path: '/v1/nothing' }],
  ['another method', { method: 'PUT', path: '/v1/customers' }],
  [
    'a body that cannot be read',
    { method: 'POST', path: '/v1/customers', headers: { 'content-type': 'application/json' }, body: '{}' },
  ],
  ['no key', { headers: { authorization: '' } }],
])('answers %s as the other door does', async (_, sent) => {
  const { method = 'GET', path = '/v1/balance', headers = {}, body } = sent;
  const here = await over(sent);
  const there = await send(open.emulator, method, path, {
    headers,
    ...(body !== undefined && { body: body as string }),
  });
  expect({ status: here.status, body: here.body }).toEqual({ status: there.status, body: there.body });
  for (const [name, value] of there.headers) if (name !== 'request-id') expect(here.headers[name]).toBe(value);
});

test('creates from a body in many pieces, whose characters they cut', async () => {
  const name = 'Zoë 日本'.repeat(50_000);
  const body = Buffer.from(`description=${encodeURIComponent('x')}&name=${name}`);
  const { status, body: customer } = await over({ method: 'POST', path: '/v1/customers', headers: FORM, body });
  expect(status).toBe(200);
  // Not toBe: a difference would be pages long.
  expect(customer['name'] === name).toBe(true);
});

test('a body beyond the bound is refused without being read to its end', async () => {
  const body = Buffer.alloc(5 * 1024 * 1024, 'a');
  const refused = await over({ method: 'POST', path: '/v1/customers', headers: FORM, body }).catch(
    (error: NodeJS.ErrnoException) => error.code,
  );
  // Whoever is still writing may hear of the end of the connection before it hears the answer.
  if (typeof refused === 'object') expect(refused).toMatchObject({ status: 413, headers: { connection: 'close' } });
  else expect(['ECONNRESET', 'EPIPE']).toContain(refused);
  expect((await over({})).status).toBe(200);
});

test('a whole address is read as well, and the control routes keep their guard', async () => {
  expect((await over({ path: 'http://127.0.0.1/v1/balance' })).body).toMatchObject({ object: 'balance' });
  expect((await over({ path: '/_paybell/clock' })).status).toBe(200);
  expect((await over({ method: 'POST', path: '/_paybell/clock', body: '{"advance":"1d"}' })).status).toBe(200);
  const foreign: Record<string, string>[] = [
    { host: 'evil.example.com' },
    { host: 'a b' },
    { origin: 'https://a.com' },
  ];
  for (const headers of foreign) expect((await over({ path: '/_paybell/clock', headers })).status).toBe(403);
});
