import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import type { Context } from '../context.ts';
import type { Registered } from '../handlers.ts';
import type { Item } from './item.ts';
import type { Joining } from './joining.ts';

/** How one run of a handler ended. */
export type Outcome =
  | { kind: 'done' }
  /** `interrupted`: not by the handler, but by a store that did not answer. However often that happens, it is tried again. */
  | { kind: 'deferred'; reason: string; after: number | undefined; interrupted?: true }
  | { kind: 'failed'; error: string };

/** What a run is given besides its event. */
export interface Surroundings<Tx> {
  joining: Joining<Tx>;
  attempt: number;
  late: boolean;
  current: () => JsonObject | undefined;
  signal: AbortSignal;
}

const ERROR_LIMIT = 8_192;

/** Runs a handler once; never throws. What it did in `joining` is undone, unless it is done. */
export async function attempt<Tx>(
  item: Item,
  handler: Registered<Tx>,
  { joining, attempt, late, current, signal }: Surroundings<Tx>,
): Promise<Outcome> {
  const { event } = item;
  let deferred: { reason: string; after: number | undefined } | undefined;
  const context: Context<unknown, Tx> = {
    event: item.json,
    get object() {
      return (item.fact?.object ?? item.related) as undefined;
    },
    account: event.account,
    attempt,
    late,
    get current() {
      return current();
    },
    get idempotencyKey() {
      return idempotencyKey(event.account, event.id, handler.name);
    },
    signal,
    defer: (reason, { after } = {}) => void (deferred = { reason, after }),
    tx: joining.tx,
  };
  let outcome: Outcome;
  try {
    await handler.run(context as Context<never, Tx>);
    await joining.ended();
    if (!deferred) return { kind: 'done' };
    outcome = { kind: 'deferred', ...deferred };
  } catch (error) {
    outcome = failure(error, joining);
  }
  await joining.undo();
  return outcome;
}

/** How a run ended that threw, or whose commit did. */
export function failure(error: unknown, { interrupted }: Pick<Joining<unknown>, 'interrupted'>): Outcome {
  if (interrupted === undefined) return { kind: 'failed', error: describe(error) };
  return { kind: 'deferred', reason: describe(interrupted), after: undefined, interrupted: true };
}

function idempotencyKey(account: string, id: string, handler: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([account, id, handler]))
    .digest('hex');
  return `paybell-${hash.slice(0, 32)}`;
}

/** An error as it is kept: message and stack, shortened. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  const named = error instanceof Error && !text.includes(error.message) ? `${error.message}\n${text}` : text;
  return named.slice(0, ERROR_LIMIT);
}
