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

/** What a handler gets. What is dear is made when it is asked for. */
class Run<Tx> implements Context<unknown, Tx> {
  readonly event: unknown;
  readonly account: string;
  readonly attempt: number;
  readonly late: boolean;
  readonly signal: AbortSignal;
  readonly tx: Context<unknown, Tx>['tx'];
  readonly defer: Context['defer'];
  readonly #item: Item;
  readonly #handler: string;
  readonly #current: () => JsonObject | undefined;

  constructor(
    item: Item,
    handler: string,
    { joining, attempt, late, current, signal }: Surroundings<Tx>,
    defer: Context['defer'],
  ) {
    this.event = item.json;
    this.account = item.event.account;
    this.attempt = attempt;
    this.late = late;
    this.signal = signal;
    this.tx = joining.tx;
    this.defer = defer;
    this.#item = item;
    this.#handler = handler;
    this.#current = current;
  }
  get object(): undefined {
    return (this.#item.fact?.object ?? this.#item.related) as undefined;
  }
  get current(): JsonObject | undefined {
    return this.#current();
  }
  get idempotencyKey(): string {
    return idempotencyKey(this.account, this.#item.event.id, this.#handler);
  }
}

/** Runs a handler once; never throws. What it did in `joining` is undone, unless it is done. */
export async function attempt<Tx>(
  item: Item,
  handler: Registered<Tx>,
  surroundings: Surroundings<Tx>,
): Promise<Outcome> {
  const { joining } = surroundings;
  let deferred: { reason: string; after: number | undefined } | undefined;
  const defer: Context['defer'] = (reason, { after } = {}) => void (deferred = { reason, after });
  const context: Context<unknown, Tx> = new Run(item, handler.name, surroundings, defer);
  let outcome: Outcome;
  try {
    await handler.run(context as Context<never, Tx>);
    const ended = joining.ended();
    if (ended) await ended;
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
