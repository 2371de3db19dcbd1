import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';
import { aCharge, anEvent, bodyOf, NOW, SECRET } from '../receiver/events.ts';
import { postgresServer } from '../postgres-server.ts';

const PROCESSES = 4;
const OBJECTS = 50;
const EVENTS = 2_000;
/** Deliveries a second: slow enough for several processes to die under load. */
const RATE = 300;

interface Running {
  child: ChildProcess;
  port: number;
}

async function run(url: string): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'postgres/process.ts'), [url], { execArgv: [] });
  const [port] = (await once(child, 'message')) as [number];
  return { child, port };
}

/** Delivers as Stripe does: to anyone, again and again, until somebody answers 200. */
async function deliver(processes: readonly Running[], event: ReturnType<typeof anEvent>, turn: number): Promise<void> {
  const body = bodyOf(event);
  const headers = { 'stripe-signature': signatureHeader(body, [SECRET], NOW) };
  for (let attempt = turn; ; attempt += 1) {
    const { port } = processes[attempt % processes.length]!;
    const response = await fetch(`http://127.0.0.1:${port}/payments/webhook/`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers,
    }).catch(() => undefined);
    if (response?.status === 200) return;
    await sleep(50);
  }
}

test('four processes, one of them killed every second: nothing is lost, done twice, or done out of turn', async () => {
  await using server = await postgresServer();
  const url = await server.database();
  const notes = new Pool({ connectionString: url, max: 2 });
  notes.on('error', () => {});
  await notes.query(`
    CREATE TABLE runs (run serial, event text, object text, pid integer,
                       started timestamptz DEFAULT clock_timestamp(), ended timestamptz);
    CREATE TABLE effects (event text, object text);
    CREATE TABLE kills (pid integer, at timestamptz DEFAULT clock_timestamp())`);
  // All of them start on an empty database at once.
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => run(url)));
  const load = { busy: true };
  let kills = 0;
  const killing = (async () => {
    const starting: Promise<unknown>[] = [];
    while (load.busy) {
      await sleep(1_000);
      // A process takes a second or more to start; two at least stay up.
      if (processes.length <= PROCESSES - 2) continue;
      const { child } = processes.shift()!;
      const ended = once(child, 'exit');
      // Noted first: others take over from it the moment it is gone.
      await notes.query('INSERT INTO kills (pid) VALUES ($1)', [child.pid]);
      child.kill('SIGKILL');
      await ended;
      kills += 1;
      starting.push(run(url).then((started) => processes.push(started)));
    }
    await Promise.all(starting);
  })();

  const begun = performance.now();
  const sent = Array.from({ length: EVENTS }, (_, i) =>
    anEvent({
      id: `evt_${i}`,
      type: 'charge.updated',
      created: NOW + i,
      object: aCharge({ id: `ch_${i % OBJECTS}`, description: `${i}` }),
    }),
  );
  await Promise.all(
    sent.map(async (event, i) => {
      await sleep((i / RATE) * 1_000);
      await deliver(processes, event, i);
      // Some come twice, as at Stripe.
      if (i % 10 === 0) await deliver(processes, event, i + 1);
    }),
  );
  load.busy = false;
  await killing;

  await using store = await createPostgresStore({ url });
  const open = async () => {
    const { pending, processing, retrying } = (await store.counts()).events;
    return pending + processing + retrying;
  };
  while ((await open()) > 0 && performance.now() - begun < 60_000) await sleep(100);
  for (const { child } of processes) child.kill('SIGKILL');
  expect(kills).toBeGreaterThan(2);
  expect((await store.counts()).events).toMatchObject({
    done: EVENTS,
    dead: 0,
    pending: 0,
    processing: 0,
    retrying: 0,
  });

  const { rows: effects } = await notes.query<{ event: string; n: string }>(
    'SELECT event, count(*) AS n FROM effects GROUP BY event',
  );
  expect(effects.filter(({ n }) => n !== '1')).toEqual([]);
  expect(new Set(effects.map(({ event }) => event))).toEqual(new Set(sent.map(({ id }) => id)));

  // A run that was cut off lasted, at the longest, until its process was seen to be gone.
  const { rows: together } = await notes.query(`
    WITH r AS (SELECT run, event, object, started, coalesce(ended, (SELECT at FROM kills WHERE kills.pid = runs.pid), 'infinity') AS ended FROM runs)
    SELECT a.event AS one, b.event AS other FROM r a JOIN r b ON a.object = b.object AND a.run < b.run
    WHERE a.started < b.ended AND b.started < a.ended`);
  expect(together).toEqual([]);
  const { rows: again } = await notes.query<{ runs: string; cut: string }>(
    'SELECT count(*) AS runs, count(*) FILTER (WHERE ended IS NULL) AS cut FROM runs',
  );
  expect(Number(again[0]!.runs)).toBeGreaterThanOrEqual(EVENTS);
  // Otherwise nobody was killed while at work, and this has shown nothing.
  expect(Number(again[0]!.cut)).toBeGreaterThan(0);
  await notes.end();
}, 90_000);
