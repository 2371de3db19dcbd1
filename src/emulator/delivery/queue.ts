import type { Clock } from '../../base/clock.ts';
import { seconds } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedEvent } from '../world/event-log.ts';
import type { World } from '../world/world.ts';
import { asksFor, endpointsOf, wants, type Endpoint } from './endpoints.ts';
import { post, type Outcome } from './post.ts';

/** One HTTP request that carried an event: when (Unix seconds of the world), and what came of it. */
export type Attempt = Outcome & { at: number };

/** An event on its way to one endpoint. */
export type Delivery = {
  id: string;
  event: string;
  type: string;
  endpoint: string;
  url: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: Attempt[];
  /** When it is tried again, Unix seconds of the world. */
  nextAt: number | null;
};

export type QueueOptions = {
  world: World;
  wall: Clock;
  everywhere: readonly Endpoint[];
  allowed: readonly string[];
  timeoutMs: number;
  /** Renders an event for an endpoint's API version. */
  render: (event: JsonObject, version: string | null) => JsonObject;
  /** Called when an attempt failed and another one is due later. */
  onRetry: () => void;
};

export type DeliveryQueue = {
  enqueue(events: readonly LoggedEvent[]): void;
  /** Whether an endpoint asks for events of a type, of the account (`''` is the platform). */
  listened(type: string, account: string): boolean;
  /** When the next retry is due, Unix seconds of the world. */
  nextDue(): number | undefined;
  /** Tries again whatever is due by then. Says whether there was anything. */
  retryDue(until: number): boolean;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  readonly log: readonly Delivery[];
  clear(): void;
};

/** How many requests one endpoint is sent at a time. They begin in the order of the events. */
const CONCURRENCY = 16;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/**
 * Seconds from one attempt to the next. Stripe publishes "up to three days, exponential backoff" and no steps
 * (docs.stripe.com/webhooks); these add up to 72 hours.
 */
export const RETRY_STEPS = [5 * MINUTE, 25 * MINUTE, 90 * MINUTE, 4 * HOUR, 8 * HOUR, 16 * HOUR, 18 * HOUR, 24 * HOUR];

type Job = { delivery: Delivery; logged: LoggedEvent; endpoint: Endpoint };

export function createDeliveryQueue(options: QueueOptions): DeliveryQueue {
  const { world, wall, everywhere, allowed, timeoutMs, render, onRetry } = options;
  let log: Delivery[] = [];
  let retries: Job[] = [];
  // Asked for with every request, so it is not looked for each time.
  let earliest = Infinity;
  let number = 0;
  // A reset forgets what is under way: answers to an older generation change nothing.
  let generation = 0;
  const lanes = new Map<string, { waiting: Job[]; running: number }>();
  const idlers: (() => void)[] = [];
  const busy = () => [...lanes.values()].some((lane) => lane.running > 0 || lane.waiting.length > 0);

  const push = (job: Job) => {
    const lane = lanes.get(job.endpoint.id) ?? { waiting: [], running: 0 };
    lanes.set(job.endpoint.id, lane);
    lane.waiting.push(job);
    pump(lane);
  };
  const pump = (lane: { waiting: Job[]; running: number }) => {
    while (lane.running < CONCURRENCY && lane.waiting.length > 0) {
      const job = lane.waiting.shift()!;
      lane.running++;
      const born = generation;
      void attempt(job).then((outcome) => {
        lane.running--;
        if (born === generation) settle(job, outcome);
        pump(lane);
        if (!busy()) for (const done of idlers.splice(0)) done();
      });
    }
  };
  const attempt = ({ logged, endpoint }: Job) =>
    post({
      endpoint,
      body() {
        const event = render({ ...logged.event, pending_webhooks: logged.pending }, endpoint.apiVersion);
        // Two spaces of indentation: that is how Stripe's own payloads arrive.
        return JSON.stringify(event, null, 2);
      },
      at: seconds(wall),
      wall,
      allowed,
      timeoutMs,
    });
  const settle = ({ delivery, logged, endpoint }: Job, outcome: Outcome) => {
    delivery.attempts.push({ at: world.clock.now(), ...outcome });
    delivery.nextAt = null;
    if (outcome.status !== null && outcome.status >= 200 && outcome.status < 300) {
      delivery.state = 'delivered';
      logged.pending--;
      if (logged.pending === 0) world.answered(logged);
      return;
    }
    const step = RETRY_STEPS[delivery.attempts.length - 1];
    if (outcome.final || step === undefined) {
      delivery.state = 'failed';
      return;
    }
    delivery.nextAt = world.clock.now() + step;
    retries.push({ delivery, logged, endpoint });
    earliest = Math.min(earliest, delivery.nextAt);
    onRetry();
  };

  return {
    listened: (type, account) => endpointsOf(world, everywhere).some((endpoint) => asksFor(endpoint, type, account)),
    enqueue(events) {
      const endpoints = endpointsOf(world, everywhere);
      for (const logged of events) {
        const wanting = endpoints.filter((endpoint) => wants(endpoint, logged));
        logged.pending = wanting.length;
        for (const endpoint of wanting) {
          const delivery: Delivery = {
            id: `wd_${++number}`,
            event: logged.event.id,
            type: logged.event.type,
            endpoint: endpoint.id,
            url: endpoint.url,
            state: 'pending',
            attempts: [],
            nextAt: null,
          };
          log.push(delivery);
          push({ delivery, logged, endpoint });
        }
      }
    },
    nextDue: () => (earliest === Infinity ? undefined : earliest),
    retryDue(until) {
      if (until < earliest) return false;
      const due = retries.filter(({ delivery }) => delivery.nextAt! <= until);
      retries = retries.filter(({ delivery }) => delivery.nextAt! > until);
      earliest = retries.reduce((least, { delivery }) => Math.min(least, delivery.nextAt!), Infinity);
      const live = new Map(endpointsOf(world, everywhere).map((endpoint) => [endpoint.id, endpoint]));
      for (const {
        delivery,
        logged,
        endpoint: { id },
      } of due) {
        // A deleted or disabled endpoint gets no more retries; one that moved gets them where it is now.
        const endpoint = live.get(id);
        if (endpoint) push({ delivery: Object.assign(delivery, { url: endpoint.url }), logged, endpoint });
        else Object.assign(delivery, { state: 'failed', nextAt: null });
      }
      return true;
    },
    idle: () => (busy() ? new Promise((done) => idlers.push(done)) : Promise.resolve()),
    get log() {
      return log;
    },
    clear() {
      generation++;
      log = [];
      retries = [];
      earliest = Infinity;
      for (const lane of lanes.values()) lane.waiting.length = 0;
      lanes.clear();
      for (const done of idlers.splice(0)) done();
    },
  };
}
