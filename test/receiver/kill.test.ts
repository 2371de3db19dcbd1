import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';
import { aCharge, anEvent, bodyOf, NOW, SECRET } from './events.ts';

const folder = mkdtempSync(join(tmpdir(), 'paybell-kill-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function serve(path: string): Promise<{ child: ChildProcess; port: number }> {
  const script = join(import.meta.dirname, 'fixtures/serve.ts');
  const flags = ['--disable-warning=ExperimentalWarning', '--conditions=paybell-source'];
  const child = spawn(process.execPath, [...flags, script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, port: Number(String(line)) };
}

/** The status of the answer, or 0 when none came. */
function deliver(port: number, agent: Agent, id: string, charge: string): Promise<number> {
  const body = bodyOf(
    anEvent({ id, type: 'charge.updated', created: NOW, object: aCharge({ id: charge, description: id }) }),
  );
  const now = Math.floor(Date.now() / 1000);
  const headers = { 'stripe-signature': signatureHeader(body, [SECRET], now) };
  return new Promise((resolve) => {
    const outgoing = request(
      { port, agent, host: '127.0.0.1', method: 'POST', path: '/payments/webhook/', headers },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode!));
        response.on('error', () => resolve(0));
      },
    );
    outgoing.on('error', () => resolve(0));
    outgoing.end(body);
  });
}

test('kill -9 in the middle of 2,000 deliveries: whatever was answered 200 is there, and is processed once', async () => {
  const path = join(folder, 'events.db');
  const first = await serve(path);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const answered: string[] = [];
  const deliveries = Array.from({ length: 2000 }, async (_, i) => {
    const id = `evt_${i}`;
    // Twenty events to an object, so that the kill also finds lanes half worked through.
    const status = await deliver(first.port, agent, id, `ch_${i % 100}`);
    if (status === 200) answered.push(id);
    if (answered.length === 700) first.child.kill('SIGKILL');
  });
  await Promise.all(deliveries);
  agent.destroy();
  expect(answered.length).toBeGreaterThanOrEqual(700);
  expect(answered.length).toBeLessThan(2000);

  const second = await serve(path);
  await using store = createSqliteStore({ path, readOnly: true });
  // The lease of the process that was killed lasts 30 seconds; this one sees that it is gone and does not wait.
  const giveUp = Date.now() + 15_000;
  while (Date.now() < giveUp && (await store.nextDue()) !== undefined)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const stored = new Map<string, string>();
  let before: number | undefined;
  do {
    const page = await store.listEvents({ limit: 1000, ...(before !== undefined && { before }) });
    for (const { id, state } of page.items) stored.set(id, state);
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(answered.filter((id) => stored.get(id) !== 'done')).toEqual([]);
  const effects = store.database.prepare('SELECT event, count(*) AS n FROM effects GROUP BY event').all() as {
    event: string;
    n: number;
  }[];
  expect(effects.filter(({ n }) => n !== 1)).toEqual([]);
  expect(effects).toHaveLength(stored.size);
  second.child.kill('SIGTERM');
}, 60_000);
