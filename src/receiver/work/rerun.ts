import type { ClaimedLane, Lease, Reopened, Reopening, Store } from '../../store/store.ts';
import type { Counters } from '../counters.ts';
import { grouped } from '../group.ts';
import type { Part } from './tools.ts';

/** What one replay has to do of a few objects, and where it counts the runs. */
export interface Rerun {
  changes: readonly Reopening[];
  counts: Counters;
  includes: Part['includes'];
}

/** What became of each event, and the work on those that were reopened. */
export interface Rerunning {
  outcomes: Reopened[];
  ended: Promise<void>[];
}

/** What reruns need of the worker: leases, and somebody to work on what was leased. */
export interface RerunTools {
  leaseNow(): Lease;
  take(lane: ClaimedLane, given: { counts: Counters; part: Part }): Promise<void>;
}

/** Leases the objects of events that are to be handled again, many in one commit, and has them worked on at once. */
export function reruns<Tx>({ reopen }: Pick<Store<Tx>, 'reopen'>, { leaseNow, take }: RerunTools) {
  let reopening: Promise<unknown> | undefined;

  const add = grouped<Rerun, Rerunning>(async (asked) => {
    const all = asked.flatMap(({ changes }) => changes);
    const reopened = reopen(all, leaseNow());
    reopening = reopened;
    const { outcomes, lanes } = await reopened;
    const handlers = new Map(all.map(({ seq, reset }) => [seq, new Set(reset)]));
    const ended = lanes.map((lane): [ReadonlySet<number>, Promise<void>] => {
      const seqs = new Set(lane.events.map(({ seq }) => seq));
      const { counts, includes } = asked.find(({ changes }) => changes.some(({ seq }) => seqs.has(seq)))!;
      return [seqs, take(lane, { counts, part: { handlers, includes } })];
    });
    const rest = outcomes.values();
    return asked.map(({ changes }) => ({
      outcomes: changes.map(() => rest.next().value!),
      ended: ended.filter(([seqs]) => changes.some(({ seq }) => seqs.has(seq))).map(([, end]) => end),
    }));
  });

  return {
    add,
    /** Until what is just being leased is in hand. */
    settled: async (): Promise<void> => void (await reopening?.catch(() => {})),
  };
}
