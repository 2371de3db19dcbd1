import { isObject, type JsonObject } from '../../base/json.ts';
import type { Change } from '../resources/define.ts';
import { fill, type OnFilled } from '../shapes/fill.ts';
import type { Hidden, Row, Stored } from './objects.ts';
import type { Table } from './tables.ts';
import { livesOnClocks } from './test-clocks.ts';

/** What fired a transaction: an API request, or nothing but time (`id` null). */
export type Trigger = { id: string | null; idempotency_key: string | null };

/** Everything a behaviour may do to the world. Reads see its own writes; nothing is told before the commit. */
export type Transaction = {
  /** The time, Unix seconds: the world's, or that of the test clock on which this happens. */
  readonly now: number;
  /** The world's time, Unix seconds, on a test clock as well. */
  readonly worldNow: number;
  /** Whether time flows, or stands still until somebody moves it. */
  readonly flowing: boolean;
  readonly account: string;
  readonly trigger: Trigger;
  /** Whether any endpoint will be sent events of a type. */
  listened(type: string): boolean;
  id(prefix: string, length?: number): string;
  /** A made-up value of digits and letters: fingerprints, secrets, network references. */
  text(length: number): string;
  get<Name extends string>(object: Name, id: string | null | undefined): Stored<Name> | undefined;
  row<Name extends string>(object: Name, id: string | null | undefined): Row<Name> | undefined;
  /** The last of an object that once was and is gone. */
  gone(object: string, id: string): JsonObject | undefined;
  /** The row of an object that once was, hidden facts included, whether it is gone or not. */
  lastRow<Name extends string>(object: Name, id: string | null | undefined): Row<Name> | undefined;
  /** Creates an object. Fields that may be null and are not given become null. */
  insert<Name extends string>(object: Name, fields: Partial<Stored<Name>>, hidden?: Hidden): Stored<Name>;
  /** Changes fields of an object, and hidden facts beside it. */
  update<Name extends string>(object: Name, id: string, fields: Partial<Stored<Name>>, hidden?: Hidden): Stored<Name>;
  remove(object: string, id: string): void;
  /** Tries something out: its result is returned, and everything it changed is as it was before. */
  trial<T>(run: () => T): T;
  /** Puts an object on a test clock. */
  moveToClock(object: string, id: string, clock: string): void;
  /** Names the reason of the last change to an object, for rules that depend on it. */
  because(object: string, id: string, cause: string): void;
  newest<Name extends string>(object: Name, options?: Parameters<Table['newest']>[0]): Generator<Row<Name>>;
  oldest<Name extends string>(object: Name, options?: Parameters<Table['oldest']>[0]): Generator<Row<Name>>;
};

export type Ground = {
  now: number;
  worldNow: number;
  /** The test clock on which it happens. */
  clock: string | undefined;
  flowing: boolean;
  account: string;
  trigger: Trigger;
  table(account: string, object: string): Table;
  listened(type: string): boolean;
  nextPosition(): number;
  id(prefix: string, length: number, now: number): string;
  text(length: number): string;
  onFilled: OnFilled;
  freeze: boolean;
};

export type OpenTransaction = { tx: Transaction; changes(): Change[]; undo(): void };

/** Opens a transaction. Writes go straight into the tables; `undo` puts every touched row back. */
export function openTransaction(ground: Ground): OpenTransaction {
  const { account, now, trigger } = ground;
  type Touched = { before: Row | undefined; first: Row; cause: string | undefined };
  let touched = new Map<string, Touched & { object: string; id: string }>();
  const table = (object: string) => ground.table(account, object);

  const put = (name: string, row: Row) => {
    const { id } = row;
    const key = `${name} ${id}`;
    const stored = ground.freeze ? { ...row, object: deepFreeze(row.object) } : row;
    if (!touched.has(key))
      touched.set(key, { object: name, id, before: table(name).get(id), first: stored, cause: undefined });
    table(name).put(stored);
  };
  const existing = (object: string, id: string): Row => {
    const row = table(object).get(id);
    if (!row || row.deleted) throw new Error(`no ${object} ${id} to change`);
    return row;
  };

  const tx: Transaction = {
    now,
    worldNow: ground.worldNow,
    flowing: ground.flowing,
    account,
    trigger,
    listened: ground.listened,
    id: (prefix, length = 24) => ground.id(prefix, length, now),
    text: ground.text,
    row<Name extends string>(object: Name, id: string | null | undefined) {
      const row = id ? table(object).get(id) : undefined;
      return row && !row.deleted ? (row as unknown as Row<Name>) : undefined;
    },
    gone(object, id) {
      const row = table(object).get(id);
      return row?.deleted ? (row.object as JsonObject) : undefined;
    },
    lastRow: <Name extends string>(object: Name, id: string | null | undefined) =>
      (id ? table(object).get(id) : undefined) as unknown as Row<Name> | undefined,
    get: (object, id) => tx.row(object, id)?.object,
    insert<Name extends string>(object: Name, fields: Partial<Stored<Name>>, hidden: Hidden = {}) {
      const filled = fill(object, fields as JsonObject, ground.onFilled) as unknown as Stored;
      // A few objects have no id of their own to be found by.
      const id = filled.id ?? (hidden['rowId'] as string | undefined) ?? object;
      const clock = ground.clock !== undefined && livesOnClocks(object) ? { clock: ground.clock } : {};
      put(object, { id, object: filled, hidden, account, position: ground.nextPosition(), deleted: false, ...clock });
      return filled as unknown as Stored<Name>;
    },
    update<Name extends string>(object: Name, id: string, fields: Partial<Stored<Name>>, hidden?: Hidden) {
      const row = existing(object, id);
      const next = { ...row.object } as JsonObject;
      for (const [key, value] of Object.entries(fields as JsonObject))
        if (value === undefined) delete next[key];
        else next[key] = value;
      const beside = hidden ? { ...row.hidden, ...hidden } : row.hidden;
      put(object, { ...row, object: next as unknown as Stored, hidden: beside });
      return next as unknown as Stored<Name>;
    },
    remove(object, id) {
      put(object, { ...existing(object, id), deleted: true });
    },
    trial(run) {
      const outer = touched;
      touched = new Map();
      try {
        return run();
      } finally {
        undo();
        touched = outer;
      }
    },
    moveToClock(object, id, clock) {
      put(object, { ...existing(object, id), clock });
    },
    because(object, id, cause) {
      const change = touched.get(`${object} ${id}`);
      if (change) change.cause = cause;
    },
    *newest<Name extends string>(object: Name, options?: Parameters<Table['newest']>[0]) {
      for (const row of table(object).newest(options)) if (!row.deleted) yield row as unknown as Row<Name>;
    },
    *oldest<Name extends string>(object: Name, options?: Parameters<Table['oldest']>[0]) {
      for (const row of table(object).oldest(options)) if (!row.deleted) yield row as unknown as Row<Name>;
    },
  };

  const undo = () => {
    for (const { object, id, before } of touched.values())
      if (before) table(object).put(before);
      else table(object).drop(id);
  };

  return {
    tx,
    changes: () => [...touched.values()].map((change) => ({ ...change, after: table(change.object).get(change.id)! })),
    undo,
  };
}

// Nothing else in the world freezes, so that what is frozen is frozen all the way down: most of a row never changes.
function deepFreeze<T>(value: T): T {
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) value.forEach(deepFreeze);
  else if (isObject(value)) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
