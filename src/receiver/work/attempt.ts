import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import type { Context } from '../context.ts';
import type { Registered } from '../handlers.ts';
import type { Item } from './item.ts';

/** How one run of a handler ended. */
export type Outcome<Tx> =
  | { kind: 'done'; effects: ((tx: Tx) => unknown)[] }
  | { kind: 'deferred'; reason: string; after: number | undefined }
  | { kind: 'failed'; error: string };

/** What a run is given besides its event. */
export interface Surroundings {
  attempt: number;
  late: boolean;
  current: () => JsonObject | undefined;
  signal: AbortSignal;
}

const ERROR_LIMIT = 8_192;

/** Runs a handler once; never throws. */
export async function attempt<Tx>(
  { event, json, fact, related }: Item,
  handler: Registered<Tx>,
  { attempt, late, current, signal }: Surroundings,
): Promise<Outcome<Tx>> {
  const effects: ((tx: Tx) => unknown)[] = [];
  let deferred: { reason: string; after: number | undefined } | undefined;
  const context: Context<unknown, Tx> = {
    event: json,
    object: (fact?.object ?? related) as undefined,
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
    tx: (effect) => void effects.push(effect),
  };
  try {
    await handler.run(context as Context<never, Tx>);
    return deferred ? { kind: 'deferred', ...deferred } : { kind: 'done', effects };
  } catch (error) {
    return { kind: 'failed', error: describe(error) };
  }
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
