import { Query, type ClientBase, type CustomTypesConfig, type Pool, type QueryResult, type QueryResultRow } from 'pg';
import type { Duplex } from 'node:stream';

/** Parameters of one format, written straight into the message that takes them to the server. */
export interface Part {
  count: number;
  /** 0: as text; 1: as the server keeps them. */
  format: 0 | 1;
  /** How many bytes they take at most, each with its length before it. */
  room(): number;
  /** Writes them, and says where they end. */
  write(to: Buffer, at: number): number;
}

/** All parameters of one statement. */
export class Parameters {
  readonly parts: readonly Part[];

  constructor(...parts: Part[]) {
    this.parts = parts;
  }
}

/** Single values, as text. */
export function single(...values: readonly (string | number | null)[]): Part {
  const texts = values.map((value) => (value === null ? null : String(value)));
  return {
    count: texts.length,
    format: 0,
    room: () => texts.reduce((sum, text) => sum + 4 + (text?.length ?? 0) * 3, 0),
    write(to, at) {
      for (const text of texts) {
        const size = text === null ? -1 : to.write(text, at + 4);
        to.writeInt32BE(size, at);
        at += 4 + Math.max(size, 0);
      }
      return at;
    },
  };
}

type Config = { name: string; text: string; types: CustomTypesConfig; query_timeout?: number };

/** Runs a named statement with them. */
export const send = <Row extends QueryResultRow>(
  on: Pool | ClientBase,
  config: Config,
  parameters: Parameters,
): Promise<QueryResult<Row>> => submitted(on, new BoundQuery(config, parameters));

/** Apart from what makes the query, so that what hears of its end does not hold on to what it was made of. */
function submitted<Row extends QueryResultRow>(on: Pool | ClientBase, query: BoundQuery): Promise<QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    on.query(query as never, (error: Error | undefined, result: QueryResult<Row>) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

type Connection = { stream: Duplex };

/** What `Query` does for each of its kind that has a name; it is the same in every version 8, though not in its types. */
const { prepare } = Query.prototype as unknown as { prepare(this: Query, connection: Connection): void };

/**
 * A query that writes its parameters itself, into memory that is used again. `pg` puts a message together in a buffer
 * that grows, and leaves it to the garbage collector: under load that was a megabyte for each commit, and a pause of
 * 20 ms several times a second.
 */
class BoundQuery extends Query {
  readonly query_timeout: number | undefined;
  #parameters: Parameters | undefined;

  constructor(config: Config, parameters: Parameters) {
    super(config);
    this.query_timeout = config.query_timeout;
    this.#parameters = parameters;
  }
  prepare(connection: Connection): void {
    const binding = bindingOf(connection);
    binding.parameters = this.#parameters;
    // The connection holds on to its last query, which need not hold on to all that it stored.
    this.#parameters = undefined;
    prepare.call(this, binding);
    binding.parameters = undefined;
  }
}

/** A connection that binds the parameters it has been given, and is the connection otherwise. */
type Binding = Connection & { parameters: Parameters | undefined };

/** One for each connection: an object made for each query would be a shape of its own, and outlive all it refers to. */
const bindings = new WeakMap<Connection, Binding>();

function bindingOf(connection: Connection): Binding {
  const known = bindings.get(connection);
  if (known) return known;
  const made = Object.create(connection) as Binding & { bind(config: { statement: string }): void };
  made.parameters = undefined;
  made.bind = ({ statement }) => {
    const { stream } = connection;
    if (!stream.writable) return;
    const { message, whole } = bindMessage(statement, made.parameters!);
    stream.write(message, (error) => {
      if (!error) free(whole);
    });
  };
  bindings.set(connection, made);
  return made;
}

/** The message `Bind` of PostgreSQL's protocol, for the unnamed portal, with all results as text. */
function bindMessage(statement: string, { parts }: Parameters): { message: Buffer; whole: Buffer } {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const head = 1 + 4 + 1 + statement.length * 3 + 1 + 2 + 2 * count + 2;
  const whole = taken(parts.reduce((sum, part) => sum + part.room(), head + 4));
  whole[0] = BIND;
  whole[5] = 0;
  let at = 6 + whole.write(statement, 6);
  whole[at] = 0;
  at = whole.writeInt16BE(count, at + 1);
  for (const { count: many, format } of parts) for (let i = 0; i < many; i += 1) at = whole.writeInt16BE(format, at);
  at = whole.writeInt16BE(count, at);
  for (const part of parts) at = part.write(whole, at);
  at = whole.writeInt16BE(1, at);
  at = whole.writeInt16BE(0, at);
  whole.writeInt32BE(at - 1, 1);
  return { message: whole.subarray(0, at), whole };
}

const BIND = 'B'.charCodeAt(0);

/** Memory of messages that are sent, to be used again: a few pieces, and none that is kept for one large message. */
const spare: Buffer[] = [];
const SPARE = 4;
const LARGEST = 8 * 1_048_576;

function taken(room: number): Buffer {
  const piece = spare.pop();
  return piece && piece.length >= room ? piece : Buffer.allocUnsafeSlow(Math.ceil(room * 1.5));
}

function free(piece: Buffer): void {
  if (piece.length <= LARGEST && spare.length < SPARE) spare.push(piece);
}
