import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import type { Receiver } from '../receiver/index.ts';
import { inTime } from './in-time.ts';
import type { Latencies } from './latencies.ts';
import { EVENT_STATES, type Store } from '../store/store.ts';

export type MetricsOptions = {
  receiver: Pick<Receiver, 'status' | 'vitals'>;
  store: Store;
  clock: Clock;
  latencies?: Latencies;
};

const COUNTERS = {
  received: 'Deliveries that came.',
  stored: 'Events stored for the first time.',
  duplicates: 'Deliveries of events that were stored already.',
  refused: 'Deliveries that were refused.',
  failed: 'Deliveries answered with an error, so that Stripe sends them again.',
  attempts: 'Runs of handlers.',
  handled: 'Runs of handlers that succeeded.',
  threw: 'Runs of handlers that failed.',
  deferred: 'Runs of handlers that asked to be called later.',
  dead: 'Events that a handler gave up.',
} as const;

/**
 * What Prometheus reads: this process's counters, always, for they tell of an outage; and what the store says of all
 * processes, as long as it answers.
 */
export function createMetrics({
  receiver,
  store,
  clock,
  latencies,
}: MetricsOptions): () => Promise<{ type: string; text: string }> {
  const own = new Registry();
  for (const histogram of latencies?.histograms ?? []) own.registerMetric(histogram);
  const counters = Object.entries(COUNTERS).map(([name, help]) => ({
    name: name as keyof typeof COUNTERS,
    counter: new Counter({ name: `paybell_${name}_total`, help, registers: [own] }),
  }));
  const busy = new Gauge({ name: 'paybell_busy', help: 'Objects that are being worked on.', registers: [own] });
  const up = new Gauge({ name: 'paybell_store_up', help: 'Whether the store answers: 1 or 0.', registers: [own] });

  const common = new Registry();
  const registers = [common];
  const events = new Gauge({
    name: 'paybell_events',
    help: 'Stored events by state.',
    labelNames: ['state'],
    registers,
  });
  const objects = new Gauge({ name: 'paybell_objects', help: 'Objects in the mirror.', registers });
  const lag = new Gauge({
    name: 'paybell_lag_seconds',
    help: 'How long the longest waiting work has been due.',
    registers,
  });
  const silence = new Gauge({
    name: 'paybell_since_last_event_seconds',
    help: 'Time since an event last came by itself, not by asking for it; -1 when none ever did.',
    registers,
  });

  return async () => {
    const vitals = receiver.vitals();
    for (const { name, counter } of counters) {
      counter.reset();
      counter.inc(vitals.counters[name]);
    }
    busy.set(vitals.busy);
    const found = await inTime(Promise.all([receiver.status(), store.nextDue()]), clock);
    up.set(found ? 1 : 0);
    const mine = await own.metrics();
    if (!found) return { type: own.contentType, text: mine };
    const [status, due] = found;
    for (const state of EVENT_STATES) events.set({ state }, status.store.events[state]);
    objects.set(status.store.objects);
    const now = clock.now();
    lag.set(due === undefined ? 0 : Math.max(0, now - due) / 1000);
    const { lastDeliveryAt } = status;
    silence.set(lastDeliveryAt === null ? -1 : Math.max(0, now - lastDeliveryAt) / 1000);
    return { type: own.contentType, text: `${mine}\n${await common.metrics()}` };
  };
}
