import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { random, sortableSeconds } from '../../base/ids.ts';
import { API_VERSION } from '../../stripe/events.gen.ts';
import type { Change, Resource } from '../resources/define.ts';
import { conform } from '../shapes/conform.ts';
import { createWorldClock, type WorldClock } from './clock.ts';
import { createEventLog, type EventLog, type LoggedEvent } from './event-log.ts';
import { eventsOf } from './events.ts';
import { createTables, type Tables } from './state.ts';
import { createTimers } from './timers.ts';
import { openTransaction, type Transaction, type Trigger } from './transaction.ts';

export type WorldOptions = {
  /** What the keys `sk_test_NAME`, `rk_test_NAME` and `pk_test_NAME` share. */
  name: string;
  wall: Clock;
  resources: ReadonlyMap<string, Resource>;
  /** Given, ids repeat from run to run; a reset begins a new epoch with other ids. */
  seed?: string | undefined;
  /** Given, time stands still at this moment (Unix seconds) until it is moved. */
  frozenAt?: number | undefined;
  /** Whether every subject is checked against its declared shape and frozen against change. */
  check: boolean;
};

/** One test key's Stripe: its objects, its time, everything it ever told. */
export type World = {
  readonly name: string;
  readonly clock: WorldClock;
  readonly log: EventLog;
  readonly tables: Tables;
  /** Values the skeleton had to make up where the type forbids null, by `object.path`. */
  readonly filled: ReadonlyMap<string, number>;
  /**
   * Runs something that may change the world: all of it counts, or nothing. An error with `keep` commits before it is
   * thrown on: what Stripe keeps of a declined payment.
   */
  transact<T>(trigger: Trigger, account: string, run: (tx: Transaction) => T): T;
  requestId(): string;
  /** When the next moment is due, Unix seconds. */
  nextDue(): number | undefined;
  /** Runs what is due first, if it is due by `until`, at its own moment. Says whether there was anything. */
  runNext(until: number): boolean;
  /** Every endpoint that an event went to has answered it. */
  answered(logged: LoggedEvent): void;
  /** Empties the world and begins a new epoch. */
  reset(): void;
  /** Called after each commit with the events it told. */
  onCommit: (events: LoggedEvent[]) => void;
  /** Whether events of a type go anywhere; said by whoever delivers them. */
  listened: (type: string, account: string) => boolean;
};

/** Thrown through a transaction, an error with `keep` leaves what the transaction did: a decline is an outcome. */
const keeps = (error: unknown): boolean => (error as { keep?: unknown } | null)?.keep === true;

/** Fires what nobody asked for: time. */
const NOBODY: Trigger = { id: null, idempotency_key: null };

export function createWorld({ name, wall, resources, seed, frozenAt, check }: WorldOptions): World {
  let epoch = 0;
  let position = 0;
  let source = random(seed === undefined ? undefined : `${seed} ${name} ${epoch}`);
  const clock = createWorldClock(wall, frozenAt);
  const log = createEventLog();
  const tables = createTables();
  const timers = createTimers();
  const filled = new Map<string, number>();

  const id = (prefix: string, length: number, now: number) =>
    `${prefix}_${length >= 20 ? '1' + sortableSeconds(now) + source.text(length - 7) : source.text(length)}`;

  const watch = ({ object, id, after, before }: Change) => {
    for (const { name, at } of resources.get(object)?.timers ?? []) {
      const due = after.deleted ? null : at(after.object, after.hidden);
      if (due == null || (before && !before.deleted && at(before.object, before.hidden) === due)) continue;
      timers.add({ at: due, account: after.account, object, id, timer: name });
    }
  };

  const commit = (changes: Change[], trigger: Trigger, account: string) => {
    changes.forEach(watch);
    const told = eventsOf(changes, resources);
    if (check) told.forEach(({ type, object }) => mustConform(type, object));
    const events = told.map((told) => {
      const event = {
        id: id('evt', 24, clock.now()),
        object: 'event',
        ...(account && { account }),
        api_version: API_VERSION,
        created: clock.now(),
        data: { object: told.object, ...(told.previous && { previous_attributes: told.previous }) },
        livemode: false,
        pending_webhooks: 0,
        request: { ...trigger },
        type: told.type,
      };
      return log.append(event as JsonObject & LoggedEvent['event'], told.deleted);
    });
    if (events.length) world.onCommit(events);
  };

  const world: World = {
    name,
    clock,
    log,
    tables,
    filled,
    onCommit: () => {},
    listened: () => false,
    transact(trigger, account, run) {
      const open = openTransaction({
        now: clock.now(),
        flowing: !clock.frozen,
        account,
        trigger,
        table: tables.of,
        listened: (type) => world.listened(type, account),
        nextPosition: () => position++,
        id,
        text: (length) => source.text(length),
        onFilled: (object, path) => filled.set(`${object}.${path}`, (filled.get(`${object}.${path}`) ?? 0) + 1),
        freeze: check,
      });
      let kept: { error: unknown } | undefined;
      let result;
      try {
        result = run(open.tx);
      } catch (error) {
        if (!keeps(error)) {
          open.undo();
          throw error;
        }
        kept = { error };
      }
      try {
        commit(open.changes(), trigger, account);
      } catch (error) {
        open.undo();
        throw error;
      }
      if (kept) throw kept.error;
      return result!;
    },
    requestId: () => `req_${source.text(14)}`,
    nextDue() {
      // Entries that no longer hold are passed over here, so that nobody wakes for them.
      for (let due = timers.next(); due; due = timers.next()) {
        if (holds(due)) return due.at;
        timers.take();
      }
      return undefined;
    },
    runNext(until) {
      const at = world.nextDue();
      if (at === undefined || at > until) return false;
      const due = timers.take()!;
      const row = tables.of(due.account, due.object).get(due.id)!;
      const rule = ruleOf(due)!;
      clock.at(Math.max(at, 0), () =>
        world.transact(rule.trigger?.(row.hidden) ?? NOBODY, due.account, (tx) => rule.run(tx, row.object, row.hidden)),
      );
      return true;
    },
    answered({ event }) {
      const subject = (event['data'] as JsonObject)['object'] as JsonObject;
      const follows = resources.get(String(subject['object']))?.answered?.[event.type];
      if (follows) world.transact(NOBODY, event.account ?? '', (tx) => follows(tx, String(subject['id'])));
    },
    reset() {
      epoch++;
      position = 0;
      source = random(seed === undefined ? undefined : `${seed} ${name} ${epoch}`);
      tables.clear();
      timers.clear();
      log.clear();
      filled.clear();
    },
  };

  const ruleOf = (due: { object: string; timer: string }) =>
    resources.get(due.object)?.timers?.find((rule) => rule.name === due.timer);
  const holds = (due: { at: number; account: string; object: string; id: string; timer: string }) => {
    const row = tables.of(due.account, due.object).get(due.id);
    return row && !row.deleted && ruleOf(due)?.at(row.object, row.hidden) === due.at;
  };
  return world;
}

function mustConform(type: string, object: JsonObject) {
  const problems = conform(String(object['object']), object);
  if (problems.length) throw new Error(`${type} does not conform: ${problems.slice(0, 5).join('; ')}`);
}
