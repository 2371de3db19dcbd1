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
import { createAgenda, type Agenda } from './agenda.ts';
import { clockRow, clockTime, setClockTime, type ClockPlace } from './test-clocks.ts';
import type { WorldState } from './world-state.ts';
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
  /** Whether every subject is checked against its declared shape. */
  check: boolean;
  /** Whether rows are frozen against change. */
  freeze: boolean;
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
   * thrown on: what Stripe keeps of a declined payment. On a test clock it happens at that clock's time.
   */
  transact<T>(trigger: Trigger, account: string, run: (tx: Transaction) => T, on?: ClockPlace): T;
  requestId(): string;
  /** What is due when, clock by clock. */
  readonly agenda: Agenda;
  /** When the next moment is due, Unix seconds: of the world's own clock, or of a test clock. */
  nextDue(on?: ClockPlace): number | undefined;
  /** Runs what is due first, if it is due by `until`, at its own moment. Says whether there was anything. */
  runNext(until: number, on?: ClockPlace): boolean;
  /** Whether anything follows once an event is answered. */
  awaits(logged: LoggedEvent): boolean;
  /** Every endpoint that an event went to has answered it. */
  answered(logged: LoggedEvent): void;
  /** Empties the world and begins a new epoch. */
  reset(): void;
  /** All there is to know about the world now; rows and events are shared, not copied. */
  save(): WorldState;
  /** Puts everything back as it was, and begins a new epoch: what is made from now on has other ids than before. */
  restore(state: WorldState): void;
  /** Called after each commit with the events it told. */
  onCommit: (events: LoggedEvent[]) => void;
  /** Whether events of a type go anywhere; said by whoever delivers them. */
  listened: (type: string, account: string) => boolean;
  /** Sends an event again, to one endpoint or to all that want it, and says to how many; done by whoever delivers. */
  resend: (event: LoggedEvent, endpoint?: string) => number;
};

/** Thrown through a transaction, an error with `keep` leaves what the transaction did: a decline is an outcome. */
const keeps = (error: unknown): boolean => (error as { keep?: unknown } | null)?.keep === true;

/** Fires what nobody asked for: time. */
const NOBODY: Trigger = { id: null, idempotency_key: null };

export function createWorld({ name, wall, resources, seed, frozenAt, check, freeze }: WorldOptions): World {
  let epoch = 0;
  let position = 0;
  let source = random(seed === undefined ? undefined : `${seed} ${name} ${epoch}`);
  const clock = createWorldClock(wall, frozenAt);
  const log = createEventLog();
  const tables = createTables();
  const agenda = createAgenda(tables, resources);
  const filled = new Map<string, number>();

  const id = (prefix: string, length: number, now: number) =>
    `${prefix}_${length >= 20 ? '1' + sortableSeconds(now) + source.text(length - 7) : source.text(length)}`;

  const commit = (changes: Change[], trigger: Trigger, account: string) => {
    changes.forEach(agenda.watch);
    const told = eventsOf(changes, resources);
    // Several events often show one and the same object.
    if (check) new Map(told.map(({ type, object }) => [object, type])).forEach(mustConform);
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
    resend: () => 0,
    agenda,
    transact(trigger, account, run, on) {
      const place = on && clockRow(tables, on);
      const open = openTransaction({
        now: place ? clockTime(place) : clock.now(),
        worldNow: clock.now(),
        clock: place?.id,
        flowing: !place && !clock.frozen,
        account,
        trigger,
        table: tables.of,
        listened: (type) => world.listened(type, account),
        nextPosition: () => position++,
        id,
        text: (length) => source.text(length),
        onFilled: (object, path) => filled.set(`${object}.${path}`, (filled.get(`${object}.${path}`) ?? 0) + 1),
        freeze,
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
    nextDue: (on) => agenda.next(on?.id ?? '')?.at,
    runNext(until, on) {
      const at = world.nextDue(on);
      if (at === undefined || at > until) return false;
      const { due, row, rule } = agenda.take(on?.id ?? '')!;
      const run = () =>
        world.transact(
          rule.trigger?.(row.hidden) ?? NOBODY,
          due.account,
          (tx) => rule.run(tx, row.object, row.hidden),
          on,
        );
      // Events are told at the world's time; on a test clock only its objects are elsewhere in time.
      if (!on) clock.at(Math.max(at, 0), run);
      else {
        if (at > clockTime(clockRow(tables, on)!)) setClockTime(tables, on, at);
        run();
      }
      return true;
    },
    awaits: ({ event }) => resources.get(String(subjectOf(event)['object']))?.answered?.[event.type] !== undefined,
    answered({ event }) {
      const subject = subjectOf(event);
      const object = String(subject['object']);
      const follows = resources.get(object)?.answered?.[event.type];
      if (!follows) return;
      const account = event.account ?? '';
      const id = String(subject['id']);
      const place = tables.of(account, object).get(id)?.clock;
      world.transact(
        NOBODY,
        account,
        (tx) => follows(tx, id),
        place === undefined ? undefined : { id: place, account },
      );
    },
    reset() {
      begin();
      position = 0;
      tables.clear();
      agenda.restore([]);
      log.clear();
      filled.clear();
    },
    save: () => ({
      epoch,
      position,
      clock: { now: clock.now(), frozen: clock.frozen },
      rows: Array.from(tables.all(), ({ account, object, table }) => ({ account, object, rows: [...table.rows()] })),
      due: agenda.save(),
      log: log.all.map((logged) => ({ ...logged })),
      filled: [...filled],
    }),
    restore(state) {
      epoch = Math.max(epoch, state.epoch);
      world.reset();
      position = state.position;
      for (const { account, object, rows } of state.rows)
        for (const row of rows.toSorted((a, b) => a.position - b.position)) tables.of(account, object).put(row);
      agenda.restore(state.due);
      for (const { event, deleted, pending } of state.log) log.append(event, deleted).pending = pending;
      for (const [path, count] of state.filled) filled.set(path, count);
      clock.set(state.clock.now);
      if (state.clock.frozen) clock.freeze();
      else clock.flow();
    },
  };
  const begin = () => {
    epoch++;
    source = random(seed === undefined ? undefined : `${seed} ${name} ${epoch}`);
  };
  return world;
}

const subjectOf = (event: JsonObject) => (event['data'] as JsonObject)['object'] as JsonObject;

function mustConform(type: string, object: JsonObject) {
  const problems = conform(String(object['object']), object);
  if (problems.length) throw new Error(`${type} does not conform: ${problems.slice(0, 5).join('; ')}`);
}
