import type { Change, Resource, TimerRule } from '../resources/define.ts';
import type { Row } from './objects.ts';
import type { Tables } from './state.ts';
import { createTimers, type Due, type Timers } from './timers.ts';

/** What a world has to do when, clock by clock: `''` is the world's own, any other name a test clock's id. */
export type Agenda = {
  /** Notes what a change makes due. */
  watch(change: Change): void;
  /** What is due first on a clock, if it still holds. */
  next(clock: string): Due | undefined;
  /** Takes that out, with the object it is for and the rule it runs by. */
  take(clock: string): { due: Due; row: Row; rule: TimerRule } | undefined;
  /** All that is to come on a clock, the earliest first. */
  list(clock: string): Due[];
  /** Everything, by clock, to be noted again by `restore`. */
  save(): [clock: string, due: Due[]][];
  restore(saved: [clock: string, due: Due[]][]): void;
  forget(clock: string): void;
};

export function createAgenda(tables: Tables, resources: ReadonlyMap<string, Resource>): Agenda {
  const clocks = new Map<string, Timers>();
  const timersOf = (clock: string) => {
    let timers = clocks.get(clock);
    if (!timers) clocks.set(clock, (timers = createTimers()));
    return timers;
  };
  const ruleOf = ({ object, timer }: Due) => resources.get(object)?.timers?.find((rule) => rule.name === timer);
  const rowOf = ({ account, object, id }: Due) => tables.of(account, object).get(id);
  const holds = (due: Due, clock: string) => {
    const row = rowOf(due);
    return row && !row.deleted && (row.clock ?? '') === clock && ruleOf(due)?.at(row.object, row.hidden) === due.at;
  };

  const agenda: Agenda = {
    watch({ object, id, after, before }) {
      const moved = before !== undefined && before.clock !== after.clock;
      for (const { name, at } of resources.get(object)?.timers ?? []) {
        const due = after.deleted ? null : at(after.object, after.hidden);
        if (due == null) continue;
        if (before && !before.deleted && !moved && at(before.object, before.hidden) === due) continue;
        timersOf(after.clock ?? '').add({ at: due, account: after.account, object, id, timer: name });
      }
    },
    next(clock) {
      const timers = clocks.get(clock);
      // Entries that no longer hold are passed over here, so that nobody wakes for them.
      for (let due = timers?.next(); due; due = timers?.next()) {
        if (holds(due, clock)) return due;
        timers!.take();
      }
      return undefined;
    },
    take(clock) {
      const due = agenda.next(clock);
      if (!due) return undefined;
      clocks.get(clock)!.take();
      return { due, row: rowOf(due)!, rule: ruleOf(due)! };
    },
    list(clock) {
      const seen = new Set<string>();
      return (clocks.get(clock)?.list() ?? []).filter((due) => {
        const key = `${due.account} ${due.object} ${due.id} ${due.timer}`;
        return holds(due, clock) && !seen.has(key) && seen.add(key);
      });
    },
    save: () => Array.from(clocks.keys(), (clock) => [clock, agenda.list(clock)]),
    restore(saved) {
      clocks.clear();
      for (const [clock, all] of saved) for (const due of all) timersOf(clock).add(due);
    },
    forget: (clock) => void clocks.delete(clock),
  };
  return agenda;
}
