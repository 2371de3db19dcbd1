import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installOnce } from '../test/installed.ts';
import type { Ground } from './contenders.ts';

const JOBS = 20_000;

type Runner = { stop(): Promise<void> };
type Graphile = {
  runMigrations(options: object): Promise<void>;
  run(options: object): Promise<Runner>;
};

/** A job queue's own rate with a no-op job, for comparison: nothing is received, verified, stored or mirrored. */
export async function graphile(ground: Ground): Promise<void> {
  const modules = await installOnce('graphile-worker', ['graphile-worker@0.18.0', 'pg@8.16.3']);
  const require = createRequire(join(modules, 'x.cjs'));
  const { run, runMigrations } = require('graphile-worker') as Graphile;
  const { Client, Pool } = require('pg') as typeof import('pg');
  const url = await ground.database();
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  const logger = new (require('graphile-worker').Logger)(() => (level: keyof typeof silent) => silent[level]?.());
  await runMigrations({ connectionString: url, logger });
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  if (process.platform === 'linux') spawnSync('taskset', ['-cp', '0', String(process.pid)]);
  for (const [name, options] of [
    ['ten workers', { concurrency: 10 }],
    ['ten workers, local queue', { concurrency: 10, preset: { worker: { localQueue: { size: 500 } } } }],
  ] as const) {
    await client.query(
      `SELECT graphile_worker.add_jobs(array_agg(json_populate_record(null::graphile_worker.job_spec, '{"identifier":"noop"}')))
       FROM generate_series(1, $1)`,
      [JOBS],
    );
    // Its own to end: the worker leaves the pool that it makes open.
    const pool = new Pool({ connectionString: url, max: 12 });
    pool.on('error', () => {});
    pool.on('connect', (one) => void one.on('error', () => {}));
    let done = 0;
    const finished = Promise.withResolvers<void>();
    const began = performance.now();
    const noop = () => {
      done += 1;
      if (done === JOBS) finished.resolve();
    };
    const runner = await run({ pgPool: pool, logger, noHandleSignals: true, taskList: { noop }, ...options });
    await finished.promise;
    const seconds = (performance.now() - began) / 1000;
    await runner.stop();
    await pool.end();
    console.log(
      `  ${`graphile-worker, a no-op job, ${name}`.padEnd(56)} ${String(Math.round(JOBS / seconds)).padStart(7)}/s`,
    );
  }
  await client.end();
}
