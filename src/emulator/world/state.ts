import { createTable, type Table } from './tables.ts';

/** The tables of a world, by account and object. */
export type Tables = {
  of(account: string, object: string): Table;
  /** The tables of an object that exist, with whose they are. */
  named(object: string): Iterable<{ account: string; table: Table }>;
  /** Every table that exists, with whose and what it is. */
  all(): Iterable<{ account: string; object: string; table: Table }>;
  clear(): void;
};

export function createTables(): Tables {
  const accounts = new Map<string, Map<string, Table>>();
  return {
    of(account, object) {
      let tables = accounts.get(account);
      if (!tables) accounts.set(account, (tables = new Map()));
      let table = tables.get(object);
      if (!table) tables.set(object, (table = createTable()));
      return table;
    },
    *named(object) {
      for (const [account, tables] of accounts) {
        const table = tables.get(object);
        if (table) yield { account, table };
      }
    },
    *all() {
      for (const [account, tables] of accounts) for (const [object, table] of tables) yield { account, object, table };
    },
    clear: () => accounts.clear(),
  };
}
