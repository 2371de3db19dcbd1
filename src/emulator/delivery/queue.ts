import { seconds, type Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedEvent } from '../world/event-log.ts';
import { createTimers } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { createAhead } from './ahead.ts';
import { createChaos, type Chaos, type ChaosOptions } from './chaos.ts';
import { RETRY_STEPS, type Attempt, type Delivery, type Job } from './delivery.ts';
import { createDeliveryLog, type DeliveryFilter } from './delivery-log.ts';
import { asksFor, endpointsOf, wants, type Endpoint } from './endpoints.ts';
import { createLanes } from './lanes.ts';
import { post } from './post.ts';

/** How many requests one endpoint is sent at a time. They begin in the order of the events. */
const CONCURRENCY = 16;

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
  /** Sends an event again, now and once: to one endpoint, or to all that want it. */
  resend(event: LoggedEvent, endpoint?: string): Delivery[];
  /** Lets things go wrong from now on; null ends it. Returns what is set. */
  chaos(options?: ChaosOptions | null): ChaosOptions | null;
  /**
   * Whether what is under way may still be under way at a moment to come (Unix seconds of the world): all of it is for
   * receivers in this process, which store it and answer without a look at the clock or a call back, and nothing follows
   * from their answers. What should fail nevertheless is tried again when it is due, the first time up to a day late.
   */
  mayWait(until: number): boolean;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  readonly log: readonly Delivery[];
  list(filter?: DeliveryFilter): Delivery[];
  get(id: string): Delivery | undefined;
  /** What a delivery's endpoint is sent. */
  bodyOf(delivery: Delivery): string | undefined;
  clear(): void;
  save(): Delivery[];
  restore(deliveries: readonly Delivery[]): void;
};

export function createDeliveryQueue(options: QueueOptions): DeliveryQueue {
  const { world, wall, everywhere, allowed, timeoutMs, render, onRetry } = options;
  const log = createDeliveryLog();
  const retries = createTimers<{ at: number; delivery: Delivery; logged: LoggedEvent }>();
  let chaos: Chaos | undefined;
  const ahead = createAhead();
  const endpoints = () => endpointsOf(world, everywhere);

  // Several endpoints are sent the same text, one right after the other. What is rendered for an older version may look
  // things up in the world, and is written each time.
  let last: { logged: LoggedEvent; pending: number; indent: number | undefined; text: string } | undefined;
  const write = (logged: LoggedEvent, { apiVersion, direct }: Endpoint): string => {
    const { event, pending } = logged;
    // Two spaces of indentation: that is how Stripe's own payloads arrive. In this process nobody sees them on their way,
    // and without them a third fewer bytes are to be signed, stored and read.
    const indent = direct ? undefined : 2;
    if (apiVersion === null && last?.logged === logged && last.pending === pending && last.indent === indent)
      return last.text;
    const text = JSON.stringify(render({ ...event, pending_webhooks: pending }, apiVersion), null, indent);
    if (apiVersion === null) last = { logged, pending, indent, text };
    return text;
  };

  const again = (delivery: Delivery, logged: LoggedEvent, at: number) => {
    delivery.nextAt = at;
    retries.add({ at, delivery, logged });
    onRetry();
  };
  const settle = ({ delivery, logged, copy }: Job, attempt: Attempt) => {
    delivery.attempts.push(attempt);
    const good = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
    if (good) count(delivery, logged);
    if (copy) return;
    delivery.nextAt = null;
    const step = RETRY_STEPS[delivery.attempts.filter(({ chaos }) => chaos !== 'duplicate').length - 1];
    if (good) delivery.state = 'delivered';
    else if (attempt.final || delivery.manual || step === undefined) delivery.state = 'failed';
    else again(delivery, logged, attempt.at + step);
  };
  /** Counts an endpoint that answered, the first time it does. */
  const count = (delivery: Delivery, logged: LoggedEvent) => {
    const counted = delivery.manual ? log.of(delivery.event, delivery.endpoint) : delivery;
    if (!counted || counted.answered) return;
    counted.answered = true;
    logged.pending--;
    if (logged.pending === 0) world.answered(logged);
  };

  type Sending = Job & { drop?: Attempt['chaos']; slowMs?: number };
  // In this process all of a moment arrive together; over the network no more at a time than an endpoint could bear.
  const width = ({ endpoint }: Sending) => (endpoint.direct ? Infinity : CONCURRENCY);
  const lanes = createLanes<Sending>(width, async (job) => {
    const { endpoint, logged, drop, slowMs } = job;
    if (slowMs) await new Promise<void>((done) => void wall.after(slowMs, done));
    const at = world.clock.now();
    const lost = { status: null, error: 'lost on the way (chaos)', ms: 0, answer: '', final: false, headers: {} };
    const sent =
      drop === 'drop_request'
        ? lost
        : await post({ endpoint, body: () => write(logged, endpoint), at: seconds(wall), wall, allowed, timeoutMs });
    const outcome =
      drop === 'drop_answer' ? { ...lost, headers: sent.headers, error: 'the answer was lost (chaos)' } : sent;
    const did = job.copy ? ('duplicate' as const) : drop;
    return () => settle(job, { at, ...outcome, ...(did && { chaos: did }) });
  });
  const push = (job: Job) => {
    const retried = job.delivery.attempts.length > 0;
    const decisive = !job.endpoint.direct || retried || chaos !== undefined || world.awaits(job.logged);
    ahead.sent(world.clock.now(), decisive);
    const fate = chaos && !job.delivery.manual ? chaos.fateOf(job.delivery) : undefined;
    if (!fate) return lanes.push(job.endpoint.id, job);
    if (fate.delaySeconds > 0 && job.delivery.nextAt === null)
      return again(job.delivery, job.logged, world.clock.now() + fate.delaySeconds);
    job.delivery.nextAt = null;
    lanes.push(job.endpoint.id, { ...job, drop: fate.drop, slowMs: fate.slowMs }, fate.behind);
    if (fate.duplicate) lanes.push(job.endpoint.id, { ...job, copy: true }, fate.behind + 1);
  };
  const record = (logged: LoggedEvent, { id, url }: Endpoint, manual: boolean) => {
    const { id: event, type } = logged.event;
    const fresh = { state: 'pending' as const, attempts: [], nextAt: null, manual, answered: false };
    return log.add({ event, type, endpoint: id, url, ...fresh });
  };

  return {
    listened: (type, account) => endpoints().some((endpoint) => asksFor(endpoint, type, account)),
    enqueue(events) {
      const live = endpoints();
      for (const logged of events) {
        const wanting = live.filter((endpoint) => wants(endpoint, logged));
        logged.pending = wanting.length;
        for (const endpoint of wanting) push({ delivery: record(logged, endpoint, false), logged, endpoint });
      }
    },
    nextDue: () => retries.next()?.at,
    retryDue(until) {
      if ((retries.next()?.at ?? Infinity) > until) return false;
      const live = new Map(endpoints().map((endpoint) => [endpoint.id, endpoint]));
      while ((retries.next()?.at ?? Infinity) <= until) {
        const { delivery, logged } = retries.take()!;
        // A deleted or disabled endpoint gets no more retries; one that moved gets them where it is now.
        const endpoint = live.get(delivery.endpoint);
        if (endpoint) push({ delivery: Object.assign(delivery, { url: endpoint.url }), logged, endpoint });
        else Object.assign(delivery, { state: 'failed', nextAt: null });
      }
      return true;
    },
    resend(logged, wanted) {
      const chosen = endpoints().filter((endpoint) =>
        wanted === undefined ? wants(endpoint, logged) : endpoint.id === wanted,
      );
      return chosen.map((endpoint) => {
        const delivery = record(logged, endpoint, true);
        push({ delivery, logged, endpoint });
        return delivery;
      });
    },
    chaos(wanted) {
      if (wanted !== undefined) chaos = wanted === null ? undefined : createChaos(wanted);
      return chaos?.options ?? null;
    },
    mayWait: (until) => !retries.next() && ahead.mayWait(until),
    async idle() {
      await lanes.idle();
      if (!lanes.busy()) ahead.answered();
    },
    get log() {
      return log.all;
    },
    list: log.list,
    get: log.get,
    bodyOf(delivery) {
      const logged = world.log.get(delivery.event);
      const endpoint = endpoints().find(({ id }) => id === delivery.endpoint);
      return logged && endpoint && write(logged, endpoint);
    },
    clear() {
      log.clear();
      retries.clear();
      lanes.clear();
    },
    save: () => log.all.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] })),
    restore(deliveries) {
      lanes.clear();
      retries.clear();
      const copies = deliveries.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] }));
      log.clear(copies);
      for (const delivery of copies) {
        const logged = world.log.get(delivery.event);
        if (delivery.state === 'pending' && logged) again(delivery, logged, delivery.nextAt ?? world.clock.now());
      }
    },
  };
}
