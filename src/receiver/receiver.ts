import type { IncomingMessage, ServerResponse } from 'node:http';
import { PaybellError } from '../base/errors.ts';
import type { StoreCounts } from '../store/store.ts';
import type { EventPattern } from '../stripe/types.ts';
import { CLOSED } from './answers.ts';
import type { Handler, HandlerOptions } from './context.ts';
import { counters, type Counters } from './counters.ts';
import { fetchDoor } from './doors/fetch.ts';
import { nodeDoor } from './doors/node.ts';
import { createRegistry, type Registered } from './handlers.ts';
import { createIngest } from './ingest.ts';
import { settingsOf, type ReceiverOptions, type Verify } from './options.ts';
import { createWorker } from './work/worker.ts';

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
  status(): Promise<ReceiverStatus>;
  /** Answers 503 from now on, and waits up to `grace` milliseconds (10 s) for handlers. The store stays open. */
  close(options?: { grace?: number }): Promise<void>;
}

/** What a status page shows. */
export interface ReceiverStatus {
  path: string;
  verify: Verify;
  mirror: boolean;
  /** Whether it works by itself, and on how many objects at the moment. */
  running: boolean;
  busy: number;
  handlers: { name: string; pattern: string }[];
  /** Since this receiver was made. */
  counters: Counters;
  /** What the store holds, from every process. */
  store: StoreCounts;
}

/**
 * Makes a receiver; nothing is worked on before `start` or `drain`. Throws `no_verification` when no delivery could
 * ever be proven, `bad_secret` for what is no webhook secret, `bad_option` for anything else that cannot work.
 */
export function createReceiver<Tx>(options: ReceiverOptions<Tx>): Receiver<Tx> {
  const settings = settingsOf(options);
  const { store, path, maxBody, verify, mirror } = settings;
  const counts = counters();
  const registry = createRegistry<Tx>();
  const worker = createWorker(settings, registry, counts);
  const ingest = createIngest(settings, counts, worker.wake);
  const throughFetch = fetchDoor(ingest, { path, maxBody });
  const throughNode = nodeDoor(ingest, { path, maxBody });
  let closed = false;

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
    async node(request, response) {
      if (!closed) return throughNode(request, response);
      response.writeHead(CLOSED.status, CLOSED.headers).end(CLOSED.body);
    },
    async start() {
      open();
      await worker.start();
    },
    async drain() {
      open();
      await worker.drain();
    },
    idle: worker.idle,
    async status() {
      const handlers = registry.all.map(({ name, pattern }) => ({ name, pattern }));
      const { running, busy } = worker;
      return {
        path: `${path}/`,
        verify,
        mirror,
        running,
        busy,
        handlers,
        counters: { ...counts },
        store: await store.counts(),
      };
    },
    async close({ grace = 10_000 } = {}) {
      if (closed) return;
      closed = true;
      await worker.close(grace);
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
  return receiver;
}
