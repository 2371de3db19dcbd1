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

type Play = { file: boolean; check: boolean };

/** By the name that `--only` takes. */
const PLAYS: Record<string, Play> = {
  file: { file: true, check: true },
  memory: { file: false, check: true },
  unchecked: { file: true, check: false },
};

/** How long a year of subscriptions takes with its receiver in the same process, and whether its sums agree. */
export async function year({ only }: BenchOptions): Promise<void> {
  const seen = new Set<string>();
  for (const [name, how] of Object.entries(PLAYS))
    if (only.length === 0 || only.includes(name)) seen.add(await play(how));
  if (seen.size > 1) fail('the same seed gave other events');
}

/** Plays the year once and prints what it took; answers what was told, in short. */
async function play({ file, check }: Play): Promise<string> {
  await using ground = createGround();
  using folder = ground.folder();
  await using store = createSqliteStore({ path: file ? join(folder.path, 'paybell.db') : ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET, path: PATH });
  await receiver.start();
  const months: Sums[] = [];
  const monthly: number[] = [];
  const advancing = stopwatch();
  const whole = stopwatch();
  whole.start();
  const { world } = await twelveMonths(
    SUBSCRIPTIONS,
    { check, webhooks: [{ url: `http://127.0.0.1:4242${PATH}`, secret: SECRET, receiver }] },
    {
      async advance(move) {
        const began = performance.now();
        advancing.start();
        await move();
        advancing.stop();
        monthly.push(performance.now() - began);
      },
      month: (sums) => void months.push(sums),
    },
  );
  await receiver.idle();
  whole.stop();
  const { counters } = await receiver.status();
  const where = `${file ? 'an SQLite file' : 'SQLite in memory'}, checks ${check ? 'on' : 'off'}`;
  console.log(`\n${SUBSCRIPTIONS} subscriptions, twelve months, ${where}  (${process.version})`);
  console.log(`  advancing       ${advancing.text()}`);
  console.log(`  month by month  ${monthly.map((ms) => (ms / 1e3).toFixed(1)).join(' ')} s`);
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
