import {
  bare,
  createGround,
  least,
  PATH,
  postgres,
  SECRET,
  sqlite,
  syncEngine,
  type Contender,
  type Ground,
} from './contenders.ts';
import type { LoadResult } from './load.ts';
import type { BenchOptions } from './main.ts';
import { load, WARM_UP, type Served } from './process.ts';
import { median, table, type Line } from './report.ts';

type Outcome = LoadResult & { note: string };

/** How fast deliveries are answered: side by side, rounds interleaved, an empty store each. */
export async function ingest(options: BenchOptions): Promise<void> {
  await using ground = createGround(options.postgres);
  await compare(
    'Answering: 64 connections, signed charge.succeeded of 3 KB, distinct ids',
    bare,
    ['charge.succeeded'],
    options,
    ground,
    [
      bare,
      least.file,
      least.sqlite,
      least.postgres,
      sqlite('later', 'paybell, SQLite FULL, mirror later'),
      postgres('later', 'paybell, PostgreSQL, mirror later'),
    ],
  );
  const mix = ['charge.succeeded', 'customer.updated', 'invoice.paid'];
  await compare(
    'Event and mirror row in one commit, beside the peer: a mix of three types',
    syncEngine,
    mix,
    options,
    ground,
    [syncEngine, least.mirrored, sqlite('work'), postgres('work')],
  );
}

/** Loads each contender in turn, several rounds, and prints their rates beside that of `base`. */
export async function compare(
  title: string,
  base: Contender,
  types: string[],
  { seconds, rounds, only }: BenchOptions,
  ground: Ground,
  contenders: Contender[],
  measure = answering,
): Promise<void> {
  const chosen = contenders.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  const results = new Map<string, Outcome[]>();
  for (let round = 0; round < rounds; round++)
    for (const contender of chosen) {
      using folder = ground.folder();
      await ground.drop();
      await ground.settle();
      const server = await contender.start(folder.path, ground);
      try {
        const outcome = await measure(server, contender, types, seconds);
        results.set(contender.name, [...(results.get(contender.name) ?? []), outcome]);
      } finally {
        await server.stop();
      }
    }
  const rate = (name: string) => median((results.get(name) ?? []).map(({ answered, seconds }) => answered / seconds));
  const lines: Line[] = chosen.map(({ name }) => {
    const all = results.get(name)!;
    const failed = all.reduce((sum, each) => sum + each.failed, 0);
    return {
      name,
      perSecond: rate(name),
      ratio: results.has(base.name) ? (rate(name) / rate(base.name)).toFixed(2) : '',
      p50: median(all.map(({ p50 }) => p50)),
      p99: median(all.map(({ p99 }) => p99)),
      note: `${all.at(-1)!.note}${failed ? `; ${failed} failed` : ''}`,
    };
  });
  table(title, lines, await ground.server());
}

async function answering(server: Served, { stores }: Contender, types: string[], seconds: number): Promise<Outcome> {
  const order = { port: server.port, path: PATH, secret: SECRET, types, connections: 64 };
  const warm = await load({ ...order, seconds: WARM_UP, from: 0 });
  const result = await load({ ...order, seconds, from: 1_000_000 });
  return { ...result, note: stores ? await everythingStored(server, warm.answered + result.answered) : '' };
}

/** Throws when an answered event is not stored; says how many were still to be worked on. */
export async function everythingStored(server: Served, answered: number): Promise<string> {
  const { events } = await server.ask<{ events: Record<string, number> }>('counts');
  const stored = Object.values(events).reduce((sum, count) => sum + count, 0);
  if (stored < answered) throw new Error(`${answered} answered 200, and only ${stored} are stored`);
  return `${stored} stored, ${events['pending'] ?? 0} waiting`;
}
