import { createPostgresStore } from '../src/store/postgres/index.ts';
import { createSqliteStore } from '../src/store/sqlite/index.ts';
import { join } from 'node:path';
import { Client } from 'pg';
import { readEnvelope } from '../src/receiver/envelope.ts';
import { candidateOf } from '../src/receiver/shortcut.ts';
import type { IncomingEvent, Store } from '../src/store/store.ts';
import { createGround, sqlite, startPaybell } from './contenders.ts';
import { idText, templates } from './events.ts';
import type { BenchOptions } from './main.ts';
import { median } from './report.ts';
import { untilDone } from './sustain.ts';

const SIZES = [10_000, 1_000_000];
const BATCH = 1_000;
const MIX = ['charge.succeeded', 'customer.updated', 'invoice.paid'];

/**
 * How fast events are received, mirrored and handled when there are many already, beside the rate with few: both are
 * filled first and then measured in turn, for the machine has slower minutes.
 */
export async function growth({ seconds, rounds, only, postgres }: BenchOptions): Promise<void> {
  await using ground = createGround(postgres);
  for (const kind of ['SQLite', 'PostgreSQL']) {
    if (only.length > 0 && !only.includes(kind)) continue;
    using folder = ground.folder();
    const grounds: { size: number; where: string; rates: number[] }[] = [];
    for (const size of SIZES) {
      const where = kind === 'SQLite' ? join(folder.path, `${size}.db`) : await ground.database();
      await fill(where, size);
      grounds.push({ size, where, rates: [] });
    }
    for (let round = 1; round <= rounds; round++)
      for (const { size, where, rates } of grounds) {
        for (const each of grounds) await tidy(each.where);
        await ground.settle();
        const server = await startPaybell(where, 'handle');
        const already = { from: 1_000_000_000 + 10_000_000 * round, stored: size };
        const { answered, seconds: took } = await untilDone(server, sqlite('handle'), MIX, seconds, already);
        await server.stop();
        rates.push(answered / took);
      }
    for (const { size, rates } of grounds)
      console.log(
        `  ${kind.padEnd(11)} ${String(size).padStart(9)} stored  ${String(Math.round(median(rates))).padStart(6)}/s  (${rates.map(Math.round).join(', ')})`,
      );
    const [few, many] = grounds.map(({ rates }) => median(rates));
    console.log(`  ${kind.padEnd(11)} ratio ${(many! / few!).toFixed(2)}`);
  }
}

/** What a fill in a minute leaves for the server to do, and the round before: weeks of receiving would have had it done on the way. */
async function tidy(where: string): Promise<void> {
  if (!where.startsWith('postgres')) return;
  const client = new Client({ connectionString: where });
  await client.connect();
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
  await client.end();
}

/** Stores so many finished events about one object each. */
async function fill(where: string, size: number): Promise<void> {
  const store: Store = where.startsWith('postgres')
    ? await createPostgresStore({ url: where })
    : createSqliteStore({ path: where });
  const [template] = templates(['customer.updated']);
  const settings = { mirror: true, redact: undefined, store } as const;
  for (let n = 0; n < size; n += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, size - n) }, (_, i): IncomingEvent => {
      const receivedAt = Date.now();
      const payload = Buffer.from(
        template!.make(idText(n + i, Math.floor(receivedAt / 1000)), Math.floor(receivedAt / 1000)),
      );
      const event = { ...readEnvelope(payload)!, proof: 'signature bench', payload, receivedAt };
      return {
        ...event,
        shortcut: { mirror: candidateOf(event, JSON.parse(payload.toString()), settings)?.mirror, step: 'finish' },
      };
    });
    await store.receive({ events, refused: [], keepRefused: 1 });
    if (n % 100_000 === 0) process.stderr.write(`  ${n} of ${size}\r`);
  }
  await store.close();
}
