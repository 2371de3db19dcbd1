import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock, type Clock } from '../base/clock.ts';
import { PaybellError } from '../base/errors.ts';
import { schema } from '../stripe/schema.ts';
import { directly, type LocalReceiver } from './delivery/direct.ts';
import type { Endpoint } from './delivery/endpoints.ts';
import { createControl } from './http/control/control.ts';
import { createDoor } from './http/door.ts';
import { createDoors } from './http/doors.ts';
import { createRouter } from './http/routes.ts';
import { UNDECLARED } from './http/undeclared.ts';
import { openWorld, type OpenWorld } from './open-world.ts';
import { resources } from './resources/index.ts';

/** An endpoint that every world delivers to, whatever its key. */
export type WebhookTarget = {
  url: string;
  secret: string;
  /** Event types, by default all of them. */
  events?: readonly string[];
  apiVersion?: string;
  /** Takes deliveries in place of the network, whatever it is. */
  send?: (request: Request) => Promise<Response>;
  /**
   * Paybell's receiver in the same process: takes deliveries in place of the network and several times as fast as `send`,
   * all of a moment at once, so that they share a commit. Where nothing depends on its answers, a moving clock runs up to
   * a day or 250 deliveries ahead of them.
   */
  receiver?: LocalReceiver;
};

export type EmulatorOptions = {
  webhooks?: readonly WebhookTarget[];
  /** Wall time; tests may give their own. */
  clock?: Clock;
  /** Given, ids and secrets repeat from run to run. */
  seed?: string;
  /** Given, every world begins at this moment (Unix seconds) and stands still until it is moved. */
  frozenAt?: number;
  /** Whether every answer and every event is checked against its declared shape. On unless switched off. */
  check?: boolean;
  /**
   * Whether objects are frozen against change by mistake: for tests of behaviours. Off unless switched on, because frozen
   * objects take half as long again to be written and three times as long to be copied.
   */
  freeze?: boolean;
  /** Hosts (`host:port`) besides this machine that deliveries may go to. */
  allow?: readonly string[];
  /** How long an endpoint may take to answer, in milliseconds. */
  timeoutMs?: number;
  /** How many worlds are kept; beyond that the one idle for longest goes. */
  maxWorlds?: number;
  /** Given, snapshots are kept in files below it and outlive the process. */
  snapshotFolder?: string;
};

/** A local Stripe. `fetch` is the whole of it: the API, and the control routes under `/_paybell/`. */
export type Emulator = AsyncDisposable & {
  fetch(request: Request): Promise<Response>;
  /** The same for Node's own HTTP server, where it saves a third of the time. */
  node(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The world of a test key, or of a world's name. */
  open(key: string): OpenWorld;
  close(): Promise<void>;
};

/** Creates a local Stripe that the official SDK and CLI use unchanged: `fetch` answers them, `listenNode` serves it. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const {
    clock = systemClock,
    check = true,
    freeze = false,
    timeoutMs = 20_000,
    maxWorlds = 500,
    allow = [],
  } = options;
  const everywhere = (options.webhooks ?? []).map((target, i) => everywhereEndpoint(target, i));
  const worlds = new Map<string, OpenWorld>();

  const create = (name: string): OpenWorld =>
    openWorld({
      name,
      wall: clock,
      seed: options.seed,
      frozenAt: options.frozenAt,
      check,
      freeze,
      everywhere,
      allowed: allow,
      timeoutMs,
      snapshotFolder: options.snapshotFolder,
    });

  const open = (key: string): OpenWorld => {
    const name = worldName(key);
    const open = worlds.get(name) ?? create(name);
    // The Map's order is the order of use, so that its first entry is the one idle for longest.
    worlds.delete(name);
    worlds.set(name, open);
    if (worlds.size > maxWorlds) {
      const [oldest, idle] = worlds.entries().next().value!;
      idle.stop();
      worlds.delete(oldest);
    }
    return open;
  };

  const api = createDoor({
    router: createRouter([...schema().operations, ...UNDECLARED]),
    resources,
    check,
    open(name) {
      const { world, idempotency, time } = open(name);
      return { world, idempotency, wake: time.wake };
    },
  });
  const control = createControl({ open, worlds: () => worlds.keys() });
  const close = async () => {
    for (const { time } of worlds.values()) time.stop();
    await Promise.all([...worlds.values()].map(({ queue }) => queue.idle()));
    worlds.clear();
  };

  return {
    ...createDoors(api, control),
    open,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function worldName(key: string): string {
  if (/^(sk|rk|pk)_live_/.test(key)) throw new PaybellError('live_key', 'Use one that begins with sk_test_.');
  return key.replace(/^(sk|rk|pk)_test_/, '');
}

function everywhereEndpoint({ url, secret, events, apiVersion, send, receiver }: WebhookTarget, i: number): Endpoint {
  if (!secret.startsWith('whsec_'))
    throw new PaybellError('bad_secret', `The secret for ${url} must begin with whsec_.`);
  return {
    id: `we_everywhere_${i + 1}`,
    url,
    secret,
    enabledEvents: events ?? ['*'],
    apiVersion: apiVersion ?? null,
    listens: 'both',
    account: '',
    send,
    direct: receiver && directly(receiver, url),
  };
}
