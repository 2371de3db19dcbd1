import type { Pool, PoolClient } from 'pg';
import { systemClock, type Clock } from '../../base/clock.ts';
import { anything, callable, check, count, flag, maybe, such, text, type Checks } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import { isObject, type Json } from '../../base/json.ts';
import { COLUMNS, NESTED } from '../../stripe/columns.gen.ts';
import type { Incoming, LaneResult, OpenEffects, Settled, Store } from '../store.ts';
import { accountReads } from './accounts.ts';
import { claiming } from './claim.ts';
import { connections, type ConnectionOptions } from './connections.ts';
import { effecting } from './effects.ts';
import { compact, erasing } from './erase.ts';
import { histories } from './history.ts';
import { inserting } from './insert.ts';
import { judging } from './judge.ts';
import { leasing } from './leases.ts';
import { signals } from './listen.ts';
import { compressionOf, CURRENT_VERSION, migrate, versionOf } from './migrate.ts';
import { notes } from './notes.ts';
import { proofReads } from './proofs.ts';
import { pruning } from './prune.ts';
import { eventReads } from './read-events.ts';
import { mirrorReads } from './read-mirror.ts';
import { reopening } from './reopen.ts';
import { settling } from './settle.ts';
import { sortedJson } from './sorted-json.ts';

export type { ConnectionOptions } from './connections.ts';
export type { OpenEffects } from '../store.ts';

/** Where the database is, and how it is used. */
export interface PostgresOptions extends ConnectionOptions {
  /** Everything is in this schema, made when it does not exist: `paybell` by default. Other schemas are other stores. */
  schema?: string | undefined;
  /** Wall time by default. */
  clock?: Clock | undefined;
  /** Told of what goes wrong between calls (an idle connection that breaks); writes to stderr by default. */
  onProblem?: ((what: string, error: unknown) => void) | undefined;
}

const OPTIONS: Checks<PostgresOptions> = {
  url: maybe(text),
  connection: maybe(such('what pg takes to connect, as an object', (value) => isObject(value as Json))),
  ingestConnections: maybe(count),
  workConnections: maybe(count),
  effectConnections: maybe(count),
  statementTimeout: maybe(count),
  readOnly: maybe(flag),
  unsafe: maybe(flag),
  schema: maybe(
    such('up to 40 small letters, digits and underscores', (value) => /^[a-z_][a-z0-9_]{0,39}$/.test(String(value))),
  ),
  clock: maybe(anything),
  onProblem: maybe(callable),
};

/** A store in PostgreSQL, for any number of processes; `ctx.tx` is a client in the transaction that marks the handler done. */
export interface PostgresStore extends Store<PoolClient> {
  readonly schema: string;
  /** How bodies are compressed: `lz4` where the server has it, else `pglz`. */
  readonly compression: string;
  /** Connections for queries of your own, shared with `ctx.tx`: the views `stripe_charges`, … are in the schema. */
  readonly pool: Pool;
  /** Opens a transaction for a handler to work in, which `settle` then commits together with what the handler came to. */
  begin(): Promise<OpenEffects<PoolClient>>;
  /** Calls `wake` when any process has stored something; the function returned ends that. */
  watch(wake: () => void): () => void;
}

/**
 * Opens or creates a store in a PostgreSQL database (14 or later). Throws `store_unsafe` when the database may forget
 * what it committed, `store_version` when a newer Paybell wrote it, `bad_option`, and what `pg` throws without a server.
 */
export async function createPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  check('createPostgresStore', OPTIONS, options);
  const { schema = 'paybell', clock = systemClock, readOnly = false } = options;
  const onProblem = options.onProblem ?? ((what, error) => console.error(`paybell: ${what}:`, error));
  const s = `"${schema}"`;
  const pools = connections(options, onProblem);
  const { ingest, work, effects } = pools;

  const first = await pools.single({ patient: true });
  let compression: string;
  try {
    if (!readOnly) await migrate(first, s, schema, { columns: COLUMNS, nested: NESTED });
    else if ((await versionOf(first, s, schema)) !== CURRENT_VERSION)
      throw new PaybellError('store_version', 'It is older than this Paybell; start the receiver once to migrate it.');
    compression = await compressionOf(first, s);
  } finally {
    await first.end();
  }

  const stored = inserting(ingest, s, onProblem);
  const receive = async (incoming: Incoming) => {
    const received = await stored(incoming);
    if (received.some(({ next }) => next === 'claim')) signal.tell();
    return received;
  };
  const settle = settling(work, s);
  const begin = effecting(effects, s, { places: effects.options.max!, timeout: pools.timeout });
  const leases = leasing(work, s);
  const events = eventReads(work, s);
  const mirror = mirrorReads(work, s);
  const note = notes(work, s);
  const signal = signals(`"paybell_${schema}"`, { clock, work, connect: pools.single, onProblem });
  let open = true;

  /** What a closed store answers. */
  function method<Given extends unknown[], Result>(run: (...given: Given) => Promise<Result>) {
    return async (...given: Given): Promise<Result> => {
      if (!open) throw new PaybellError('store_closed', schema);
      return run(...given);
    };
  }

  async function settleAll(results: readonly LaneResult<PoolClient>[]): Promise<Settled[]> {
    const plain = results.filter((result) => result.effects.length === 0);
    const settled = new Map<LaneResult<PoolClient>, Settled>();
    await Promise.all([
      ...(plain.length === 0
        ? []
        : [settle(plain).then((all) => all.forEach((one, i) => settled.set(plain[i]!, one)))]),
      ...results
        .filter(({ effects }) => effects.length > 0)
        .map(async (result) => settled.set(result, await withEffects(result))),
    ]);
    return results.map((result) => settled.get(result)!);
  }

  /** Runs recorded effects in a transaction of their own, one after the other, and commits them with their lane. */
  async function withEffects(result: LaneResult<PoolClient>): Promise<Settled> {
    const opened = await begin();
    try {
      for (const effect of result.effects) await effect(opened.tx);
    } catch (error) {
      await opened.rollback();
      return { outcome: 'failed', error };
    }
    return opened.settle(result);
  }

  async function compactAll(): Promise<void> {
    const client = await pools.single({ patient: true });
    try {
      await compact(client, s);
    } finally {
      await client.end();
    }
  }

  async function close(): Promise<void> {
    if (!open) return;
    open = false;
    await signal.close();
    await pools.close();
  }

  return {
    schema,
    compression,
    pool: effects,
    begin: method(begin),
    watch: signal.watch,
    toJson: sortedJson,
    insert: method(async (incoming) => (await receive(incoming)).map(({ inserted }) => inserted)),
    receive: method(receive),
    claim: method(claiming(work, s)),
    renew: method(leases.renew),
    owners: method(leases.owners),
    abandon: method(leases.abandon),
    nextDue: method(leases.nextDue),
    history: method(histories(work, s)),
    settle: method(settleAll),
    judge: method(judging(work, s)),
    reopen: method(reopening(work, s)),
    listEvents: method(events.listEvents),
    marks: method(events.marks),
    getEvent: method(events.getEvent),
    listRefused: method(events.listRefused),
    getObject: method(mirror.getObject),
    listObjects: method(mirror.listObjects),
    objectsNaming: method(mirror.objectsNaming),
    objectTypes: method(mirror.objectTypes),
    accounts: method(accountReads(work, s)),
    proofs: method(proofReads(work, s)),
    counts: method(mirror.counts),
    readNote: method(note.read),
    writeNote: method(note.write),
    prune: method(pruning(work, s)),
    erase: method(erasing(work, s)),
    compact: method(compactAll),
    close,
    [Symbol.asyncDispose]: close,
  };
}
