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

/** What reruns need of the worker: leases, somebody to work on what was leased, and whether any more is wanted. */
export interface RerunTools {
  leaseNow(): Lease;
  take(lane: ClaimedLane, given: { counts: Counters; part: Part }): Promise<void>;
  closing(): boolean;
}

/** Leases the objects of events that are to be handled again, many in one commit, and has them worked on at once. */
export function reruns<Tx>({ reopen }: Pick<Store<Tx>, 'reopen'>, { leaseNow, take, closing }: RerunTools) {
  const underWay = new Set<Promise<unknown>>();

  /** Objects of one replay: two that are after the same object come one after the other. */
  async function lease(asked: readonly Rerun[]): Promise<(Rerunning | undefined)[]> {
    if (closing()) return asked.map(() => undefined);
    const all = asked.flatMap(({ changes }) => changes);
    const { outcomes, lanes } = await reopen(all, leaseNow());
    const { counts, includes } = asked[0]!;
    const handlers = new Map(all.map(({ seq, reset }) => [seq, new Set(reset)]));
    const ended = lanes.map((lane): [ReadonlySet<number>, Promise<void>] => [
      new Set(lane.events.map(({ seq }) => seq)),
      take(lane, { counts, part: { handlers, includes } }),
    ]);
    const rest = outcomes.values();
    return asked.map(({ changes }) => ({
      outcomes: changes.map(() => rest.next().value!),
      ended: ended.filter(([seqs]) => changes.some(({ seq }) => seqs.has(seq))).map(([, end]) => end),
    }));
  }

  const add = grouped<Rerun, PromiseSettledResult<Rerunning | undefined>>(async (asked) => {
    const found = new Map<Rerun, PromiseSettledResult<Rerunning | undefined>>();
    for (const one of Map.groupBy(asked, ({ counts }) => counts).values()) {
      const [leased] = await Promise.allSettled([lease(one)]);
      for (const [index, each] of one.entries())
        found.set(each, leased.status === 'rejected' ? leased : { ...leased, value: leased.value[index] });
    }
    return asked.map((one) => found.get(one)!);
  });

  return {
    /** Undefined, and nothing done, once it is closing. */
    add(asked: Rerun): Promise<Rerunning | undefined> {
      const adding = add(asked).then((settled) => {
        if (settled.status === 'rejected') throw settled.reason;
        return settled.value;
      });
      underWay.add(adding);
      adding.then(
        () => underWay.delete(adding),
        () => underWay.delete(adding),
      );
      return adding;
    },
    /** Until what is just being leased is in hand, and what is not will not be. */
    settled: async (): Promise<void> => void (await Promise.allSettled(underWay)),
  };
}
