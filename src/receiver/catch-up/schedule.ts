import { systemClock, type Clock } from '../../base/clock.ts';
import type { Receiver } from '../receiver.ts';
import type { ReconcileOptions, ReconcileReport } from './reconcile.ts';

export interface ScheduleOptions extends Omit<ReconcileOptions, 'signal'> {
  /** How long from the end of one to the beginning of the next, in milliseconds. */
  every: number;
  /** Wall time by default. */
  clock?: Clock | undefined;
  onReport?: ((report: ReconcileReport) => void) | undefined;
  /** Told when one could not run at all (a store that fails). */
  onProblem: (error: unknown) => void;
}

/** Reconciles now and then again and again, one at a time, until it is stopped; stopping waits for the page in hand. */
export function reconcileEvery(
  receiver: Pick<Receiver, 'reconcile'>,
  { every, clock = systemClock, onReport, onProblem, ...options }: ScheduleOptions,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let cancel = () => {};
  let running = run();

  async function run(): Promise<void> {
    try {
      const report = await receiver.reconcile({ ...options, signal: stopping.signal });
      if (!stopping.signal.aborted) onReport?.(report);
    } catch (error) {
      if (!stopping.signal.aborted) onProblem(error);
    }
    if (!stopping.signal.aborted) cancel = clock.after(every, () => (running = run()));
  }

  return {
    async stop() {
      stopping.abort();
      cancel();
      await running;
    },
  };
}
