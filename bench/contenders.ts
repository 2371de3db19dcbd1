import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { installOnce } from '../test/installed.ts';
import { ownServer, query } from '../test/postgres-server.ts';
import { startServer, type Served } from './process.ts';

export const SECRET = 'whsec_bench00000000000000000000000000';
export const PATH = '/payments/webhook/';

/** What every contender gets for one round: an empty folder, an empty database, the peer's modules. */
export type Ground = AsyncDisposable & {
  folder(): { path: string } & Disposable;
  database(): Promise<string>;
  /** Which PostgreSQL that is, and how it packs what is large; undefined when no contender asked for it. */
  server(): Promise<string | undefined>;
  /** Has the disk done with what the last contender left to be written. */
  settle(): Promise<void>;
  /** Drops the databases of former contenders: the server would go on to vacuum them while others are measured. */
  drop(): Promise<void>;
  peer(): Promise<string>;
};

export type Contender = {
  name: string;
  /** Whether it stores events, so that every answered one must be there. */
  stores: boolean;
  start(folder: string, ground: Ground): Promise<Served>;
};

/**
 * How ours runs: `work` as `paybell serve` does, `later` with the mirror left to the worker, `handle` with a no-op
 * handler besides, `idle` without a worker.
 */
export type Mode = 'work' | 'later' | 'handle' | 'idle';

export const bare: Contender = { name: 'bare node:http', stores: false, start: () => startServer('bare') };

/** A commit, and nothing else that makes a receiver: how near to `bare` this machine's disk lets anything come. */
export const least: Record<'file' | 'sqlite' | 'postgres' | 'mirrored', Contender> = {
  file: {
    name: 'verified, appended to a file, synced',
    stores: true,
    start: (folder) => startServer('least', [join(folder, 'least.log'), SECRET]),
  },
  sqlite: {
    name: 'verified, one table on SQLite FULL',
    stores: true,
    start: (folder) => startServer('least', [join(folder, 'least.db'), SECRET]),
  },
  postgres: {
    name: 'verified, one table on PostgreSQL',
    stores: true,
    start: async (_, ground) => startServer('least', [await ground.database(), SECRET]),
  },
  mirrored: {
    name: 'verified, two tables on PostgreSQL',
    stores: true,
    start: async (_, ground) => startServer('least', [await ground.database(), SECRET, 'mirror']),
  },
};

export const sqlite = (mode: Mode, name = 'paybell, SQLite FULL'): Contender => ({
  name,
  stores: true,
  start: (folder) => startPaybell(join(folder, 'paybell.db'), mode),
});

/** Ours, on a file or a database that may hold something already. */
export const startPaybell = (where: string, mode: Mode): Promise<Served> =>
  startServer('paybell', [where, SECRET, mode]);

export const postgres = (mode: Mode, name = 'paybell, PostgreSQL'): Contender => ({
  name,
  stores: true,
  start: async (_, ground) => startPaybell(await ground.database(), mode),
});

export const syncEngine: Contender = {
  name: '@supabase/stripe-sync-engine 0.48.5',
  stores: false,
  start: async (_, ground) => startServer('sync-engine', [await ground.database(), SECRET, await ground.peer()]),
};

/** A PostgreSQL server on the load's core, made when the first contender asks for it, from these binaries. */
export function createGround(binaries?: string): Ground {
  let server: Promise<Awaited<ReturnType<typeof ownServer>> & { admin: string }> | undefined;
  let made: string[] = [];
  const pinned = async () => {
    server ??= ownServer({ binaries }).then(async (started) => {
      if (process.platform === 'linux') spawnSync('taskset', ['-acp', '1', String(started.own.pid())]);
      const admin = await started.database();
      await command(admin, AGED);
      return { ...started, admin };
    });
    return server;
  };
  return {
    folder() {
      const path = mkdtempSync(join(tmpdir(), 'paybell-bench-'));
      return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
    },
    async database() {
      const url = await (await pinned()).database();
      made.push(url);
      return url;
    },
    async server() {
      if (!server) return undefined;
      const [about] = await query((await server).admin, ABOUT);
      return String(about!['about']);
    },
    async settle() {
      if (server) await command((await server).admin, ['CHECKPOINT']);
      spawnSync('sync');
    },
    async drop() {
      const names = made.map((url) => new URL(url).pathname.slice(1));
      made = [];
      if (server && names.length > 0)
        await command(
          (await server).admin,
          names.map((name) => `DROP DATABASE ${name} WITH (FORCE)`),
        );
    },
    peer: () => installOnce('sync-engine', ['@supabase/stripe-sync-engine@0.48.5', 'stripe@23.1.0']),
    async [Symbol.asyncDispose]() {
      await (await server)?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * Makes a new server one that has been at work: it has segments of its log to use again. Until then it fills each of them
 * with zeros first, which was measured to take a third of the rate and to double the 99th percentile, of the peer's, too.
 */
const AGED = [
  `SELECT count(pg_logical_emit_message(false, 'bench', repeat('x', 100000))) FROM generate_series(1, 7000)`,
  'CHECKPOINT',
];

/** As the store chooses: lz4 where the server has it. */
const ABOUT = `
  SELECT 'PostgreSQL ' || current_setting('server_version') || ', '
         || CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END AS about
  FROM pg_settings WHERE name = 'default_toast_compression'`;

async function command(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
