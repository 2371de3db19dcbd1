import type { Client, Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';

/** Tells workers of other processes that there is something to do. */
export interface Signals {
  /** Something was stored: tells everyone, at most once in a while. */
  tell(): void;
  /** Calls `wake` when another process, or this one, has stored something; the function returned ends that. */
  watch(wake: () => void): () => void;
  close(): Promise<void>;
}

/**
 * How long after one notification the next may follow, in milliseconds. PostgreSQL commits transactions that notify
 * one after the other, so they are not sent with the deliveries; and a worker that is busy looks by itself.
 */
const QUIET = 20;
/** How long after losing its connection a listener tries again, in milliseconds; until then workers look every second. */
const AGAIN = 1_000;

/** What signals need: where to send them, and how to get a connection of their own to hear them. */
export interface SignalOptions {
  clock: Clock;
  work: Pool;
  connect: () => Promise<Client>;
  onProblem: (what: string, error: unknown) => void;
}

export function signals(channel: string, { clock, work, connect, onProblem }: SignalOptions): Signals {
  const watchers = new Set<() => void>();
  let listener: Promise<Client | undefined> | undefined;
  let cancelAgain = (): void => {};
  let cancelQuiet: (() => void) | undefined;
  let pending = false;
  let closed = false;
  let sending: Promise<unknown> = Promise.resolve();

  const wakeAll = (): void => {
    for (const wake of watchers) wake();
  };

  async function listen(): Promise<Client | undefined> {
    try {
      const client = await connect();
      client.on('notification', wakeAll);
      client.once('end', retry);
      client.once('error', () => void client.end().catch(() => {}));
      await client.query(`LISTEN ${channel}`);
      // What was said while nobody listened.
      wakeAll();
      return client;
    } catch (error) {
      onProblem('PostgreSQL could not be listened to', error);
      retry();
      return undefined;
    }
  }

  function retry(): void {
    listener = undefined;
    cancelAgain();
    if (!closed && watchers.size > 0)
      cancelAgain = clock.after(AGAIN, () => {
        if (!closed && watchers.size > 0) listener ??= listen();
      });
  }

  function tell(): void {
    if (closed) return;
    if (cancelQuiet) {
      pending = true;
      return;
    }
    // Nobody waits for this: whoever misses it looks within a second.
    sending = work.query(`NOTIFY ${channel}`).catch((error: unknown) => onProblem('workers could not be woken', error));
    cancelQuiet = clock.after(QUIET, () => {
      cancelQuiet = undefined;
      if (!pending) return;
      pending = false;
      tell();
    });
  }

  return {
    tell,
    watch(wake) {
      watchers.add(wake);
      listener ??= listen();
      return () => void watchers.delete(wake);
    },
    async close() {
      closed = true;
      cancelAgain();
      cancelQuiet?.();
      watchers.clear();
      await sending;
      const client = await listener;
      client?.removeAllListeners('end');
      await client?.end();
    },
  };
}
