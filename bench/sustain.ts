import { createGround, PATH, postgres, SECRET, sqlite, syncEngine, type Contender } from './contenders.ts';
import { compare, everythingStored } from './ingest.ts';
import { graphile } from './graphile.ts';
import type { BenchOptions } from './main.ts';
import { load, WARM_UP, type Served } from './process.ts';

/**
 * Received, stored, mirrored and handled by a no-op handler, nothing piling up: the time runs until the last event is
 * done, not until it is answered.
 */
export async function sustain(options: BenchOptions): Promise<void> {
  await using ground = createGround(options.postgres);
  const mix = ['charge.succeeded', 'customer.updated', 'invoice.paid'];
  await compare(
    'Received, mirrored and handled',
    syncEngine,
    mix,
    options,
    ground,
    [syncEngine, sqlite('handle'), postgres('handle')],
    untilDone,
  );
  if (only(options, 'graphile')) await graphile(ground);
}

const only = ({ only }: BenchOptions, name: string): boolean =>
  only.length === 0 || only.some((part) => name.includes(part));

export async function untilDone(
  server: Served,
  { stores }: Contender,
  types: string[],
  seconds: number,
  { from, stored }: { from: number; stored: number } = { from: 0, stored: 0 },
) {
  const order = { port: server.port, path: PATH, secret: SECRET, types, connections: 64 };
  const warm = await load({ ...order, seconds: WARM_UP, from });
  if (stores) await finished(server);
  const result = await load({ ...order, seconds, from: from + 1_000_000 });
  if (!stores) return { ...result, note: '' };
  await finished(server);
  // From the first delivery on: what the load's own process took to start is nobody's work.
  const took = (performance.timeOrigin + performance.now() - result.began) / 1000;
  const note = await everythingStored(server, stored + warm.answered + result.answered);
  return { ...result, seconds: took, note };
}

async function finished(server: Served): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    if (await server.ask<boolean>('idle')) return;
    await new Promise((wait) => setTimeout(wait, 20));
  }
  throw new Error('the backlog never ended');
}
