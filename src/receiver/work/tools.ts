import type { LaneResult, Settled, Verdict } from '../../store/store.ts';
import type { Counters } from '../counters.ts';
import type { Registry } from '../handlers.ts';
import type { Settings } from '../options.ts';

/** What work on a lane needs from the worker. */
export interface Tools<Tx> {
  settings: Settings<Tx>;
  registry: Registry<Tx>;
  counts: Counters;
  owner: string;
  /** Aborted when handlers should stop. */
  signal: AbortSignal;
  /** No further handler is to be started. */
  closing(): boolean;
  /** Commits together with what other lanes settle in the same turn. */
  settle(result: LaneResult<Tx>): Promise<Settled>;
  judge(verdict: Verdict): Promise<void>;
  /** In a replay: what is to run; everything else is left to whoever works. */
  part?: Part | undefined;
  /** Waits for one of the few places from which the API is asked. */
  askApi<Result>(ask: () => Promise<Result>): Promise<Result>;
}

/** What of some lanes is part of a replay. */
export interface Part {
  /** The handlers that are to run, by the `seq` of their event. */
  handlers: ReadonlyMap<number, ReadonlySet<string>>;
  /** Whether it is still to run a handler for an event, or has; what it was done with before does not count then. */
  includes(seq: number, handler: string): boolean;
}

/** Thrown to leave a lane whose lease someone else has by now. */
export const LOST = Symbol('lost');
