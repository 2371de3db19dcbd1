import { Histogram } from 'prom-client';
import type { Observer } from '../receiver/index.ts';

/** How long answers and handlers take: fed by the receiver's `observe`, shown by `/metrics`. */
export type Latencies = { observer: Observer; histograms: readonly Histogram[] };

/** From a millisecond, in which most deliveries are answered, to Stripe's own patience. */
const ANSWERS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 20];
const HANDLERS = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30, 120];

/** Two histograms; `next` is told of the same things. */
export function createLatencies(next: Observer = {}): Latencies {
  const answers = new Histogram({
    name: 'paybell_acknowledgement_seconds',
    help: 'From the last byte of a delivery to its answer.',
    labelNames: ['outcome'],
    buckets: ANSWERS,
    registers: [],
  });
  const handlers = new Histogram({
    name: 'paybell_handler_seconds',
    help: 'Runs of handlers.',
    labelNames: ['handler', 'outcome'],
    buckets: HANDLERS,
    registers: [],
  });
  return {
    histograms: [answers, handlers] as unknown as readonly Histogram[],
    observer: {
      delivered(delivered) {
        answers.observe({ outcome: delivered.outcome }, delivered.milliseconds / 1000);
        next.delivered?.(delivered);
      },
      handled(handled) {
        handlers.observe({ handler: handled.handler, outcome: handled.outcome }, handled.milliseconds / 1000);
        next.handled?.(handled);
      },
    },
  };
}
