import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, listen } from '../src/emulator/index.ts';
import { eventually, ROOT, startProgram, temporaryFolder } from './cli/paybell.ts';

// The README's programs are run as they stand; only ports and folders are others.
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const block = (name: string) => {
  const found = new RegExp(`<!-- runs: ${name} -->\\s*\`\`\`ts\\n([^]*?)\`\`\``).exec(readme);
  if (!found) throw new Error(`README.md has no block '${name}'`);
  return found[1]!;
};

// Beside the sources, so that `paybell` means this package; not under node_modules, where Node strips no types.
const folder = join(ROOT, 'test/.readme');
const file = (name: string, replace: [string, string][]) => {
  const path = join(folder, `${name}.ts`);
  let text = block(name);
  for (const [from, to] of replace) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  writeFileSync(path, text);
  return ['--conditions=paybell-source', path];
};
beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first program pays, and the second one hears of it', async () => {
  using store = temporaryFolder();
  const secret = 'whsec_readme00000000000000000000';
  const port = 20_000 + (process.pid % 20_000);
  const receive = file('receive', [
    ['4242', String(port)],
    ['.paybell/app.db', join(store.path, 'app.db')],
  ]);
  const receiver = await startProgram(
    ['--import', `data:text/javascript,${encodeURIComponent(READY)}`, ...receive],
    /listening/,
    { env: { STRIPE_WEBHOOK_SECRET: secret } },
  );
  await using emulator = createEmulator({
    webhooks: [{ url: `http://127.0.0.1:${port}/payments/webhook/`, secret }],
  });
  await using server = await listen(emulator);
  const pay = await startProgram(file('pay', [['12111', String(server.port)]]), /succeeded/);
  const id = /ch_\w+/.exec(pay.output())![0];
  await eventually(async () => (receiver.output().includes(`${id}: 2000 usd`) ? true : undefined));
  await receiver.stop();
}, 30_000);

// Tells when a server of the program listens; the README's program itself prints nothing then.
const READY = `
import { Server } from 'node:http';
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) { this.once('listening', () => console.log('listening')); return listen.apply(this, args); };
`;
