import { PaybellError } from '../base/errors.ts';
import type { EventFilter, EventState, Reopened, StoredEvent } from '../store/store.ts';
import type { Registered, Registry } from './handlers.ts';
import type { Settings } from './options.ts';

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

export interface ReplayOptions {
  /** Only tells what would run. */
  dryRun?: boolean;
  /** Told of everything that will run, page by page: `runs` of the report has only the first thousand. */
  onRuns?: (runs: readonly ReplayRun[]) => void;
}

/** One handler that runs again for one event. */
export interface ReplayRun {
  account: string;
  id: string;
  type: string;
  handler: string;
  /** Fields that the handler will find masked; null when the payload is as it came. */
  redacted: readonly string[] | null;
}

/** What a replay sets going, or would. */
export interface ReplayReport {
  dryRun: boolean;
  events: number;
  runs: number;
  byHandler: Record<string, number>;
  /** The first thousand of what runs, the newest event first. */
  list: ReplayRun[];
  /** The first thousand events that the filter found and that do not run again, and why. */
  left: { account: string; id: string; type: string; why: Exclude<Reopened, 'reopened'> | 'repeat' }[];
}

const PAGE = 500;
const LISTED = 1_000;
/** What a replay that dies on the way has held back is due after this long, in milliseconds. */
const HOLD = 3_600_000;

/** One event of the plan: what is reset, and which handlers that never saw it stay out of it. */
interface Plan {
  event: StoredEvent;
  reset: string[];
  skip: string[];
}

/**
 * Makes handlers run again over stored events. Everything is reopened before anything is let go, so that the events of
 * an object run in their order although pages are read newest first.
 */
export async function replay<Tx>(
  filter: ReplayFilter,
  { dryRun = false, onRuns }: ReplayOptions,
  { store, clock, random }: Settings<Tx>,
  registry: Registry<Tx>,
): Promise<ReplayReport> {
  const chosen = chosenHandlers(filter, registry);
  const hold = clock.now() + HOLD + Math.floor(random.next() * HOLD);
  const report: ReplayReport = { dryRun, events: 0, runs: 0, byHandler: {}, list: [], left: [] };
  let before: number | undefined;
  do {
    const page = await store.listEvents({
      ...listed(filter, chosen),
      limit: PAGE,
      ...(before !== undefined && { before }),
    });
    const plans = page.items
      .map((event) => planOf(event, filter, chosen, registry))
      .filter((plan) => plan !== undefined);
    const changes = plans.map(({ event, reset, skip }) => ({ seq: event.seq, reset, skip, now: clock.now() }));
    const outcomes = dryRun ? plans.map(foreseen) : await reopen(plans, changes);
    note(report, plans, outcomes, onRuns);
    before = page.next ?? undefined;
  } while (before !== undefined);
  if (!dryRun) await letGo();
  return report;

  async function reopen(plans: Plan[], changes: Parameters<typeof store.reopen>[0]): Promise<Outcome[]> {
    const running = changes.filter((_, index) => plans[index]!.reset.length > 0);
    const reopened = (running.length > 0 ? await store.reopen(running, hold) : []).values();
    return plans.map(({ reset }) => (reset.length > 0 ? reopened.next().value! : 'repeat'));
  }

  async function letGo(): Promise<void> {
    let after: string | null = '';
    while (after !== null) after = await store.letGo({ hold, now: clock.now(), after, limit: PAGE });
  }
}

type Outcome = Reopened | 'repeat';

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
  return { event, reset: running, skip: others.filter((name) => !running.includes(name) && !known.has(name)) };
}

function foreseen({ event, reset }: Plan): Outcome {
  if (reset.length === 0) return 'repeat';
  if (event.pruned) return 'pruned';
  return event.state === 'pending' ? 'waiting' : 'reopened';
}

function note(
  report: ReplayReport,
  plans: readonly Plan[],
  outcomes: readonly Outcome[],
  onRuns: ReplayOptions['onRuns'],
): void {
  const runs: ReplayRun[] = [];
  for (const [index, { event, reset }] of plans.entries()) {
    const { account, id, type, redacted } = event;
    const outcome = outcomes[index]!;
    if (outcome !== 'reopened') {
      if (report.left.length < LISTED) report.left.push({ account, id, type, why: outcome });
      continue;
    }
    report.events += 1;
    for (const handler of reset) {
      report.byHandler[handler] = (report.byHandler[handler] ?? 0) + 1;
      runs.push({ account, id, type, handler, redacted });
    }
  }
  report.runs += runs.length;
  report.list.push(...runs.slice(0, LISTED - report.list.length));
  onRuns?.(runs);
}
