import { systemClock, type Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { PaybellError } from '../base/errors.ts';
import { perform, type Act } from './act.ts';
import type { Endpoint } from './delivery/endpoints.ts';
import { createDeliveryQueue, type DeliveryQueue } from './delivery/queue.ts';
import { createControl } from './http/control.ts';
import { createDoor } from './http/door.ts';
import { createIdempotency, type Idempotency } from './http/idempotency.ts';
import { createRouter } from './http/routes.ts';
import { eventAt, surroundings } from './http/version.ts';
import { changeBillingSettings, type BillingSettings } from './resources/billing/settings.ts';
import { resources } from './resources/index.ts';
import { createTime, type Time } from './time.ts';
import { createWorld, type World } from './world/world.ts';

/** An endpoint that every world delivers to, whatever its key. */
export type WebhookTarget = {
  url: string;
  secret: string;
  /** Event types, by default all of them. */
  events?: readonly string[];
  apiVersion?: string;
  /** Takes deliveries in place of the network, for a receiver in the same process. */
  send?: (request: Request) => Promise<Response>;
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
  /** Hosts (`host:port`) besides this machine that deliveries may go to. */
  allow?: readonly string[];
  /** How long an endpoint may take to answer, in milliseconds. */
  timeoutMs?: number;
  /** How many worlds are kept; beyond that the one idle for longest goes. */
  maxWorlds?: number;
};

/** One key's world with what moves it and what it sends. */
export type OpenWorld = {
  readonly world: World;
  readonly time: Time;
  readonly queue: DeliveryQueue;
  readonly idempotency: Idempotency;
  /** Makes something happen that no call of the API does: a customer passes 3-D Secure, or fails. */
  act(act: Act): JsonObject;
  /** Changes what an account's owner sets in the Dashboard, and says what is set then. */
  dashboard(settings: Partial<BillingSettings>): BillingSettings;
  reset(): void;
};

/** A local Stripe. `fetch` is the whole of it: the API, and the control routes under `/_paybell/`. */
export type Emulator = AsyncDisposable & {
  fetch(request: Request): Promise<Response>;
  /** The world of a test key, or of a world's name. */
  open(key: string): OpenWorld;
  close(): Promise<void>;
};

/** Creates a local Stripe that the official SDK and CLI use unchanged: `fetch` answers them, `listenNode` serves it. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const { clock = systemClock, check = true, timeoutMs = 20_000, maxWorlds = 500, allow = [] } = options;
  const everywhere = (options.webhooks ?? []).map((target, i) => everywhereEndpoint(target, i));
  const worlds = new Map<string, OpenWorld>();

  const create = (name: string): OpenWorld => {
    const world = createWorld({ name, wall: clock, resources, seed: options.seed, frozenAt: options.frozenAt, check });
    const queue = createDeliveryQueue({
      world,
      wall: clock,
      everywhere,
      allowed: allow,
      timeoutMs,
      onRetry: () => time.wake(),
      render: (event, version) => eventAt(event, version, surroundings(world, String(event['account'] ?? ''))),
    });
    const time = createTime(world, queue, clock);
    const idempotency = createIdempotency();
    world.onCommit = queue.enqueue;
    world.listened = queue.listened;
    return {
      world,
      time,
      queue,
      idempotency,
      act(act) {
        try {
          return perform(world, resources, act);
        } finally {
          time.wake();
        }
      },
      dashboard: (settings) =>
        world.transact({ id: null, idempotency_key: null }, '', (tx) => changeBillingSettings(tx, settings)),
      reset() {
        world.reset();
        queue.clear();
        idempotency.clear();
        time.wake();
      },
    };
  };

  const open = (key: string): OpenWorld => {
    const name = worldName(key);
    const open = worlds.get(name) ?? create(name);
    // The Map's order is the order of use, so that its first entry is the one idle for longest.
    worlds.delete(name);
    worlds.set(name, open);
    if (worlds.size > maxWorlds) {
      const [oldest, { time, queue }] = worlds.entries().next().value!;
      time.stop();
      queue.clear();
      worlds.delete(oldest);
    }
    return open;
  };

  const api = createDoor({
    router: createRouter(),
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
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      return pathname === '/' || pathname.startsWith('/_paybell') ? control(request) : api(request);
    },
    open,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function worldName(key: string): string {
  if (/^(sk|rk|pk)_live_/.test(key)) throw new PaybellError('live_key', 'Use one that begins with sk_test_.');
  return key.replace(/^(sk|rk|pk)_test_/, '');
}

function everywhereEndpoint({ url, secret, events, apiVersion, send }: WebhookTarget, i: number): Endpoint {
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
  };
}
