import type { Pool, PoolClient } from 'pg';
import { runOn, type Run } from './query.ts';

/** A connection, and how many statements are under way on it. */
interface Shared {
  client: Promise<PoolClient>;
  /** Whether the pool has handed it out. */
  here: boolean;
  users: number;
  broken: boolean;
}

/**
 * Runs statements on one connection of a pool, which they share for as long as some are under way: the server then has
 * the next statement already when it is done with one, and does them in the order in which they were sent. One that
 * fails takes the connection with it, as soon as the others there have ended.
 */
export function sharing(pool: Pool): Run {
  let open: Shared | undefined;

  function joined(): Shared {
    // Whoever waits for a connection would wait for ever, if all it took were statements that overlap.
    if (open && !open.broken && !(open.here && pool.waitingCount > 0)) return open;
    const made: Shared = { client: pool.connect(), here: false, users: 0, broken: false };
    return (open = made);
  }

  async function leave(shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (open === shared) open = undefined;
    const client = await shared.client.catch(() => undefined);
    client?.release(shared.broken);
  }

  return async (statement, values) => {
    const shared = joined();
    shared.users += 1;
    try {
      const client = await shared.client;
      shared.here = true;
      return await runOn(client)(statement, values);
    } catch (error) {
      shared.broken = true;
      throw error;
    } finally {
      await leave(shared);
    }
  };
}
