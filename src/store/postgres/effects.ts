import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { LaneResult, OpenEffects, Settled } from '../store.ts';
import { fencing } from './fence.ts';
import { nested } from './nested.ts';
import { rows, runOn, type Run, type Statement } from './query.ts';
import { settleSteps } from './settle.ts';

/**
 * Opens transactions for effects, at most `places` at a time, each on a connection of its own. The user's statements
 * take as long as they take; ours are errors after `timeout` milliseconds.
 */
export function effecting(pool: Pool, s: string, { places, timeout }: { places: number; timeout: number }) {
  const { lock } = fencing(s);
  const stepsOf = settleSteps(s);
  // Whether the transaction is still the one that was begun, and whether the mark has been committed before.
  const check: Statement = {
    name: 'paybell_effects_check',
    text: /* sql */ `
      SELECT current_setting('paybell.transaction', true) IS NOT DISTINCT FROM $1 AS same, EXISTS (
        SELECT FROM jsonb_to_recordset($2::jsonb) AS c (seq bigint, handler text, state text)
        WHERE c.state = 'done' AND (SELECT state FROM ${s}.handler_records known
                                    WHERE known.seq = c.seq AND known.handler = c.handler) = 'done') AS marked`,
  };
  const place = limited(places);
  const bounded = (text: string) => ({ text, query_timeout: timeout });

  async function begin(): Promise<OpenEffects<PoolClient>> {
    // Waiting for a free place takes as long as other handlers do, so it is not the pool's timeout that bounds it.
    const free = await place();
    const client = await pool.connect().catch((error: unknown) => {
      free();
      throw error;
    });
    let broken: Error | undefined;
    const breaks = (error: Error): void => void (broken = error);
    client.on('error', breaks);
    const token = randomUUID();
    const wrapped = nested(client);
    let ended = false;

    function end(error?: unknown): void {
      ended = true;
      wrapped.close();
      client.removeListener('error', breaks);
      client.release(error !== undefined || broken !== undefined);
      free();
    }
    const once = (): void => {
      if (ended) throw new Error('This transaction has ended.');
    };
    async function rollback(): Promise<void> {
      if (ended) return;
      // First of all: what the handler did after it would be outside of any transaction, and stay.
      wrapped.close();
      try {
        await client.query(bounded('ROLLBACK'));
        end();
      } catch (error) {
        // A connection that broke has rolled back.
        end(error);
      }
    }
    try {
      await client.query(bounded(`BEGIN; SET LOCAL paybell.transaction = '${token}'`));
    } catch (error) {
      end(error);
      throw error;
    }

    return {
      tx: wrapped.client,
      async settle(result) {
        once();
        wrapped.close();
        try {
          const settled = await finish(runOn(client, timeout), result, token);
          if (settled !== undefined) {
            await rollback();
            return settled;
          }
          const { command } = await client.query(bounded('COMMIT'));
          end();
          return command === 'COMMIT' ? { outcome: 'settled' } : failed('a statement in ctx.tx failed');
        } catch (error) {
          if (broken !== undefined || !isOwn(error)) {
            end(error);
            throw error;
          }
          await rollback();
          return { outcome: 'failed', error };
        }
      },
      rollback,
    };
  }

  /** Everything but the commit; answers when there is to be none. */
  async function finish(run: Run, result: LaneResult<PoolClient>, token: string): Promise<Settled | undefined> {
    // Only now is the lane locked: while the handler ran, deliveries for its object were stored without waiting.
    const held = await lock(run, [result]);
    const [state] = await run<{ same: boolean; marked: boolean }>(check, [token, rows(result.records)]);
    if (!state!.same) return failed('ctx.tx: the transaction was ended inside it, and what it did is not undone');
    if (held.size === 0) return { outcome: 'lost' };
    if (state!.marked) return { outcome: 'settled' };
    for (const [statement, values] of stepsOf([result])) await run(statement, values);
    return undefined;
  }

  return begin;
}

const failed = (message: string): Settled => ({ outcome: 'failed', error: new Error(message) });

/**
 * Whether an error is about what was done in the transaction, and not about the server: no connection, no disk, no
 * memory, shutting down. Those pass, and are no reason to count an attempt.
 */
function isOwn(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|53|57|58|XX)/.test(code);
}

function limited(places: number): () => Promise<() => void> {
  let free = places;
  const queue: (() => void)[] = [];
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    return () => {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    };
  };
}
