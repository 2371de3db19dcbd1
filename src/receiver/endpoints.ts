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
export const PATH = such('a path that begins with a slash, without ? or #', (value) =>
  /^\/[^?#]*$/.test(String(value)),
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
  const { livemode, accounts } = options;
  const keys = keysOf(options.secrets);
  const hasKeys = typeof keys === 'function' || keys.length > 0;
  const verify = options.verify ?? (hasKeys || !hasApi ? 'signature' : 'api');
  if (verify !== 'api' && !hasKeys)
    throw new PaybellError('no_verification', `Give \`secrets\` for ${path}/: the whsec_… that the endpoint shows.`);
  if (verify !== 'signature' && !hasApi)
    throw new PaybellError('no_verification', `verify: '${verify}' needs \`stripe\`: an instance with an API key.`);
  const listed = Array.isArray(accounts) ? new Set<string>(accounts) : undefined;
  const allows =
    typeof accounts === 'function' ? accounts : (account: string) => listed === undefined || listed.has(account);
  return {
    path,
    keys,
    verify,
    refuses: (event) =>
      livemode !== undefined && event.livemode !== livemode
        ? 'wrong_mode'
        : allows(event.account)
          ? undefined
          : 'wrong_account',
  };
}

/** A path without its last slash, so that both spellings are one. */
export const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
