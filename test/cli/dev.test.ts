import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { BIN, eventually, paybell, startProgram, temporaryFolder } from './paybell.ts';

type Started = { stripe: string; receiver: string; path: string; key: string; secret: string };
type Listed = { events: { id: string; type: string; valid: boolean; state: string }[] };

async function startDev(folder: string) {
  const args = [BIN, 'dev', '--port', '0', '--stripe-port', '0', '--folder', join(folder, '.paybell'), '--json'];
  const program = await startProgram(args, /"folder"[^}]*}/, { cwd: folder });
  return { ...program, started: JSON.parse(program.output()) as Started };
}

test('a charge made with the SDK arrives, is proven, processed, mirrored and listed', async () => {
  using folder = temporaryFolder();
  const { started, stop } = await startDev(folder.path);
  const { hostname, port } = new URL(started.stripe);
  const stripe = new Stripe('sk_test_x1234567890', { host: hostname, port, protocol: 'http', telemetry: false });
  const customer = await stripe.customers.create({ email: 'jenny.rosen@example.com', source: 'tok_visa' });
  const charge = await stripe.charges.create({ amount: 2000, currency: 'usd', customer: customer.id });

  const events = await eventually(async () => {
    const { code, stdout, stderr } = await paybell(['events', 'list', '--json'], { cwd: folder.path });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { events } = JSON.parse(stdout) as Listed;
    return events.some(({ type, state }) => type === 'charge.succeeded' && state === 'done') ? events : undefined;
  });
  for (const type of ['customer.created', 'customer.source.created', 'charge.succeeded'])
    expect(events).toContainEqual(expect.objectContaining({ type, valid: true, state: 'done' }));

  const database = new DatabaseSync(join(folder.path, '.paybell/paybell.db'), { readOnly: true });
  const row = database.prepare('select amount, currency, status from stripe_charges where id = ?').get(charge.id);
  expect({ ...row }).toEqual({ amount: 2000, currency: 'usd', status: 'succeeded' });
  database.close();

  const id = events.find(({ type }) => type === 'charge.succeeded')!.id;
  const shown = await paybell(['events', 'show', id, '--json'], { cwd: folder.path });
  expect(JSON.parse(shown.stdout)).toMatchObject({
    id,
    payload: { type: 'charge.succeeded', data: { object: { id: charge.id } } },
  });

  const page = await fetch(started.receiver, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const list = (await (await fetch(`${started.receiver}/api/events`)).json()) as Listed & { items: unknown[] };
  expect(list.items).toContainEqual(expect.objectContaining({ type: 'charge.succeeded', state: 'done' }));
  const session = (await (await fetch(`${started.receiver}/api/session`)).json()) as object;
  expect(session).toMatchObject({ readOnly: false, canPlay: true, stripe: { url: started.stripe, key: started.key } });
  expect(JSON.stringify(session)).not.toContain(started.secret);
  expect(await stop()).toBe(0);
}, 30_000);

test('settings stay from one start to the next, and so does what was received', async () => {
  using folder = temporaryFolder();
  const first = await startDev(folder.path);
  await first.stop();
  const second = await startDev(folder.path);
  expect(second.started.key).toBe(first.started.key);
  expect(second.started.secret).toBe(first.started.secret);
  expect(first.started.secret).toMatch(/^whsec_\w{32}$/);
  await second.stop();
}, 30_000);

test('a page on another site learns nothing: Host must be this machine', async () => {
  using folder = temporaryFolder();
  const { started, stop } = await startDev(folder.path);
  const { port } = new URL(started.receiver);
  const { request } = await import('node:http');
  const status = await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(status).toBe(403);
  await stop();
}, 30_000);

test('it ends at once while a page listens, and while a scenario is played slowly', async () => {
  using folder = temporaryFolder();
  const { started, stop, output } = await startDev(folder.path);
  expect(output()).toContain(started.receiver);
  const reader = async (answer: Response) => {
    for await (const chunk of answer.body!) void chunk;
  };
  const live = await fetch(`${started.receiver}/api/live`);
  const played = await fetch(`${started.receiver}/api/scenarios/renewal-fails/play`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"path":"current","pace":2000}',
  });
  expect([live.status, played.status]).toEqual([200, 200]);
  const ends = Promise.all([reader(live), reader(played)]);
  // Else it would be the ten seconds that closing waits for what is under way, or the minute that the play takes.
  const began = performance.now();
  expect(await stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(6_000);
  await ends;
}, 30_000);

test('a port that is taken is named', async () => {
  using folder = temporaryFolder();
  const { started, stop } = await startDev(folder.path);
  const { port } = new URL(started.receiver);
  const { code, stderr } = await paybell([
    'dev',
    '--port',
    port,
    '--stripe-port',
    '0',
    '--folder',
    join(folder.path, 'other'),
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${port} is in use`);
  await stop();
}, 30_000);
