import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import type { Context } from '../context.ts';
import type { Registered } from '../handlers.ts';
import type { Item } from './item.ts';
import type { Joining } from './joining.ts';

/** How one run of a handler ended. */
export type Outcome =
  | { kind: 'done' }
  /**
   * `interrupted`: not by the handler, but by a store that did not answer, or a receiver that closes. However often that
   * happens, it is tried again.
   */
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

/** What the parts of a context are made from that are made when they are asked for. */
const SOURCE = Symbol('source');
interface Source {
  current: () => JsonObject | undefined;
  idempotencyKey: () => string;
}
type Sourced = { [SOURCE]: Source };

// Getters that all contexts share: with own ones an object takes 0.6 µs and much memory. Not inherited, so that whoever
// copies a context (`{ ...ctx, db }`) has them, too.
const current: PropertyDescriptor & ThisType<Sourced> = {
  get() {
    return this[SOURCE].current();
  },
  enumerable: true,
  configurable: true,
};
const key: PropertyDescriptor & ThisType<Sourced> = {
  get() {
    return this[SOURCE].idempotencyKey();
  },
  enumerable: true,
  configurable: true,
};

function contextOf<Tx>(
  item: Item,
  handler: Registered<Tx>,
  { joining, attempt, late, current: now, signal }: Surroundings<Tx>,
  defer: Context['defer'],
): Context<unknown, Tx> {
  const { account, id } = item.event;
  const object = (item.fact?.object ?? item.related) as undefined;
  const context = { event: item.json, object, account, attempt, late, signal, defer, tx: joining.tx };
  const source: Source = { current: now, idempotencyKey: () => idempotencyKey(account, id, handler.name) };
  Object.defineProperty(context, SOURCE, { value: source });
  Object.defineProperty(context, 'current', current);
  return Object.defineProperty(context, 'idempotencyKey', key) as Context<unknown, Tx>;
}

/** Runs a handler once; never throws. What it did in `joining` is undone, unless it is done. */
export async function attempt<Tx>(
  item: Item,
  handler: Registered<Tx>,
  surroundings: Surroundings<Tx>,
): Promise<Outcome> {
  const { joining, signal } = surroundings;
  let deferred: { reason: string; after: number | undefined } | undefined;
  const defer: Context['defer'] = (reason, { after } = {}) => {
    if (after !== undefined && !(Number.isFinite(after) && after >= 0))
      throw new RangeError(`ctx.defer: \`after\` is ${String(after)}; it must be a number of milliseconds from now.`);
    deferred = { reason: String(reason), after };
  };
  const context = contextOf(item, handler, surroundings, defer);
  let outcome: Outcome;
  try {
    await handler.run(context as Context<never, Tx>);
    const ended = joining.ended();
    if (ended) await ended;
    if (!deferred) return { kind: 'done' };
    outcome = { kind: 'deferred', ...deferred };
  } catch (error) {
    outcome = signal.aborted ? cutShort(signal) : failure(error, joining);
  }
  await joining.undo();
  return outcome;
}

/** A handler that gives up because it is told to has not failed. */
const cutShort = ({ reason }: AbortSignal): Outcome => ({
  kind: 'deferred',
  reason: reason instanceof Error ? reason.message : String(reason),
  after: 0,
  interrupted: true,
});

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

/** An error as it is kept: message and stack, shortened. Whatever was thrown. */
export function describe(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error).slice(0, ERROR_LIMIT);
    const message = `${error.name}: ${error.message}`;
    const text = typeof error.stack === 'string' ? error.stack : message;
    return (text.includes(error.message) ? text : `${error.message}\n${text}`).slice(0, ERROR_LIMIT);
  } catch {
    return 'The handler threw something that cannot be shown as text.';
  }
}
