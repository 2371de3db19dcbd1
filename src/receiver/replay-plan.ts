import { anyText, check, maybe, moment, oneOf, text, textOrTexts, type Checks } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import { EVENT_STATES, type EventFilter, type EventState, type Reopening, type StoredEvent } from '../store/store.ts';
import type { Registered, Registry } from './handlers.ts';

/** Which events are to be handled again, and by which handlers; all that is given must hold. */
export interface ReplayFilter {
  /** One event or several. */
  id?: string | readonly string[];
  /** `invoice.paid`, `invoice.*` or `*`. */
  type?: string;
  account?: string;
  /** The object's id. */
  objectId?: string;
  /** Received at or after, and before, in milliseconds. */
  since?: number;
  until?: number;
  /** `dead` or `retrying` also limits the handlers to those that are, unless `handler` names others. */
  state?: EventState;
  /** Names of handlers registered here; all of them by default. One that has never seen the events runs over them. */
  handler?: string | readonly string[];
}

const FILTER: Checks<ReplayFilter> = {
  id: maybe(textOrTexts),
  type: maybe(text),
  // '' is the platform itself.
  account: maybe(anyText),
  objectId: maybe(text),
  since: maybe(moment),
  until: maybe(moment),
  state: maybe(oneOf(...EVENT_STATES)),
  handler: maybe(textOrTexts),
};

/** One event of the plan: what is reset, and which handlers that never saw it stay out of it. */
export interface Plan {
  event: StoredEvent;
  reset: string[];
  skip: string[];
  /** Where it and its handlers stand, when that is why they are chosen. */
  was: Reopening['was'];
}

/** What a filter means here: which events to list, and what is to happen to one of them. */
export interface Planning {
  listed: EventFilter;
  /** Undefined when no chosen handler is for it. */
  planOf(event: StoredEvent): Plan | undefined;
}

/** Throws `bad_option` for a filter that cannot be meant, `unknown_handler` for a name that is not registered here. */
export function planning<Tx>(filter: ReplayFilter, registry: Registry<Tx>): Planning {
  check('replay', FILTER, filter);
  const chosen = chosenHandlers(filter, registry);
  return { listed: listed(filter, chosen), planOf: (event) => planOf(event, filter, chosen, registry) };
}

function chosenHandlers<Tx>({ handler }: ReplayFilter, registry: Registry<Tx>): ReadonlySet<Registered<Tx>> {
  if (handler === undefined) return new Set(registry.all);
  const names = typeof handler === 'string' ? [handler] : handler;
  return new Set(
    names.map((name) => {
      const found = registry.all.find((registered) => registered.name === name);
      if (found) return found;
      const known = registry.all.map((registered) => registered.name).join(', ') || 'none';
      throw new PaybellError('unknown_handler', `It was ${name}; registered here: ${known}.`);
    }),
  );
}

function listed<Tx>(filter: ReplayFilter, chosen: ReadonlySet<Registered<Tx>>): EventFilter {
  const { id, type, account, objectId, since, until, state } = filter;
  const [only, ...others] = chosen;
  // One handler's own pattern spares reading everything else.
  const pattern = type ?? (only && others.length === 0 ? only.pattern : undefined);
  return {
    valid: true,
    ...(id !== undefined && { ids: typeof id === 'string' ? [id] : id }),
    ...(pattern !== undefined && { type: pattern }),
    ...(account !== undefined && { account }),
    ...(objectId !== undefined && { objectId }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(state !== undefined && { state }),
  };
}

const FINISHED: ReadonlySet<string> = new Set(['done', 'skipped']);

/** What is to happen to one event; undefined when no chosen handler is for it. */
function planOf<Tx>(
  event: StoredEvent,
  { state, handler }: ReplayFilter,
  chosen: ReadonlySet<Registered<Tx>>,
  registry: Registry<Tx>,
): Plan | undefined {
  const known = new Map(event.handlers.map((record) => [record.handler, record.state]));
  const limited = handler === undefined && (state === 'dead' || state === 'retrying') ? state : undefined;
  // An event may be dead by itself, with handlers that never came to run: those are meant then.
  const only = event.handlers.some((record) => record.state === limited) ? limited : undefined;
  const unfinished = (name: string): boolean => !FINISHED.has(known.get(name) ?? 'pending');
  const mine = registry
    .of(event.type)
    .filter(({ name }) => limited === undefined || (only ? known.get(name) === only : unfinished(name)))
    .filter((registered) => chosen.has(registered));
  if (mine.length === 0) return undefined;
  // The same change under another id: the event that told of it first is the one to handle.
  const running = mine.filter(({ repeats }) => repeats || event.twinOf === null).map(({ name }) => name);
  const others = registry.of(event.type).map(({ name }) => name);
  const was = state === undefined ? undefined : { state: event.state, reset: only };
  return { event, was, reset: running, skip: others.filter((name) => !running.includes(name) && !known.has(name)) };
}
