import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { JsonObject } from '../src/base/json.ts';
import type { LoggedEvent } from '../src/emulator/index.ts';
import { createReceiver } from '../src/receiver/index.ts';
import { compareMirror } from '../src/scenarios/receive.ts';
import { createSqliteStore } from '../src/store/sqlite/index.ts';
import { createGround, PATH, SECRET } from './contenders.ts';
import type { BenchOptions } from './main.ts';
import { disagreements, twelveMonths, type Sums } from './twelve-months.ts';

const SUBSCRIPTIONS = 1_000;

/** How long a year of subscriptions takes with its receiver in the same process, and whether its sums agree. */
export async function year({ only }: BenchOptions): Promise<void> {
  const seen = new Set<string>();
  for (const name of ['checks off', 'checks on']) {
    if (only.length > 0 && !only.includes(name)) continue;
    seen.add(await play(name, name === 'checks on'));
  }
  if (seen.size > 1) fail('the same seed gave other events');
}

/** Plays the year once and prints what it took; answers what was told, in short. */
async function play(name: string, check: boolean): Promise<string> {
  await using ground = createGround();
  using folder = ground.folder();
  await using store = createSqliteStore({ path: join(folder.path, 'paybell.db') });
  await using receiver = createReceiver({ store, secrets: SECRET, path: PATH });
  await receiver.start();
  const send = (request: Request) => receiver.fetch(request);
  const months: Sums[] = [];
  const advancing = stopwatch();
  const whole = stopwatch();
  whole.start();
  const { world } = await twelveMonths(
    SUBSCRIPTIONS,
    { check, webhooks: [{ url: `http://127.0.0.1:4242${PATH}`, secret: SECRET, send }] },
    {
      async advance(move) {
        advancing.start();
        await move();
        advancing.stop();
      },
      month: (sums) => void months.push(sums),
    },
  );
  await receiver.idle();
  whole.stop();
  const { counters } = await receiver.status();
  console.log(`\n${SUBSCRIPTIONS} subscriptions, twelve months, ${name}  (${process.version})`);
  console.log(`  advancing       ${advancing.text()}`);
  console.log(`  with all calls  ${whole.text()}`);
  console.log(`  ${world.log.all.length} events, ${counters.stored} stored, ${counters.duplicates} duplicates`);
  console.log(`  paid by month: ${months.map(({ invoices }) => (invoices / 100).toFixed(2)).join(' ')}`);
  months.forEach((sums, i) => disagreements(sums).forEach((what) => fail(`month ${i + 1}: ${what}`)));
  if (counters.stored !== world.log.all.length) fail('not every event was stored');
  const { differences } = await compareMirror(store, world.log.truth());
  differences.slice(0, 5).forEach((what) => fail(`mirror: ${what}`));
  return digest(world.log.all);
}

/** Adds up how much time goes by while it runs, and how much of the processors'. */
function stopwatch() {
  let [wall, cpu] = [0, 0];
  const add = (sign: 1 | -1) => {
    const { user, system } = process.cpuUsage();
    wall += sign * performance.now();
    cpu += sign * (user + system);
  };
  return {
    start: () => add(-1),
    stop: () => add(1),
    text: () => `${(wall / 1e3).toFixed(1)} s, ${(cpu / 1e6).toFixed(1)} s of processor time`,
  };
}

function digest(told: readonly LoggedEvent[]): string {
  const hash = createHash('sha256');
  // The SDK makes up its idempotency keys; everything else repeats.
  for (const { event } of told)
    hash.update(JSON.stringify({ ...event, request: (event['request'] as JsonObject)['id']! }));
  return hash.digest('hex');
}

function fail(what: string): void {
  console.log(`  WRONG: ${what}`);
  process.exitCode = 1;
}
