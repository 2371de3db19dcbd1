import { random, type Random } from '../base/ids.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { callable, check, chosen, count, list, maybe, oneOf, such, type Checks } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import type { Store } from '../store/store.ts';
import { TOLERANCE } from '../stripe/signature.ts';
import { RETRY, RETRY_OPTION, type Retry } from './backoff.ts';
import {
  ENDPOINT,
  endpointsOf,
  PATH,
  POLICY,
  policyOf,
  refusedByAll,
  type Endpoint,
  type EndpointOptions,
  type Verify,
} from './endpoints.ts';
import { REDACT_OPTION, redactionOf, type Redact, type Redaction } from './privacy/redaction.ts';
import { checkedRetention, RETENTION_OPTION, type Retention } from './privacy/retention.ts';
import { harmless, problemsTo, type Observer } from './observe.ts';
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

const has = (value: unknown, ...methods: string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

const STORE = such('what createSqliteStore or `await createPostgresStore` made', (value) =>
  has(value, 'receive', 'claim', 'settle'),
);
const STRIPE = such('an instance of the official SDK: new Stripe(key)', (value) =>
  has((value as { events?: unknown } | null | undefined)?.events, 'retrieve'),
);

/** Which options there are, and what they may be. */
const OPTIONS: Checks<ReceiverOptions<never>> = {
  store: STORE,
  ...POLICY,
  stripe: maybe(STRIPE),
  mirror: maybe(oneOf(true, false, 'later')),
  path: maybe(chosen((value) => (Array.isArray(value) ? list(PATH, { least: 1 }) : PATH))),
  endpoints: maybe(list(ENDPOINT)),
  maxBody: maybe(count),
  answerWithin: maybe(count),
  tolerance: maybe(count),
  redact: maybe(REDACT_OPTION),
  retention: maybe(RETENTION_OPTION),
  keepRefused: maybe(count),
  retry: maybe(RETRY_OPTION),
  concurrency: maybe(count),
  lease: maybe(count),
  poll: maybe(count),
  clock: maybe(such('a clock: { now, after }', (value) => has(value, 'now', 'after'))),
  random: maybe(such('a source of randomness: { next, text, state }', (value) => has(value, 'next'))),
  onProblem: maybe(callable),
  observe: maybe(
    such(
      'an object with the function delivered, or handled, or both',
      (value) => has(value, 'delivered') || has(value, 'handled'),
    ),
  ),
};

/** The same with every default filled in. */
export interface Settings<Tx> {
  store: Store<Tx>;
  /** By path, without its last slash. */
  endpoints: ReadonlyMap<string, Endpoint>;
  /** Why no endpoint takes an event; undefined when one does. Without endpoints, what is given beside them counts. */
  refuses: Endpoint['refuses'];
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
  check('createReceiver', OPTIONS, options);
  const { store, stripe } = options;
  const endpoints = endpointsOf(given(options), stripe !== undefined);
  const onProblem = problemsTo(options.onProblem);
  return {
    store,
    endpoints,
    refuses: refusedByAll(endpoints, policyOf(options)),
    stripe,
    mirror: (options.mirror ?? true) !== false,
    together: options.mirror !== 'later',
    maxBody: options.maxBody ?? 1_048_576,
    answerWithin: options.answerWithin ?? 15_000,
    tolerance: options.tolerance ?? TOLERANCE,
    redact: redactionOf(options.redact),
    retention: options.retention && checkedRetention(options.retention),
    keepRefused: options.keepRefused ?? 1_000,
    retry: { ...RETRY, ...options.retry },
    concurrency: options.concurrency ?? 100,
    lease: options.lease ?? 30_000,
    poll: options.poll ?? 1_000,
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
    return options.endpoints.map((endpoint) => {
      const said = Object.entries(endpoint).filter(([, value]) => value !== undefined);
      return { ...shared, ...(Object.fromEntries(said) as Partial<EndpointOptions>), path: endpoint.path };
    });
  }
  const { path = '/payments/webhook/' } = options;
  return (typeof path === 'string' ? [path] : path).map((one) => ({ ...shared, path: one }));
}
