import { types as parsers, type ClientBase, type Pool, type PoolClient, type QueryResultRow } from 'pg';
import { Parameters, send } from './parameters.ts';

/** A statement and its name: PostgreSQL plans it once for each connection. */
export interface Statement {
  name: string;
  text: string;
}

/** Runs one of our statements; rows have numbers where the columns are bigint, which all stay below 2^53. */
export type Run = <Row extends QueryResultRow = QueryResultRow>(
  statement: Statement,
  values?: readonly unknown[] | Parameters,
) => Promise<Row[]>;

const INT8 = 20;
const types = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : parsers.getTypeParser(oid, format)) as typeof parsers.getTypeParser,
};

/** Runs statements on a connection, or each on any of a pool; `timeout` is in milliseconds, where there is no other. */
export const runOn =
  (on: Pool | ClientBase, timeout?: number): Run =>
  async <Row extends QueryResultRow>({ name, text }: Statement, values: readonly unknown[] | Parameters = []) => {
    const config = { name, text, types, ...(timeout === undefined ? {} : { query_timeout: timeout }) };
    const { rows } =
      values instanceof Parameters
        ? await send<Row>(on, config, values)
        : await on.query<Row>({ ...config, values: [...values] });
    return rows;
  };

/** Rows as one parameter: a JSON array is cut into columns by the server several times faster than an array of each. */
export const rows = (given: readonly object[]): string => JSON.stringify(given);

/** A record as it is handed out: of its event already. */
export function withoutSeq<Row extends { seq: number }>({ seq, ...record }: Row): Omit<Row, 'seq'> {
  void seq;
  return record;
}

/** Hands out a connection of a pool, and takes it back; one on which anything went wrong is closed. */
export async function withClient<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    return await work(client);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    client.release(failure !== undefined);
  }
}

/** A statement and its parameters. */
export type Step = readonly [Statement, readonly unknown[]];

const BEGIN: Statement = { name: 'paybell_begin', text: 'BEGIN' };
const COMMIT: Statement = { name: 'paybell_commit', text: 'COMMIT' };

/**
 * Runs statements that do not need each other's answers in one round trip, where the connection can. Each still sees
 * what was committed before it began, also while the one before it waited for a lock.
 */
async function together(run: Run, steps: readonly Step[]): Promise<QueryResultRow[][]> {
  const answers = await Promise.allSettled(steps.map(([statement, values]) => run(statement, values)));
  // The first failure is the cause; the others only say that the transaction is aborted.
  const failed = answers.find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return answers.map((answer) => (answer as PromiseFulfilledResult<QueryResultRow[]>).value);
}

/** Reads that belong together, in one round trip; what is not asked for finds nothing. */
export function readTogether(pool: Pool, steps: readonly (Step | undefined)[]): Promise<QueryResultRow[][]> {
  return withClient(pool, async (client) => {
    const found = (
      await together(
        runOn(client),
        steps.filter((step) => step !== undefined),
      )
    ).values();
    return steps.map((step) => (step ? found.next().value! : []));
  });
}

/**
 * A transaction. What `work` returns under `last` needs no answer before the commit, and is sent together with it.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (run: Run) => Promise<{ result: Result; last?: readonly Step[] }>,
): Promise<Result> {
  return withClient(pool, async (client) => {
    const run = runOn(client);
    // Sent with the first statement of `work`: when it fails, that one fails too.
    const begun = run(BEGIN);
    begun.catch(() => {});
    const { result, last = [] } = await work(run);
    await begun;
    await together(run, [...last, [COMMIT, []]]);
    return result;
  });
}

const DEADLOCK = '40P01';
const SERIALIZATION = '40001';
const UNIQUE = '23505';

/**
 * Does it again when PostgreSQL undid it for the sake of another transaction: locks are taken in one order, but not
 * every statement promises its order, and the same event may be proven twice at the same moment.
 */
export async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = 4; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (left === 0 || (code !== DEADLOCK && code !== SERIALIZATION && code !== UNIQUE)) throw error;
    }
}
