import type { IncomingMessage, ServerResponse } from 'node:http';
import { keepAlive } from '../base/clock.ts';
import { check, maybe, milliseconds } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { StoreCounts } from '../store/store.ts';
import type { EventPattern } from '../stripe/types.ts';
import { CLOSED } from './answers.ts';
import type { Handler, HandlerOptions } from './context.ts';
import { counters, type Counters } from './counters.ts';
import { fetchDoor } from './doors/fetch.ts';
import { nodeDoor } from './doors/node.ts';
import { createNowhere } from './doors/nowhere.ts';
import { createRegistry, type Registered } from './handlers.ts';
import { adopt, type AdoptOptions } from './adopt.ts';
import { createEnsure, type Ensured, type EnsureOptions } from './ensure.ts';
import { ingestTrusted, type Ingested, type TrustOptions } from './trusted.ts';
import { createIngest } from './ingest.ts';
import { createKeeper, type Keeper } from './keep.ts';
import { withSlash, type Verify } from './endpoints.ts';
import { observed } from './observe.ts';
import { settingsOf, type ReceiverOptions } from './options.ts';
import { backfill, type BackfillOptions, type BackfillReport } from './catch-up/backfill.ts';
import { createReconcile, type ReconcileOptions, type ReconcileReport } from './catch-up/reconcile.ts';
import { replay, type ReplayFilter, type ReplayOptions, type ReplayReport } from './replay.ts';
import { forget, type Forgotten } from './privacy/forget.ts';
import { noteRedaction } from './privacy/noted.ts';
import { createHousekeeping, prune, type PruneReport, type Retention } from './privacy/retention.ts';
import { secretStatus, type SecretStatus } from './rotation.ts';
import { seldom } from './seldom.ts';
import { createWorker, type Worker } from './work/worker.ts';

/** Receives Stripe's webhooks: proven, stored before the answer, then mirrored and handled, once and in order. */
export interface Receiver<Tx = unknown> extends AsyncDisposable {
  /**
   * Registers a handler for one event type, everything under a prefix (`invoice.*`) or everything (`*`). Throws
   * `bad_pattern`, naming the nearest type, for one that does not exist.
   */
  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<Pattern, Tx>,
    options?: HandlerOptions,
  ): Receiver<Tx>;
  /** The Web-standard door. */
  fetch(request: Request): Promise<Response>;
  /** The door of `node:http` and Express, faster than `fetch`. */
  node(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Begins to work in the background. */
  start(): Promise<void>;
  /** Works until nothing is due: for tests, for cron and for platforms that stop the process after the answer. */
  drain(): Promise<void>;
  /** Waits until the started worker has nothing due and nothing in hand. */
  idle(): Promise<void>;
  /**
   * Stores what came in an envelope of EventBridge or Event Grid, which carries no signature: only for code that knows
   * where it came from. What no endpoint takes (`livemode`, `accounts`) is recorded as refused. Throws `bad_envelope`,
   * naming what is missing.
   */
  ingest(envelope: unknown, options: TrustOptions): Promise<Ingested[]>;
  /**
   * Makes sure of an object, for a page that is shown before its webhook came: fetches it, mirrors it, and waits until
   * the handlers of its stored events have finished or the time is over. Needs `stripe` to fetch.
   */
  ensure(object: string, id: string, options?: EnsureOptions): Promise<Ensured>;
  /**
   * Erases the personal fields of everything stored that mentions this id (`cus_…`); ids, amounts and states stay. By
   * default the database's files are rewritten too, so that nothing is left in them, which blocks while it runs.
   */
  forget(id: string, options?: { compact?: boolean }): Promise<Forgotten>;
  /** Deletes what is older than the retention (the receiver's own by default), which a started worker does by itself. */
  prune(retention?: Retention): Promise<PruneReport>;
  /** Mirrors objects that the API answered with, as of when the request began; answers how many it stored. */
  adopt(objects: Iterable<JsonObject>, options: AdoptOptions): Promise<number>;
  /**
   * Makes handlers run again over stored events, here and now, and waits for them: what they did before is forgotten, but
   * what `ctx.tx` wrote then is not undone. Nothing else that waits is worked on, and no other process runs them, unless
   * they fail. `close` ends it. Throws `unknown_handler` for a name that is not registered here.
   */
  replay(filter: ReplayFilter, options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Asks the API for the events that never came, for the platform and every connected account, each from where its last
   * complete listing ended, and stores them; they are handled like any other. Needs `stripe`. What the API did not
   * answer is in the report.
   */
  reconcile(options?: ReconcileOptions): Promise<ReconcileReport>;
  /**
   * Brings what was there before the first webhook into the mirror, from the API's lists; no handler runs for it. Goes on
   * where an earlier one was interrupted. Needs `stripe`. What the API did not answer is in the report.
   */
  backfill(options?: BackfillOptions): Promise<BackfillReport>;
  /** What a status page shows. Asks the store. */
  status(): Promise<ReceiverStatus>;
  /** What this process knows of itself, whether the store answers or not. */
  vitals(): Vitals;
  /** Answers 503 from now on, and waits up to `grace` milliseconds (10 s) for handlers. The store stays open. */
  close(options?: { grace?: number }): Promise<void>;
}

/** What a process knows of itself. */
export interface Vitals {
  /** On how many objects it works at the moment. */
  busy: number;
  /** Since this receiver was made. */
  counters: Counters;
}

/** What a status page shows. */
export interface ReceiverStatus extends Vitals {
  /** Of the first endpoint. */
  path: string;
  verify: Verify;
  endpoints: { path: string; verify: Verify }[];
  secrets: SecretStatus[];
  mirror: boolean;
  /** When an event last came by itself, in milliseconds (to the minute for other processes); null when none ever did. */
  lastDeliveryAt: number | null;
  /** Whether it works by itself. */
  running: boolean;
  handlers: { name: string; pattern: string }[];
  /** What the store holds, from every process; where counting takes longer than 50 ms, up to a minute old. */
  store: StoreCounts;
}

const COUNTED = { stored: 'stored', duplicate: 'duplicates', refused: 'refused' } as const satisfies Record<
  Ingested,
  keyof Counters
>;

/**
 * Makes a receiver; nothing is worked on before `start` or `drain`. Throws `no_verification` when no delivery could
 * ever be proven, `bad_secret` for what is no webhook secret, `bad_option` for anything else that cannot work.
 */
export function createReceiver<Tx>(options: ReceiverOptions<Tx>): Receiver<Tx> {
  const settings = settingsOf(options);
  const { store, endpoints, mirror } = settings;
  const counts = counters();
  const totals = seldom(() => store.counts());
  const registry = createRegistry<Tx>();
  const worker: Worker = createWorker(settings, registry, counts, () => keeper.crowdedAt);
  const keeper: Keeper = createKeeper(settings, worker.wake, worker.hands);
  const ingest = observed(createIngest(settings, counts, keeper), settings.observe, settings.clock);
  const nowhere = createNowhere(settings);
  const throughFetch = fetchDoor(ingest, settings, nowhere);
  const throughNode = nodeDoor(ingest, settings, nowhere);
  let draining = false;
  // A process without handlers must not work: what it finishes would be finished without them.
  const ensure = createEnsure(settings, () => {
    if (worker.running) worker.wake();
    else if (registry.all.length > 0 && !draining) {
      draining = true;
      worker
        .drain()
        .catch((error: unknown) => settings.onProblem('work that ensure waits for failed', error))
        .finally(() => (draining = false));
    }
  });
  const housekeeping = createHousekeeping(settings);
  const reconcile = createReconcile(settings);
  let closed = false;
  let closing: Promise<void> | undefined;

  const open = (): void => {
    if (closed) throw new PaybellError('receiver_closed', '');
  };

  const receiver: Receiver<Tx> = {
    on(pattern, handler, handlerOptions) {
      open();
      registry.add(pattern, handler as Registered<Tx>['run'], handlerOptions);
      return receiver;
    },
    async fetch(request) {
      if (!closed) return throughFetch(request);
      return new Response(CLOSED.body, { status: CLOSED.status, headers: CLOSED.headers });
    },
    node(request, response) {
      if (!closed) return throughNode(request, response);
      response.writeHead(CLOSED.status, CLOSED.headers).end(CLOSED.body);
      return Promise.resolve();
    },
    async start() {
      open();
      await noteRedaction(options.redact, store);
      await worker.start();
      housekeeping.start();
    },
    async drain() {
      open();
      await keepAlive(worker.drain());
    },
    idle: () => keepAlive(worker.idle()),
    async ingest(envelope, trust) {
      open();
      const inserted = await ingestTrusted(envelope, trust, settings);
      for (const one of inserted) counts[COUNTED[one]] += 1;
      counts.received += inserted.length;
      worker.wake();
      return inserted;
    },
    async ensure(object, id, ensureOptions) {
      open();
      return keepAlive(ensure(object, id, ensureOptions));
    },
    async adopt(objects, adoptOptions) {
      open();
      const stored = await adopt(objects, adoptOptions, settings);
      worker.wake();
      return stored;
    },
    async forget(id, forgetOptions) {
      open();
      return forget(id, store, forgetOptions);
    },
    async prune(retention = settings.retention) {
      open();
      if (!retention) throw new PaybellError('bad_option', 'Give `retention`, to `prune` or to the receiver.');
      return prune(retention, settings);
    },
    async replay(filter, replayOptions = {}) {
      open();
      return replay(filter, replayOptions, { settings, registry, worker, counts });
    },
    async backfill(backfillOptions = {}) {
      open();
      return keepAlive(backfill(backfillOptions, { ...settings, adopt: receiver.adopt }));
    },
    async reconcile(reconcileOptions) {
      open();
      const report = await keepAlive(reconcile(reconcileOptions));
      counts.stored += report.new;
      worker.wake();
      return report;
    },
    async status() {
      const handlers = registry.all.map(({ name, pattern }) => ({ name, pattern }));
      const { running } = worker;
      const proofs = await store.proofs();
      const last = Math.max(keeper.matchedAt ?? 0, ...proofs.map(({ at }) => at));
      const all = [...endpoints.values()].map(({ path, verify }) => ({ path: withSlash(path), verify }));
      return {
        ...(all[0] ?? { path: '', verify: 'signature' }),
        endpoints: all,
        secrets: secretStatus(endpoints.values(), proofs),
        lastDeliveryAt: last > 0 ? last : null,
        mirror,
        running,
        handlers,
        ...receiver.vitals(),
        store: await totals(),
      };
    },
    vitals: () => ({ busy: worker.busy, counters: { ...counts } }),
    async close(closeOptions = {}) {
      check('close', { grace: maybe(milliseconds) }, closeOptions);
      const { grace = 10_000 } = closeOptions;
      closed = true;
      housekeeping.stop();
      await keepAlive((closing ??= worker.close(grace)));
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
  return receiver;
}
