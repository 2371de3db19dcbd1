import { random, type Random } from '../base/ids.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { PaybellError } from '../base/errors.ts';
import type { Store } from '../store/store.ts';
import { TOLERANCE } from '../stripe/signature.ts';
import { RETRY, type Retry } from './backoff.ts';
import { keysOf, type KeySource, type Secrets } from './secrets.ts';
import type { EventSource } from './verify/source.ts';

/** How deliveries are proven: by their signature, by asking the API for the event, or by both. */
export type Verify = 'signature' | 'api' | 'both';

/** What `createReceiver` takes. Only `store` and a way to prove deliveries are needed. Times are in milliseconds. */
export interface ReceiverOptions<Tx> {
  store: Store<Tx>;
  /** `whsec_…`: one, several, or a function that chooses them. */
  secrets?: Secrets | undefined;
  /** `signature` when there are secrets, else `api`. */
  verify?: Verify | undefined;
  /** An official `stripe` instance, or anything with its `events.retrieve`. */
  stripe?: EventSource | undefined;
  /** Whether objects are copied into SQL. On by default. */
  mirror?: boolean | undefined;
  /** `/payments/webhook/` by default; the last slash makes no difference. */
  path?: string | undefined;
  /** The largest body that is read, in bytes: 1 MiB by default. */
  maxBody?: number | undefined;
  /** How far a signature's time may be from ours in either direction, in seconds: 300 by default. */
  tolerance?: number | undefined;
  /** How many refused deliveries are kept: the newest 1,000 by default. */
  keepRefused?: number | undefined;
  /** When what failed is tried again. */
  retry?: Partial<Retry> | undefined;
  /** How many objects are worked on at a time: 100 by default. */
  concurrency?: number | undefined;
  /** How long another process waits before it takes over the work of one that died: 30 s by default. */
  lease?: number | undefined;
  /** How often the store is asked for what other processes stored: every second by default. */
  poll?: number | undefined;
  /** Wall time by default. */
  clock?: Clock | undefined;
  /** Where the jitter of retries comes from. */
  random?: Random | undefined;
  /** Told of what goes wrong inside the receiver (a store that fails); writes to stderr by default. */
  onProblem?: ((what: string, error: unknown) => void) | undefined;
}

/** The same with every default filled in. */
export interface Settings<Tx> {
  store: Store<Tx>;
  keys: KeySource;
  verify: Verify;
  stripe: EventSource | undefined;
  mirror: boolean;
  path: string;
  maxBody: number;
  tolerance: number;
  keepRefused: number;
  retry: Retry;
  concurrency: number;
  lease: number;
  poll: number;
  clock: Clock;
  random: Random;
  onProblem: (what: string, error: unknown) => void;
}

/** Checks the options; throws `no_verification`, `bad_secret` or `bad_option`. */
export function settingsOf<Tx>(options: ReceiverOptions<Tx>): Settings<Tx> {
  const { store, stripe } = options;
  const keys = keysOf(options.secrets);
  const hasKeys = typeof keys === 'function' || keys.length > 0;
  const verify = options.verify ?? (hasKeys || !stripe ? 'signature' : 'api');
  if (!['signature', 'api', 'both'].includes(verify))
    throw new PaybellError('bad_option', `verify is ${JSON.stringify(verify)}; it is signature, api or both.`);
  if (verify !== 'api' && !hasKeys)
    throw new PaybellError('no_verification', 'Give `secrets`: the whsec_… that the endpoint shows.');
  if (verify !== 'signature' && !stripe)
    throw new PaybellError('no_verification', `verify: '${verify}' needs \`stripe\`: an instance with an API key.`);
  return {
    store,
    keys,
    verify,
    stripe,
    mirror: options.mirror ?? true,
    path: pathOf(options.path ?? '/payments/webhook/'),
    maxBody: positive('maxBody', options.maxBody ?? 1_048_576),
    tolerance: positive('tolerance', options.tolerance ?? TOLERANCE),
    keepRefused: positive('keepRefused', options.keepRefused ?? 1_000),
    retry: { ...RETRY, ...options.retry },
    concurrency: positive('concurrency', options.concurrency ?? 100),
    lease: positive('lease', options.lease ?? 30_000),
    poll: positive('poll', options.poll ?? 1_000),
    clock: options.clock ?? systemClock,
    random: options.random ?? random(),
    onProblem: options.onProblem ?? ((what, error) => console.error(`paybell: ${what}:`, error)),
  };
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new PaybellError('bad_option', `${name} is ${value}; it must be a whole number above 0.`);
}

function pathOf(path: string): string {
  if (!path.startsWith('/')) throw new PaybellError('bad_option', `path is ${path}; it must begin with a slash.`);
  return withoutSlash(path);
}

/** A path without its last slash, so that both spellings are one. */
export const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
