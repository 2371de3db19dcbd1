import { callable, check, flag, maybe, type Checks } from '../base/check.ts';
import { pause } from '../base/clock.ts';
import { LANE_BATCH, laneOf, type Reopened, type Store } from '../store/store.ts';
import { counters, type Counters } from './counters.ts';
import type { Registry } from './handlers.ts';
import type { Settings } from './options.ts';
import { planning, type Plan, type Planning, type ReplayFilter } from './replay-plan.ts';
import { limited } from './work/limit.ts';
import type { Rerun } from './work/rerun.ts';
import type { Worker } from './work/worker.ts';

export type { ReplayFilter } from './replay-plan.ts';

export interface ReplayOptions {
  /** Only tells what would run. */
  dryRun?: boolean;
  /** Told of everything that ran, or would, page by page: `list` of the report has only the first thousand. */
  onRuns?: (runs: readonly ReplayRun[]) => void;
}

const OPTIONS: Checks<ReplayOptions> = { dryRun: maybe(flag), onRuns: maybe(callable) };

/** One handler that runs again for one event. */
export interface ReplayRun {
  account: string;
  id: string;
  type: string;
  handler: string;
  /** Fields that the handler finds masked; null when the payload is as it came. */
  redacted: readonly string[] | null;
}

/** Why an event is not handled again; `repeat`: another event told of the same change. */
export type Left = Exclude<Reopened, 'reopened'> | 'repeat';

/** What came of a replay, or what would run. */
export interface ReplayReport {
  dryRun: boolean;
  events: number;
  runs: number;
  byHandler: Record<string, number>;
  /** The first thousand of what runs, the earliest event first. */
  list: ReplayRun[];
  /** The first thousand events that the filter found and that do not run again, and why. */
  left: { account: string; id: string; type: string; why: Left }[];
  /** How many of them there are of each kind. */
  leftBy: Partial<Record<Left, number>>;
  /** How the runs ended; null in a dry run. */
  ran: ReplayCounts | null;
  /** The receiver was closed before everything had its turn: what is missing is as it was. */
  stopped: boolean;
}

/** How the runs of a replay ended. */
export interface ReplayCounts {
  handled: number;
  failed: number;
  deferred: number;
  /** Left to the process that works on the store: behind an earlier event of the object, or the lease was lost. */
  handedOver: number;
}

const PAGE = 500;
const LISTED = 1_000;
/** The wait before a busy object is asked for again, in milliseconds: this at first, and at most. */
const BUSY = { first: 20, most: 1_000 };

/** What a replay runs with. */
export interface ReplayTools<Tx> {
  settings: Settings<Tx>;
  registry: Registry<Tx>;
  worker: Pick<Worker, 'rerun' | 'closing'>;
  /** Of the whole receiver: what is run here is added to them. */
  counts: Counters;
}

/**
 * Makes handlers run again over stored events, here and now, those of an object in their order. Each object is leased
 * while its turn lasts, and nothing is held back before that: whoever is interrupted leaves the rest as it was.
 */
export async function replay<Tx>(
  filter: ReplayFilter,
  options: ReplayOptions,
  { settings, registry, worker, counts }: ReplayTools<Tx>,
): Promise<ReplayReport> {
  check('replay', OPTIONS, options);
  const { dryRun = false, onRuns } = options;
  const { store } = settings;
  const plans = planning(filter, registry);
  const own = counters();
  const rest = { ran: dryRun ? null : ranOf(own, 0), stopped: false };
  const report: ReplayReport = { dryRun, events: 0, runs: 0, byHandler: {}, list: [], left: [], leftBy: {}, ...rest };
  try {
    const places = await placesOf(plans, store);
    const rerun = rerunning(worker, settings, { counts: own, includes: places.includes });
    for (const seqs of inOrder(places, PAGE)) {
      const page = (await plannedPage(plans, seqs, store)).toSorted(earlier);
      const outcomes = dryRun ? new Map(page.map((plan) => [plan, foreseen(plan)])) : await rerun(page);
      note(report, outcomes, onRuns);
      if (outcomes.size === page.length) continue;
      report.stopped = true;
      break;
    }
  } finally {
    for (const name of ['attempts', 'handled', 'threw', 'deferred', 'dead'] as const) counts[name] += own[name];
  }
  if (report.ran) report.ran = ranOf(own, report.runs);
  // Also when all had begun, and some of it was cut off.
  if (worker.closing && report.ran && report.ran.handedOver > 0) report.stopped = true;
  return report;
}

function ranOf({ handled, threw: failed, deferred }: Counters, runs: number): ReplayCounts {
  return { handled, failed, deferred, handedOver: Math.max(0, runs - handled - failed - deferred) };
}

type Outcome = Reopened | 'repeat';

/** Works on plans, those of one object one after the other; what has no outcome was not begun before it was closed. */
function rerunning<Tx>(
  worker: Pick<Worker, 'rerun'>,
  { concurrency, lease }: Settings<Tx>,
  rest: Omit<Rerun, 'changes'>,
) {
  const place = limited(concurrency);

  return async function rerun(page: readonly Plan[]): Promise<Map<Plan, Outcome>> {
    const outcomes = new Map<Plan, Outcome>();
    for (const plan of page) if (plan.reset.length === 0) outcomes.set(plan, 'repeat');
    const lanes = Map.groupBy(
      page.filter(({ reset }) => reset.length > 0),
      ({ event }) => laneOf(event),
    );
    await Promise.all([...lanes.values()].map((plans) => place(() => rerunLane(plans))));
    return new Map(page.flatMap((plan) => (outcomes.has(plan) ? [[plan, outcomes.get(plan)!]] : [])));

    async function rerunLane(plans: readonly Plan[]): Promise<void> {
      for (const together of bySecond(plans)) {
        let asked = together;
        for (let waited = 0, wait = BUSY.first; asked.length > 0; wait = Math.min(wait * 2, BUSY.most)) {
          const changes = asked.map(({ event: { seq }, reset, skip, was }) => ({ seq, reset, skip, was }));
          const found = await worker.rerun({ ...rest, changes });
          if (!found) return;
          for (const [index, outcome] of found.entries()) outcomes.set(asked[index]!, outcome);
          // Whoever works on it is soon done, or dead by the end of his lease.
          if (waited > lease) break;
          asked = asked.filter((_, index) => found[index] === 'busy');
          if (asked.length > 0) await pause(wait);
          waited += wait;
        }
      }
    }
  };
}

/**
 * The plans of one object, those of one second together, for only what is known of all of them tells their order. No
 * more than that at a time: what is leased is no longer as it was when the replay is stopped.
 */
function bySecond(plans: readonly Plan[]): Plan[][] {
  const seconds = Map.groupBy(plans, ({ event }) => event.created);
  return [...seconds.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / LANE_BATCH) }, (_, i) =>
      all.slice(i * LANE_BATCH, (i + 1) * LANE_BATCH),
    ),
  );
}

/** The events that there is something to do for: when each happened, and its place in the order of arrival. */
interface Places {
  created: number[];
  seqs: number[];
  /** Whether a handler is to run for one of them. */
  includes(seq: number, handler: string): boolean;
}

async function placesOf({ listed, planOf }: Planning, store: Pick<Store, 'listEvents'>): Promise<Places> {
  const handlers = new Map<number, readonly string[]>();
  const includes = (seq: number, handler: string): boolean => handlers.get(seq)?.includes(handler) === true;
  const places: Places = { created: [], seqs: [], includes };
  // Nearly all events have the same handlers, which need not be kept for each.
  const kept = new Map<string, readonly string[]>();
  let before: number | undefined;
  do {
    const page = await store.listEvents({ ...listed, limit: PAGE, ...(before !== undefined && { before }) });
    for (const event of page.items) {
      const plan = planOf(event);
      if (!plan) continue;
      const names = JSON.stringify(plan.reset);
      if (!kept.has(names)) kept.set(names, plan.reset);
      handlers.set(event.seq, kept.get(names)!);
      places.created.push(event.created);
      places.seqs.push(event.seq);
    }
    before = page.next ?? undefined;
  } while (before !== undefined);
  return places;
}

/** The places in the order in which things happened, so many at a time; a second is cut only where it has as many. */
function* inOrder({ created, seqs }: Places, size: number): Generator<number[]> {
  const order = Uint32Array.from(seqs.keys()).toSorted((a, b) => created[a]! - created[b]! || seqs[a]! - seqs[b]!);
  for (let from = 0, to: number; from < order.length; from = to) {
    to = Math.min(from + size, order.length);
    while (to < order.length && to < from + 2 * size && created[order[to]!] === created[order[to - 1]!]) to += 1;
    yield Array.from(order.subarray(from, to), (index) => seqs[index]!);
  }
}

async function plannedPage(
  { listed, planOf }: Planning,
  seqs: readonly number[],
  store: Pick<Store, 'listEvents'>,
): Promise<Plan[]> {
  const { items } = await store.listEvents({ ...listed, seqs, limit: seqs.length });
  return items.map(planOf).filter((plan) => plan !== undefined);
}

const earlier = ({ event: a }: Plan, { event: b }: Plan): number => a.created - b.created || a.seq - b.seq;

function foreseen({ event, reset }: Plan): Outcome {
  if (reset.length === 0) return 'repeat';
  if (event.pruned) return 'pruned';
  return event.state === 'pending' ? 'waiting' : 'reopened';
}

function note(report: ReplayReport, outcomes: ReadonlyMap<Plan, Outcome>, onRuns: ReplayOptions['onRuns']): void {
  const runs: ReplayRun[] = [];
  for (const [{ event, reset }, outcome] of outcomes) {
    const { account, id, type, redacted } = event;
    if (outcome !== 'reopened') {
      report.leftBy[outcome] = (report.leftBy[outcome] ?? 0) + 1;
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
