import type { Part } from './parameters.ts';

/** How values of one SQL type go to the server: as it keeps them, so that nothing is spelled out and read again. */
interface Type<Value> {
  sql: string;
  oid: number;
  /** How many bytes a value takes at most. */
  room(value: Value): number;
  /** Writes a value, and says how many bytes that were. */
  write(to: Buffer, value: Value, at: number): number;
}

/** A column: its type, and its value in a row; null stays NULL. */
export interface Column<Row> {
  type: Type<never>;
  of(row: Row): unknown;
}

const column =
  <Value>(type: Type<Value>) =>
  <Row>(of: (row: Row) => Value | null | undefined): Column<Row> => ({ type, of });

const TWO_32 = 0x1_0000_0000;

// Three bytes for a character at most: that much room is cheaper than counting.
export const text = column<string>({
  sql: 'text',
  oid: 25,
  room: (value) => value.length * 3,
  write: (to, value, at) => to.write(value, at),
});
export const bytes = column<Uint8Array>({
  sql: 'bytea',
  oid: 17,
  room: (value) => value.length,
  write(to, value, at) {
    to.set(value, at);
    return value.length;
  },
});
export const bigint = column<number>({
  sql: 'bigint',
  oid: 20,
  room: () => 8,
  write(to, value, at) {
    const high = Math.floor(value / TWO_32);
    to.writeInt32BE(high, at);
    to.writeUInt32BE(value - high * TWO_32, at + 4);
    return 8;
  },
});
export const integer = column<number>({
  sql: 'integer',
  oid: 23,
  room: () => 4,
  write(to, value, at) {
    to.writeInt32BE(value, at);
    return 4;
  },
});
export const boolean = column<boolean>({
  sql: 'boolean',
  oid: 16,
  room: () => 1,
  write(to, value, at) {
    to[at] = value ? 1 : 0;
    return 1;
  },
});
/** JSON as text; the number before it is the version of the format. Long, so that its bytes are counted. */
export const jsonb = column<string>({
  sql: 'jsonb',
  oid: 3802,
  room: (value) => Buffer.byteLength(value) + 1,
  write(to, value, at) {
    to[at] = 1;
    return to.write(value, at + 1) + 1;
  },
});

/**
 * Rows as parameters, a binary array for each column: as JSON, the server was measured to spend a tenth of a commit on
 * reading what it is to store.
 */
export interface Columns<Row> {
  /** What rows are selected from: `unnest($1::text[], …)` under a name, with `n`, their place from 1, as the last column. */
  from(name: string, first?: number): string;
  values(rows: readonly Row[]): Buffer[];
  /** The same for a message that they are written into. */
  part(rows: readonly Row[]): Part;
  /** How many parameters that are. */
  count: number;
}

export function columns<Row>(given: Record<string, Column<Row>>): Columns<Row> {
  const all = Object.values(given);
  const names = Object.keys(given).map((name) => `"${name}"`);
  return {
    from(name, first = 1) {
      const parameters = all.map(({ type }, i) => `$${first + i}::${type.sql}[]`);
      const each = parameters.map((parameter, i) => `unnest(${parameter}) AS ${names[i]}`);
      return `(SELECT ${each.join(', ')}, generate_subscripts(${parameters[0]}, 1) AS n) AS ${name}`;
    },
    values: (rows) => arraysOf(all, rows),
    part: (rows) => ({
      count: all.length,
      format: 1,
      room: () => roomOfAll(all, rows) + 4 * all.length,
      write(to, at) {
        for (const one of all) {
          const from = at;
          at = writeArray(to, one, rows, from + 4);
          to.writeInt32BE(at - from - 4, from);
        }
        return at;
      },
    }),
    count: all.length,
  };
}

/** One value for each, as one parameter. */
export const texts = (values: readonly string[]): Buffer => arraysOf([ITSELF.text], values)[0]!;
export const bigints = (values: readonly number[]): Buffer => arraysOf([ITSELF.bigint], values)[0]!;

const ITSELF = { text: text((value: string) => value), bigint: bigint((value: number) => value) };

const HEAD = 20;

/** All of them in one piece of memory. */
function arraysOf<Row>(all: readonly Column<Row>[], rows: readonly Row[]): Buffer[] {
  const to = Buffer.allocUnsafe(roomOfAll(all, rows));
  let at = 0;
  return all.map((one) => {
    const from = at;
    at = writeArray(to, one, rows, from);
    return to.subarray(from, at);
  });
}

function roomOfAll<Row>(all: readonly Column<Row>[], rows: readonly Row[]): number {
  return all.reduce((sum, one) => sum + roomOf(one, rows), all.length * HEAD);
}

function roomOf<Row>({ type, of }: Column<Row>, rows: readonly Row[]): number {
  const { room } = type as unknown as Type<unknown>;
  let most = 0;
  for (const row of rows) {
    const value = of(row);
    most += value == null ? 4 : 4 + room(value);
  }
  return most;
}

/** Writes one array, and says where it ends. */
function writeArray<Row>(to: Buffer, { type, of }: Column<Row>, rows: readonly Row[], from: number): number {
  const { write, oid } = type as unknown as Type<unknown>;
  // Dimensions, whether there may be NULLs, the type; of the one dimension, its size and first index.
  to.writeInt32BE(rows.length === 0 ? 0 : 1, from);
  to.writeInt32BE(1, from + 4);
  to.writeInt32BE(oid, from + 8);
  if (rows.length === 0) return from + 12;
  to.writeInt32BE(rows.length, from + 12);
  to.writeInt32BE(1, from + 16);
  let at = from + HEAD;
  for (const row of rows) {
    const value = of(row);
    const size = value == null ? -1 : write(to, value, at + 4);
    to.writeInt32BE(size, at);
    at += 4 + Math.max(size, 0);
  }
  return at;
}
