import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { eventually } from '../cli/paybell.ts';
import { installOnce } from '../installed.ts';
import { pack } from '../package/installed.ts';
import { deliver, eventBody, SECRET } from './deliver.ts';

const ROUTE = `
import { after } from 'next/server';
import { createReceiver } from 'paybell';
import { createSqliteStore } from 'paybell/sqlite';

const receiver = createReceiver({
  store: createSqliteStore({ path: process.env.PAYBELL_STORE }),
  secrets: process.env.STRIPE_WEBHOOK_SECRET,
}).on('charge.succeeded', ({ object }) => console.log('handled', object.id));

export async function POST(request) {
  const response = await receiver.fetch(request);
  after(() => receiver.drain());
  return response;
}
`;

// Next.js is large, and only this test needs it: fetched once, into the temporary files.
test('a Next.js route handler stores, answers, and works after the answer', async () => {
  const modules = await installOnce('next', ['next@16.2.0', 'react@19.3.1', 'react-dom@19.3.1']);
  const folder = mkdtempSync(join(tmpdir(), 'paybell-next-'));
  try {
    const { tarball } = await pack(folder);
    const app = join(folder, 'app-under-test');
    mkdirSync(join(app, 'app/payments/webhook'), { recursive: true });
    mkdirSync(join(app, 'node_modules/paybell'), { recursive: true });
    for (const name of [
      'next',
      'react',
      'react-dom',
      '@next',
      '@swc',
      'styled-jsx',
      'client-only',
      'postcss',
      'caniuse-lite',
      'scheduler',
      'baseline-browser-mapping',
      'nanoid',
      'picocolors',
      'source-map-js',
      'tslib',
    ])
      if (existsSync(join(modules, name))) symlinkSync(join(modules, name), join(app, 'node_modules', name));
    await once(spawn('tar', ['xzf', tarball, '-C', join(app, 'node_modules/paybell'), '--strip-components=1']), 'exit');
    writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
    writeFileSync(join(app, 'app/payments/webhook/route.js'), ROUTE);
    writeFileSync(
      join(app, 'next.config.js'),
      `export default { serverExternalPackages: ['paybell'], turbopack: { root: '/' } };`,
    );
    const store = join(folder, 'next.db');

    const env = { ...process.env, PAYBELL_STORE: store, STRIPE_WEBHOOK_SECRET: SECRET, NEXT_TELEMETRY_DISABLED: '1' };
    const next = spawn(
      process.execPath,
      [join(modules, 'next/dist/bin/next'), 'dev', '--port', '0', '--hostname', '127.0.0.1'],
      { cwd: app, env },
    );
    let output = '';
    next.stdout.on('data', (data) => (output += data));
    next.stderr.on('data', (data) => (output += data));
    try {
      const port = await eventually(async () => /127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? undefined);
      const url = `http://127.0.0.1:${port}/payments/webhook`;
      const body = eventBody();
      const answer = await deliver(url, body);
      expect({ ...answer, output }).toMatchObject({ status: 200 });
      expect(await deliver(url, eventBody(), (text) => text.replace('2000', '1'))).toMatchObject({ status: 400 });
      await eventually(async () => (/handled ch_door/.test(output) ? true : undefined));
      const database = new DatabaseSync(store, { readOnly: true });
      expect(database.prepare('select amount from stripe_charges').get()).toMatchObject({ amount: 2000 });
      database.close();
    } finally {
      next.kill('SIGTERM');
      await once(next, 'exit');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
