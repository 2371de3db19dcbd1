import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLoopback } from '../../src/cli/receiver-server.ts';
import { BIN, paybell, startProgram, temporaryFolder } from '../cli/paybell.ts';

const SECRET = 'whsec_served00000000000000000000';
const TOKEN = 'served-with-this-token';

async function serve(folder: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const options = ['--port', '0', '--store', join(folder, 'paybell.db'), '--secret', SECRET, '--json', ...args];
  const program = await startProgram([BIN, 'serve', ...options], /"path"[^}]*}/, { env });
  return { ...program, url: (JSON.parse(program.output()) as { url: string }).url };
}

test('only addresses that other machines never reach count as this machine’s', () => {
  for (const host of ['127.0.0.1', '127.0.0.2', 'localhost', '::1']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '192.168.1.5', '10.0.0.1', 'pay.example', '127.evil.example', ''])
    expect(isLoopback(host)).toBe(false);
});

test('a served receiver’s console needs the token, from an option or the environment, and may be read-only', async () => {
  using folder = temporaryFolder();
  for (const [args, env] of [
    [['--console-token', TOKEN, '--read-only'], {}],
    [['--read-only'], { PAYBELL_CONSOLE_TOKEN: TOKEN }],
  ] as const) {
    const server = await serve(folder.path, [...args], env);
    expect((await fetch(`${server.url}/api/session`)).status).toBe(401);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const session = await (await fetch(`${server.url}/api/session`, { headers })).json();
    expect(session).toMatchObject({ readOnly: true, canPlay: false, stripe: null, path: '/payments/webhook/' });
    expect(JSON.stringify(session)).not.toContain(SECRET);
    const body = JSON.stringify({ ids: ['evt_1'], dryRun: false });
    expect((await fetch(`${server.url}/api/replay`, { method: 'POST', headers, body })).status).toBe(403);
    expect(await server.stop()).toBe(0);
    expect(server.log()).not.toContain(TOKEN);
  }
}, 30_000);

test('a token that can be guessed is refused', async () => {
  const { code, stderr } = await paybell(['serve', '--secret', SECRET, '--console-token', 'short']);
  expect(code).toBe(2);
  expect(stderr).toContain('at least 16 characters');
});
