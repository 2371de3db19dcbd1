import { Client, Pool, type ClientBase, type PoolConfig } from 'pg';
import { PaybellError } from '../../base/errors.ts';

/** Where the database is and how it may be used. */
export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`. */
  url?: string | undefined;
  /** Anything `pg` takes to connect (`host`, `password`, `ssl`, …), instead of `url` or besides it. */
  connection?: PoolConfig | undefined;
  /** Connections that store deliveries: 2 by default. */
  ingestConnections?: number | undefined;
  /** Connections that claim, settle and read: 4 by default. */
  workConnections?: number | undefined;
  /** Connections for `ctx.tx`, opened when it is used: 10 by default. A handler holds one from its first use to its end. */
  effectConnections?: number | undefined;
  /** After how many milliseconds a statement of our own is an error: 10,000 by default. */
  statementTimeout?: number | undefined;
  /** For a process that only looks: nothing is created, migrated or written. */
  readOnly?: boolean | undefined;
  /** For tests: take also a database that may forget what it committed (`fsync` or `synchronous_commit` off). */
  unsafe?: boolean | undefined;
}

/** Three pools, so that neither slow handlers nor reports ever keep a delivery waiting. */
export interface Connections {
  ingest: Pool;
  work: Pool;
  effects: Pool;
  /** After how many milliseconds the answer to a statement of ours is given up. */
  timeout: number;
  /** A connection of its own, without timeouts when `patient`. */
  single(options?: { patient?: boolean }): Promise<Client>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT = 5_000;
const IDLE_TIMEOUT = 60_000;

/** Prepares the pools; connects only when they are used. `onProblem` is told of idle connections that break. */
export function connections(
  options: ConnectionOptions,
  onProblem: (what: string, error: unknown) => void,
): Connections {
  const { statementTimeout = 10_000, readOnly = false, unsafe = false } = options;
  const base: PoolConfig = {
    application_name: 'paybell',
    ...options.connection,
    ...(options.url === undefined ? {} : { connectionString: options.url }),
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT, statementTimeout),
    idleTimeoutMillis: IDLE_TIMEOUT,
    keepAlive: true,
  };
  // Besides the server's own timeout, for a server that does not even say that.
  const timeout = statementTimeout + 2_000;
  const quick = { query_timeout: timeout, pipeline: true };
  const own = sessionSql(statementTimeout) + (readOnly ? 'SET default_transaction_read_only = on;' : '');

  function pool(config: PoolConfig, prepare: string): Pool {
    const made = new Pool({
      ...base,
      ...config,
      verify: (client, done) => void prepared(client, prepare, unsafe).then(() => done(), done),
    });
    // Between two owners a connection has no listener of the pool's, and would end the process when it breaks.
    made.on('connect', (client) => client.on('error', () => {}));
    made.on('error', (error) => {
      // `pg` hangs the whole client on it, which nobody wants in a log.
      delete (error as { client?: unknown }).client;
      if (!made.ending) onProblem('a connection to PostgreSQL broke', error);
    });
    return made;
  }
  const ingest = pool({ ...quick, max: options.ingestConnections ?? 2 }, own);
  const work = pool({ ...quick, max: options.workConnections ?? 4 }, own);
  // What runs there is the user's: its statements take as long as they take, and are planned as he is used to.
  const effects = pool({ max: options.effectConnections ?? 10 }, KEEPALIVE);

  return {
    ingest,
    work,
    effects,
    timeout,
    async single({ patient = false } = {}) {
      const client = new Client(patient ? { ...base, query_timeout: 0, statement_timeout: 0 } : base);
      client.on('error', () => {});
      await client.connect();
      try {
        await prepared(client, KEEPALIVE, unsafe);
      } catch (error) {
        await client.end();
        throw error;
      }
      return client;
    },
    async close() {
      await Promise.all([ingest, work, effects].map((one) => one.end()));
    },
  };
}

/** A machine that vanishes must not hold its locks for the two hours that TCP waits by default. */
const KEEPALIVE = 'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;';

/**
 * Every statement of ours finds its rows by an index. Plans are made once, often when the tables are still empty and a
 * scan looks cheap; without these settings such a plan stays for a minute, and reads 100,000 rows for each of ours. Left
 * to choose, the server would plan the storing of events anew for each commit: a fifth of its cost. For the same reason
 * no statement joins what it is given with a table: analysed while it was empty, a table is read as a whole by an index, for
 * each of the given rows, also when it has 200,000. Rows are looked up by `= ANY`, by a subselect that gives one value,
 * or with LATERAL and OFFSET 0.
 */
const sessionSql = (timeout: number): string => `
  SET statement_timeout = ${timeout}; SET lock_timeout = ${Math.ceil(timeout / 2)};
  SET idle_in_transaction_session_timeout = ${timeout};
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
  SET jit = off; SET plan_cache_mode = force_generic_plan;
  ${KEEPALIVE}`;

async function prepared(client: ClientBase, sql: string, unsafe: boolean): Promise<void> {
  await client.query(sql);
  if (!unsafe) await assertDurable(client);
}

/** Reads back whether a commit is on the disk when it is answered; throws `store_unsafe` when it is not. */
export async function assertDurable(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(/* sql */ `
    SELECT name FROM unnest(ARRAY['synchronous_commit', 'fsync']) AS name WHERE current_setting(name) = 'off'`);
  for (const { name } of rows)
    throw new PaybellError('store_unsafe', `${name} reads off, and must not; set it for the role or the server.`);
}
