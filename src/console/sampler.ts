import type { Health } from './api/types.ts';
import type { Settings } from './options.ts';

/** Milliseconds a step lasts, and how many are kept: the last hour. */
const STEP = 5_000;
const STEPS = 720;

type Totals = Health['totals'];
type Sample = Omit<{ [Name in keyof Health['series']]: number }, 'step' | 'answer'> & { answer: number | null };
type HandlerSums = Omit<Health['handlers'][number], 'name' | 'pattern' | 'meanMs'> & { ms: number };

/** Follows how the receiver of this process is doing. */
export type Sampler = { read(): Promise<Health> };

/** Looks at the counters and the store at every step, for as long as the console is open. */
export function createSampler({ receiver, store, clock, activity, closing, onProblem }: Settings): Sampler {
  const samples: Sample[] = [];
  const handlers = new Map<string, HandlerSums>();
  let answers = new Map<number, number>();
  let before: Totals | undefined;
  let due = clock.now() + STEP;

  const unfollow = activity.follow({
    delivered({ milliseconds }) {
      const rounded = twoDigits(milliseconds);
      answers.set(rounded, (answers.get(rounded) ?? 0) + 1);
    },
    handled({ handler, outcome, milliseconds }) {
      const sums = handlers.get(handler) ?? { runs: 0, failures: 0, dead: 0, deferred: 0, ms: 0 };
      handlers.set(handler, sums);
      sums.runs += 1;
      sums.ms += milliseconds;
      if (outcome === 'failed' || outcome === 'dead') sums.failures += 1;
      if (outcome === 'dead') sums.dead += 1;
      if (outcome === 'deferred') sums.deferred += 1;
    },
  });

  async function now() {
    const [{ counters, handlers: registered, store: counts }, next] = await Promise.all([
      receiver.status(),
      store.nextDue(),
    ]);
    const { received, stored, duplicates, refused, failed, threw, dead } = counters;
    const { pending, processing, retrying } = counts.events;
    return {
      registered,
      counts,
      lag: next === undefined ? 0 : Math.max(0, clock.now() - next),
      backlog: pending + processing + retrying,
      // A run that failed is tried again, unless it was the last one.
      totals: { received, stored, duplicates, refused, failed, retries: Math.max(0, threw - dead), dead },
    };
  }

  async function sample(): Promise<void> {
    const { totals, lag, backlog } = await now();
    const since = (name: keyof Totals): number => totals[name] - (before?.[name] ?? 0);
    // After a sleep of the machine the steps in between are empty, so that all remain equal.
    for (; due + STEP <= clock.now(); due += STEP) keep({ ...EMPTY, at: due });
    const [received, refused, duplicates] = [since('received'), since('refused'), since('duplicates')];
    const [retries, dead, answer] = [since('retries'), since('dead'), highest(answers)];
    keep({ at: due, received, refused, duplicates, retries, dead, lag, backlog, answer });
    due += STEP;
    before = totals;
    answers = new Map();
  }

  function keep(step: Sample): void {
    samples.push(step);
    if (samples.length > STEPS) samples.splice(0, samples.length - STEPS);
  }

  let cancel: (() => void) | undefined;
  (function wait(): void {
    cancel = clock.after(due - clock.now(), () => {
      sample()
        .catch((error: unknown) => {
          if (!closing.aborted) onProblem('the console could not sample the receiver', error);
          due = clock.now() + STEP;
        })
        .finally(() => {
          if (!closing.aborted) wait();
        });
    });
  })();
  closing.addEventListener('abort', () => {
    cancel?.();
    unfollow();
  });

  return {
    async read() {
      const { registered, counts, lag, totals } = await now();
      const column = <Name extends keyof Sample>(name: Name): Sample[Name][] => samples.map((each) => each[name]);
      return {
        counts,
        lag,
        totals,
        series: {
          step: STEP,
          at: column('at'),
          received: column('received'),
          refused: column('refused'),
          duplicates: column('duplicates'),
          retries: column('retries'),
          dead: column('dead'),
          lag: column('lag'),
          backlog: column('backlog'),
          answer: column('answer'),
        },
        handlers: registered.map(({ name, pattern }) => {
          const { ms, ...sums } = handlers.get(name) ?? { runs: 0, failures: 0, dead: 0, deferred: 0, ms: 0 };
          return { name, pattern, ...sums, meanMs: sums.runs === 0 ? 0 : ms / sums.runs };
        }),
      };
    },
  };
}

const EMPTY = { received: 0, refused: 0, duplicates: 0, retries: 0, dead: 0, lag: 0, backlog: 0, answer: null };

/** To two digits, so that as many times as may come need only a few hundred entries. */
const twoDigits = (ms: number): number => Number(ms.toPrecision(2));

/** The 99th percentile. */
function highest(answers: ReadonlyMap<number, number>): number | null {
  let left = [...answers.values()].reduce((sum, count) => sum + count, 0) * 0.99;
  for (const [ms, count] of [...answers].toSorted(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return ms;
  }
  return null;
}
