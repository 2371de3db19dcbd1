import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEmulator, listen } from 'paybell/emulator';

// One of the local Stripes, alone in its process: `paybell`, or a peer from where it was installed.
const [name, modules] = process.argv.slice(2);
const KEY = 'sk_test_bench12345678';

const started = await (name === 'paybell' ? paybell() : name === 'emulate' ? emulate() : statefulMock());
process.send!({ port: started.port });
process.on('message', async ({ ask }: { ask: string }) => {
  const [what, argument] = ask.split(' ');
  const answer = what === 'memory' ? process.memoryUsage().rss : await started.fill?.(Number(argument));
  process.send!({ answer: answer ?? null });
});
process.on('SIGTERM', () => process.exit(0));

/** Ours; `fill` makes objects of both kinds until there are so many of each, and answers with some of their ids. */
async function paybell() {
  const emulator = createEmulator();
  const { port } = await listen(emulator);
  const post = async (path: string, form: string) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await emulator.fetch(
      new Request(`http://127.0.0.1${path}`, { method: 'POST', headers, body: form }),
    );
    return ((await answer.json()) as { id: string }).id;
  };
  const fill = async (count: number) => {
    const { world } = emulator.open(KEY);
    const ids: string[] = [];
    const missing = (object: string) => count - world.tables.of('', object).size;
    for (let left = missing('customer'); left > 0; left--) {
      const id = await post('/v1/customers', 'name=Jenny&metadata[a]=b');
      if (left % 100 === 0) ids.push(id);
    }
    for (let left = missing('payment_intent'); left > 0; left--)
      await post('/v1/payment_intents', 'amount=2000&currency=usd&payment_method_types[0]=card');
    return ids;
  };
  return { port, fill };
}

async function emulate() {
  const { createEmulator: create } = (await import(
    pathToFileURL(join(modules!, 'emulate/dist/api.js')).href
  )) as typeof import('paybell/emulator') & { createEmulator(options: object): Promise<{ url: string }> };
  const { url } = await create({ service: 'stripe', port: await freePort() });
  return { port: Number(new URL(url).port), fill: undefined };
}

async function statefulMock() {
  process.env['LOG_LEVEL'] = 'silent';
  const require = createRequire(join(modules!, 'x.cjs'));
  const { createExpressApp } = require('stripe-stateful-mock') as {
    createExpressApp(): Parameters<typeof createServer>[1];
  };
  const server = createServer(createExpressApp());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { port: (server.address() as AddressInfo).port, fill: undefined };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
