import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult } from './load.ts';
import type { BenchOptions } from './main.ts';
import { load, startServer, type Served } from './process.ts';
import { median, table, type Line } from './report.ts';

const SECRET = 'whsec_bench00000000000000000000000000';
const PATH = '/payments/webhook/';

type Contender = {
  name: string;
  start(folder: string): Promise<Served>;
  check?: (server: Served, answered: number) => Promise<string>;
};

const CONTENDERS: Contender[] = [
  { name: 'bare node:http', start: () => startServer('bare') },
  {
    name: 'paybell, SQLite FULL',
    start: (folder) => startServer('paybell-sqlite', [join(folder, 'p.db'), SECRET]),
    check: everythingStored,
  },
  {
    name: 'paybell, SQLite FULL, no worker',
    start: (folder) => startServer('paybell-sqlite', [join(folder, 'p.db'), SECRET, 'idle']),
    check: everythingStored,
  },
];

/** How fast deliveries are answered: side by side, rounds interleaved, a fresh store each. */
export async function ingest({ seconds, rounds, only }: BenchOptions): Promise<void> {
  const contenders = CONTENDERS.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  const results = new Map<string, (LoadResult & { note: string })[]>();
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const folder = mkdtempSync(join(tmpdir(), 'paybell-bench-'));
      const server = await contender.start(folder);
      try {
        const order = { port: server.port, path: PATH, secret: SECRET, types: ['charge.succeeded'], connections: 64 };
        const warm = await load({ ...order, seconds: 1, from: 0 });
        const result = await load({ ...order, seconds, from: 1_000_000 });
        const note = (await contender.check?.(server, warm.answered + result.answered)) ?? '';
        results.set(contender.name, [...(results.get(contender.name) ?? []), { ...result, note }]);
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    }
  const rate = (name: string) => median((results.get(name) ?? []).map(({ answered, seconds }) => answered / seconds));
  const base = rate(CONTENDERS[0]!.name);
  const lines: Line[] = contenders.map(({ name }) => {
    const all = results.get(name)!;
    return {
      name,
      perSecond: rate(name),
      ratio: Number.isNaN(base) ? '' : (rate(name) / base).toFixed(2),
      p50: median(all.map(({ p50 }) => p50)),
      p99: median(all.map(({ p99 }) => p99)),
      note: `${all.at(-1)!.note}${all.some(({ failed }) => failed) ? ` failed: ${all.map(({ failed }) => failed).join(', ')}` : ''}`,
    };
  });
  table('Answering deliveries: 64 connections, signed events of about 3 KB, distinct ids', lines);
}

async function everythingStored(server: Served, answered: number): Promise<string> {
  const { events } = await server.ask<{ events: Record<string, number> }>('counts');
  const stored = Object.values(events).reduce((sum, count) => sum + count, 0);
  if (stored < answered) throw new Error(`${answered} answered 200, and only ${stored} are stored`);
  return `stored ${stored}, waiting ${events['pending']}`;
}
