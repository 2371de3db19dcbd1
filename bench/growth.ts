import { createPostgresStore } from '../src/store/postgres/index.ts';
import { createSqliteStore } from '../src/store/sqlite/index.ts';
import { join } from 'node:path';
import { Client } from 'pg';
import { readEnvelope } from '../src/receiver/envelope.ts';
import { candidateOf } from '../src/receiver/shortcut.ts';
import type { IncomingEvent, Store } from '../src/store/store.ts';
import { createGround, sqlite, startPaybell } from './contenders.ts';
import { templates } from './events.ts';
import type { BenchOptions } from './main.ts';
import { median } from './report.ts';
import { untilDone } from './sustain.ts';

const SIZES = [10_000, 1_000_000];
const BATCH = 1_000;

/** How fast events are received, mirrored and handled when there are many already. */
export async function growth({ seconds, rounds, only, postgres }: BenchOptions): Promise<void> {
  await using ground = createGround(postgres);
  const mix = ['charge.succeeded', 'customer.updated', 'invoice.paid'];
  for (const kind of ['SQLite', 'PostgreSQL']) {
    if (only.length > 0 && !only.includes(kind)) continue;
    using folder = ground.folder();
    const rates: number[] = [];
    let stored = 0;
    const where = kind === 'SQLite' ? join(folder.path, 'paybell.db') : await ground.database();
    for (const size of SIZES) {
      const began = performance.now();
      await fill(where, stored, size);
      await tidy(where);
      stored = size;
      const filled = ((performance.now() - began) / 1000).toFixed(0);
      const results: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await ground.settle();
        const server = await startPaybell(where, 'handle');
        const from = 1_000_000_000 * (SIZES.indexOf(size) + 1) + 10_000_000 * round;
        const { answered, seconds: took } = await untilDone(server, sqlite('handle'), mix, seconds, {
          from,
          stored: size,
        });
        await server.stop();
        results.push(answered / took);
      }
      rates.push(median(results));
      console.log(
        `  ${kind.padEnd(11)} ${String(size).padStart(9)} stored  ${String(Math.round(rates.at(-1)!)).padStart(6)}/s  (filled in ${filled} s)`,
      );
    }
    console.log(`  ${kind.padEnd(11)} ratio ${(rates[1]! / rates[0]!).toFixed(2)}`);
  }
}

/** What a fill in a minute leaves for the server to do, and weeks of receiving would have had done on the way. */
async function tidy(where: string): Promise<void> {
  if (!where.startsWith('postgres')) return;
  const client = new Client({ connectionString: where });
  await client.connect();
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
  await client.end();
}

/** Stores finished events about one object each, from number `from` to `to`. */
async function fill(where: string, from: number, to: number): Promise<void> {
  const store: Store = where.startsWith('postgres')
    ? await createPostgresStore({ url: where })
    : createSqliteStore({ path: where });
  const [template] = templates(['customer.updated']);
  const settings = { mirror: true, redact: undefined, store } as const;
  for (let n = from; n < to; n += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, to - n) }, (_, i): IncomingEvent => {
      const receivedAt = Date.now();
      const payload = Buffer.from(template!.make(n + i, Math.floor(receivedAt / 1000)));
      const event = { ...readEnvelope(payload)!, proof: 'signature bench', payload, receivedAt };
      return {
        ...event,
        shortcut: { mirror: candidateOf(event, JSON.parse(payload.toString()), settings)?.mirror, step: 'finish' },
      };
    });
    await store.receive({ events, refused: [], keepRefused: 1 });
    if (n % 100_000 === 0) process.stderr.write(`  ${n} of ${to}\r`);
  }
  await store.close();
}
