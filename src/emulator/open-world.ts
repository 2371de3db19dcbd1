import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { perform, type Act } from './act.ts';
import type { ChaosOptions } from './delivery/chaos.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Endpoint } from './delivery/endpoints.ts';
import { createDeliveryQueue, type DeliveryQueue } from './delivery/queue.ts';
import { createIdempotency, type Idempotency } from './http/idempotency.ts';
import { eventAt, surroundings } from './http/version.ts';
import { changeBillingSettings, type BillingSettings } from './resources/billing/settings.ts';
import { resources } from './resources/index.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { createTestClocks } from './test-clocks.ts';
import { createTime, type Time } from './time.ts';
import { createWorld, type World } from './world/world.ts';

/** One key's world with what moves it and what it sends. */
export type OpenWorld = {
  readonly world: World;
  readonly time: Time;
  readonly queue: DeliveryQueue;
  readonly idempotency: Idempotency;
  readonly snapshots: Snapshots;
  /** Makes something happen that no call of the API does: a customer passes 3-D Secure, or fails. */
  act(act: Act): JsonObject;
  /** Changes what an account's owner sets in the Dashboard, and says what is set then. */
  dashboard(settings: Partial<BillingSettings>): BillingSettings;
  /** Lets deliveries go wrong from now on; null ends it. Returns what is set. */
  chaos(options?: ChaosOptions | null): ChaosOptions | null;
  /** Sends an event again: to one endpoint, or to all that want it. */
  resend(event: string, endpoint?: string): Delivery[];
  /** Resolves when every delivery is answered and no test clock is on its way. */
  settled(): Promise<void>;
  reset(): void;
  /** Ends it: it wakes no more, and sends nothing more. */
  stop(): void;
};

export type OpenWorldOptions = {
  name: string;
  wall: Clock;
  seed: string | undefined;
  frozenAt: number | undefined;
  check: boolean;
  freeze: boolean;
  everywhere: readonly Endpoint[];
  allowed: readonly string[];
  timeoutMs: number;
  snapshotFolder: string | undefined;
};

export function openWorld(options: OpenWorldOptions): OpenWorld {
  const { name, wall, seed, frozenAt, check, freeze, everywhere, allowed, timeoutMs } = options;
  const world = createWorld({ name, wall, resources, seed, frozenAt, check, freeze });
  const queue = createDeliveryQueue({
    world,
    wall,
    everywhere,
    allowed,
    timeoutMs,
    onRetry: () => time.wake(),
    render: (event, version) => eventAt(event, version, surroundings(world, String(event['account'] ?? ''))),
  });
  const time = createTime(world, queue, wall);
  const clocks = createTestClocks(world, queue);
  const idempotency = createIdempotency();
  world.onCommit = (events) => {
    queue.enqueue(events);
    clocks.follow(events);
  };
  world.listened = queue.listened;
  world.resend = (event, endpoint) => queue.resend(event, endpoint).length;
  const settled = async () => {
    await clocks.idle();
    await queue.idle();
  };
  const snapshots = createSnapshots({
    world,
    queue,
    idempotency,
    settled,
    restored: time.wake,
    folder: options.snapshotFolder,
  });
  return {
    world,
    time,
    queue,
    idempotency,
    snapshots,
    act(act) {
      try {
        return perform(world, resources, act);
      } finally {
        time.wake();
      }
    },
    dashboard: (settings) =>
      world.transact({ id: null, idempotency_key: null }, '', (tx) => changeBillingSettings(tx, settings)),
    chaos: queue.chaos,
    resend(id, endpoint) {
      const logged = world.log.get(id);
      return logged ? queue.resend(logged, endpoint) : [];
    },
    settled,
    reset() {
      world.reset();
      queue.clear();
      queue.chaos(null);
      idempotency.clear();
      time.wake();
    },
    stop() {
      time.stop();
      queue.clear();
    },
  };
}
