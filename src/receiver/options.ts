import { random, type Random } from '../base/ids.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { PaybellError } from '../base/errors.ts';
import type { Store } from '../store/store.ts';
import { TOLERANCE } from '../stripe/signature.ts';
import { RETRY, type Retry } from './backoff.ts';
import { endpointsOf, type Endpoint, type EndpointOptions, type Verify } from './endpoints.ts';
import { redactionOf, type Redact, type Redaction } from './privacy/redaction.ts';
import { checkedRetention, type Retention } from './privacy/retention.ts';
import { harmless, type Observer } from './observe.ts';
import type { Secrets } from './secrets.ts';
import type { EventSource } from './verify/source.ts';

/** What `createReceiver` takes. Only `store` and a way to prove deliveries are needed. Times are in milliseconds. */
export interface ReceiverOptions<Tx> {
  store: Store<Tx>;
  /** `whsec_…`: one, several, or a function that chooses them. */
  secrets?: Secrets | undefined;
  /** `signature` when there are secrets, else `api`. */
  verify?: Verify | undefined;
  /** An official `stripe` instance, or anything with its `events.retrieve`. */
  stripe?: EventSource | undefined;
  /**
   * Whether objects are copied into SQL, and when: in the commit that stores the event wherever its object is quiet
   * (`true`, the default), or always by the worker (`later`), which answers faster and takes longer in all.
   */
  mirror?: boolean | 'later' | undefined;
  /** `/payments/webhook/` by default, or several; the last slash makes no difference. */
  path?: string | readonly string[] | undefined;
  /** Only events of this mode; the other kind is refused. Both by default. */
  livemode?: boolean | undefined;
  /** Only events of these accounts (`''` is the platform itself), or those a function says yes to. All by default. */
  accounts?: EndpointOptions['accounts'];
  /** Several endpoints, each with its own path, secrets and policy; what one does not say is as given above. */
  endpoints?: readonly EndpointOptions[] | undefined;
  /** The largest body that is read, in bytes: 1 MiB by default. */
  maxBody?: number | undefined;
  /**
   * How long a delivery waits for its commit before it is answered 503, in milliseconds: 15,000 by default. Stripe
   * publishes no number; it is said to give up after 10 to 30 s. What is committed later is stored all the same, and
   * Stripe's retry of it is a duplicate.
   */
  answerWithin?: number | undefined;
  /** How far a signature's time may be from ours in either direction, in seconds: 300 by default. */
  tolerance?: number | undefined;
  /** Fields that are stored masked: names, or the profiles `personal`, `links` and `free`. None by default. */
  redact?: Redact | undefined;
  /** How long payloads and rows are kept: `{ days: 90 }`. For ever by default. */
  retention?: Retention | undefined;
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
  /** Told of every delivery and every run of a handler, for logs and metrics. */
  observe?: Observer | undefined;
}

/** The same with every default filled in. */
export interface Settings<Tx> {
  store: Store<Tx>;
  /** By path, without its last slash. */
  endpoints: ReadonlyMap<string, Endpoint>;
  stripe: EventSource | undefined;
  mirror: boolean;
  /** Whether the commit that stores an event begins its work. */
  together: boolean;
  maxBody: number;
  answerWithin: number;
  tolerance: number;
  redact: Redaction | undefined;
  retention: Retention | undefined;
  keepRefused: number;
  retry: Retry;
  concurrency: number;
  lease: number;
  poll: number;
  clock: Clock;
  random: Random;
  onProblem: (what: string, error: unknown) => void;
  observe: Observer | undefined;
}

/** Checks the options; throws `no_verification`, `bad_secret` or `bad_option`. */
export function settingsOf<Tx>(options: ReceiverOptions<Tx>): Settings<Tx> {
  const { store, stripe } = options;
  const onProblem = options.onProblem ?? ((what, error) => console.error(`paybell: ${what}:`, error));
  return {
    store,
    endpoints: endpointsOf(given(options), stripe !== undefined),
    stripe,
    mirror: (options.mirror ?? true) !== false,
    together: options.mirror !== 'later',
    maxBody: positive('maxBody', options.maxBody ?? 1_048_576),
    answerWithin: positive('answerWithin', options.answerWithin ?? 15_000),
    tolerance: positive('tolerance', options.tolerance ?? TOLERANCE),
    redact: redactionOf(options.redact),
    retention: options.retention && checkedRetention(options.retention),
    keepRefused: positive('keepRefused', options.keepRefused ?? 1_000),
    retry: { ...RETRY, ...options.retry },
    concurrency: positive('concurrency', options.concurrency ?? 100),
    lease: positive('lease', options.lease ?? 30_000),
    poll: positive('poll', options.poll ?? 1_000),
    clock: options.clock ?? systemClock,
    random: options.random ?? random(),
    onProblem,
    observe: harmless(options.observe, onProblem),
  };
}

/** The endpoints that the options name, in the long form. */
function given<Tx>(options: ReceiverOptions<Tx>): EndpointOptions[] {
  const { secrets, verify, livemode, accounts } = options;
  const shared = { secrets, verify, livemode, accounts };
  if (options.endpoints !== undefined) {
    if (options.path !== undefined) throw new PaybellError('bad_option', 'Give `path` or `endpoints`, not both.');
    return options.endpoints.map((endpoint) => ({ ...shared, ...endpoint }));
  }
  const { path = '/payments/webhook/' } = options;
  return (typeof path === 'string' ? [path] : path).map((one) => ({ ...shared, path: one }));
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new PaybellError('bad_option', `${name} is ${value}; it must be a whole number above 0.`);
}
