import type { Clock } from '../base/clock.ts';
import type { Emulator } from '../emulator/index.ts';
import type { Receiver } from '../receiver/index.ts';
import type { Store } from '../store/store.ts';
import type { Activity } from './activity.ts';
import type { Latencies } from './latencies.ts';

/** A local Stripe in the same process, and the world of it that the console shows. */
export type LocalStripe = { emulator: Pick<Emulator, 'fetch' | 'open'>; key: string; url: string };

export type ConsoleOptions = {
  receiver: Pick<Receiver, 'status' | 'vitals' | 'replay' | 'fetch'>;
  store: Store;
  /** Name → address of everything that runs. May be filled later. */
  addresses: Record<string, string>;
  clock?: Clock;
  latencies?: Latencies;
  /** What this process's receiver does, as it does it: the same that the receiver was given as `observe`. */
  activity?: Activity;
  /** The local Stripe beside the receiver, once there is one. */
  stripe?: () => LocalStripe | undefined;
  /** The secret of the first endpoint, with which scenarios are played into it. Never shown. */
  secret?: string;
  /** The folder of the web app's build; by default where the package, or a clone, has it. */
  webFolder?: string;
  token?: string;
  readOnly?: boolean;
  /** Whether only this machine can reach it; true unless told otherwise. */
  onLoopback?: boolean;
  version?: string;
  /** Told of what went wrong inside. */
  onProblem?: (what: string, error: unknown) => void;
};

/** The options with what they are when not given: what every group of routes gets. */
export type Settings = ConsoleOptions &
  Required<
    Pick<ConsoleOptions, 'clock' | 'activity' | 'stripe' | 'readOnly' | 'onLoopback' | 'version' | 'onProblem'>
  > & {
    /** Aborted when the console is closed. */
    closing: AbortSignal;
  };
