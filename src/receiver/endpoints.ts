import {
  any,
  anything,
  anyText,
  callable,
  flag,
  group,
  list,
  maybe,
  oneOf,
  such,
  texts,
  type Checks,
} from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import type { Envelope } from './envelope.ts';
import { keysOf, type KeySource, type Secrets } from './secrets.ts';

/** How deliveries are proven: by their signature, by asking the API for the event, or by both. */
export type Verify = 'signature' | 'api' | 'both';

/** What one webhook path accepts, and how it proves it. */
export interface EndpointOptions {
  /** The last slash makes no difference. */
  path: string;
  /** `whsec_…`: one, several, or a function that chooses them. */
  secrets?: Secrets | undefined;
  /** `signature` when there are secrets, else `api`. */
  verify?: Verify | undefined;
  /** Only events of this mode; the other kind is refused. Both by default. */
  livemode?: boolean | undefined;
  /** Only events of these accounts (`''` is the platform itself), or those a function says yes to. All by default. */
  accounts?: readonly string[] | ((account: string) => boolean) | undefined;
}

/** A path of its own; what comes after it in an address is no part of it. */
export const PATH = such(
  'a path that begins with a slash, as it stands in an address (no ?, # or *, and percent-encoded what is not ASCII)',
  (value) => /^\/[!-~]*$/.test(String(value)) && !/[?#*]/.test(String(value)),
);

/** What the options of a receiver and of each of its endpoints have in common. */
export const POLICY = {
  // What is in them is looked at, and never shown, where they become keys.
  secrets: maybe(any('a webhook secret, a list of them, or a function', anyText, list(anything), callable)),
  verify: maybe(oneOf('signature', 'api', 'both')),
  livemode: maybe(flag),
  accounts: maybe(any('a list of account ids, or a function', texts, callable)),
} satisfies Checks<Omit<EndpointOptions, 'path'>>;

export const ENDPOINT = group({ path: PATH, ...POLICY } satisfies Checks<EndpointOptions>);

/** The same, checked and prepared. */
export interface Endpoint {
  path: string;
  keys: KeySource;
  verify: Verify;
  /** Why an event is not for this endpoint; undefined when it is. */
  refuses(event: Pick<Envelope, 'livemode' | 'account'>): 'wrong_mode' | 'wrong_account' | undefined;
}

/** Prepares endpoints, by path; an empty list is a receiver that only `ingest` feeds. Throws `no_verification`, `bad_secret` or `bad_option`. */
export function endpointsOf(given: readonly EndpointOptions[], hasApi: boolean): ReadonlyMap<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  for (const options of given) {
    const path = withoutSlash(options.path);
    if (endpoints.has(path)) throw new PaybellError('bad_option', `Two endpoints have the path ${path}.`);
    endpoints.set(path, endpointOf(options, path, hasApi));
  }
  return endpoints;
}

function endpointOf(options: EndpointOptions, path: string, hasApi: boolean): Endpoint {
  const keys = keysOf(options.secrets);
  const hasKeys = typeof keys === 'function' || keys.length > 0;
  const verify = options.verify ?? (hasKeys || !hasApi ? 'signature' : 'api');
  if (verify !== 'api' && !hasKeys)
    throw new PaybellError('no_verification', `Give \`secrets\` for ${path}/: the whsec_… that the endpoint shows.`);
  if (verify !== 'signature' && !hasApi)
    throw new PaybellError('no_verification', `verify: '${verify}' needs \`stripe\`: an instance with an API key.`);
  return { path, keys, verify, refuses: policyOf(options) };
}

/** Which events are taken, by their mode and their account. */
export function policyOf({ livemode, accounts }: Pick<EndpointOptions, 'livemode' | 'accounts'>): Endpoint['refuses'] {
  const listed = Array.isArray(accounts) ? new Set<string>(accounts) : undefined;
  const allows =
    typeof accounts === 'function' ? accounts : (account: string) => listed === undefined || listed.has(account);
  return (event) => {
    if (livemode !== undefined && event.livemode !== livemode) return 'wrong_mode';
    const allowed: unknown = allows(event.account);
    if (typeof allowed === 'boolean') return allowed ? undefined : 'wrong_account';
    // A promise would be as good as a yes.
    throw new PaybellError('bad_option', 'The function given as `accounts` must answer true or false, and at once.');
  };
}

/** Why none of the endpoints takes an event; where there are none, why `otherwise` does not. */
export function refusedByAll(
  endpoints: ReadonlyMap<string, Pick<Endpoint, 'refuses'>>,
  otherwise: Endpoint['refuses'],
): Endpoint['refuses'] {
  const all = [...endpoints.values()];
  if (all.length === 0) return otherwise;
  return (event) => {
    const reasons = all.map(({ refuses }) => refuses(event));
    return reasons.includes(undefined) ? undefined : reasons[0];
  };
}

/** A path as it is shown: with its last slash. */
export const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** A path without its last slash, so that both spellings are one. */
export const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
