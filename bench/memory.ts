import { join } from 'node:path';
import { createGround, PATH, SECRET, startPaybell } from './contenders.ts';
import type { BenchOptions } from './main.ts';
import { load, type Served } from './process.ts';

const BACKLOG = 200_000;
const TYPES = ['charge.succeeded', 'customer.updated', 'invoice.paid'];
const MB = 1_048_576;

/** How much memory the receiver holds: through minutes of load, and with a long backlog before and while it is worked off. */
export async function memory({ minutes, only, postgres }: BenchOptions): Promise<void> {
  await using ground = createGround(postgres);
  for (const kind of ['SQLite', 'PostgreSQL']) {
    if (only.length > 0 && !only.includes(kind)) continue;
    await underLoad(kind, await place(kind), minutes);
    await withBacklog(kind, await place(kind));
  }

  async function place(kind: string): Promise<string> {
    if (kind === 'PostgreSQL') return ground.database();
    const folder = ground.folder();
    process.once('exit', () => folder[Symbol.dispose]());
    return join(folder.path, 'paybell.db');
  }
}

async function underLoad(kind: string, where: string, minutes: number): Promise<void> {
  const server = await startPaybell(where, 'handle');
  const seen: number[] = [];
  let answered = 0;
  const part = Math.min(20, minutes * 6);
  for (let n = 0; n * part < minutes * 60; n++) {
    answered += (await send(server, part, n)).answered;
    seen.push((await server.memory()) / MB);
  }
  await server.stop();
  const settled = seen.slice(Math.ceil(seen.length / 10));
  const half = Math.ceil(settled.length / 2);
  const [first, second] = [mean(settled.slice(0, half)), mean(settled.slice(half))];
  console.log(
    `\n${kind}: ${minutes} minutes of load, ${answered} events handled, resident memory in MB every ${part} s`,
  );
  console.log(`  ${seen.map((each) => Math.round(each)).join(' ')}`);
  console.log(`  second half beside the first (the first tenth left out): ${(second / first).toFixed(2)}`);
}

async function withBacklog(kind: string, where: string): Promise<void> {
  let server = await startPaybell(where, 'idle');
  let stored = (await send(server, 2, 0)).answered;
  const before = await server.memory();
  for (let n = 1; stored < BACKLOG; n++) stored += (await send(server, 4, n)).answered;
  const after = await server.memory();
  await server.stop();
  server = await startPaybell(where, 'handle');
  let most = 0;
  for (let waiting = 1; waiting > 0;) {
    await new Promise((wait) => setTimeout(wait, 500));
    // One question at a time: the answers come without a name.
    most = Math.max(most, await server.memory());
    const { events } = await server.ask<{ events: Record<string, number> }>('counts');
    waiting = events['pending']! + events['processing']! + events['retrying']!;
  }
  const end = await server.memory();
  await server.stop();
  const text = (bytes: number) => `${Math.round(bytes / MB)} MB`;
  console.log(`${kind}: a backlog of ${stored} unprocessed events`);
  console.log(
    `  while it grew ${text(before)} → ${text(after)}; another process works it off: at most ${text(most)}, ${text(end)} at the end`,
  );
}

const send = (server: Served, seconds: number, part: number) =>
  load({
    port: server.port,
    path: PATH,
    secret: SECRET,
    types: TYPES,
    connections: 64,
    seconds,
    from: part * 10_000_000,
  });

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
