import { isObject, type JsonObject } from '../../base/json.ts';
import { failureOf } from './failure.ts';
import type { Store } from '../../store/store.ts';
import type { AskOptions, EventSource } from '../verify/source.ts';

/** What the API said when it was asked for an object. */
export type Fetched =
  | { kind: 'found'; object: JsonObject; apiVersion: string | null }
  /** It will say the same when it is asked again. */
  | { kind: 'none'; reason: string }
  /** It may answer later. */
  | { kind: 'failed'; reason: string };

/** Paths of objects, and nothing that leads elsewhere. */
const PATH = /^\/v[12]\/[\w.~%-]+(?:\/[\w.~%-]+)*$/;

/** Asks the API for one object by its path. Never throws. */
export async function fetchObject(source: EventSource, path: string, options: AskOptions = {}): Promise<Fetched> {
  if (!source.rawRequest) return { kind: 'none', reason: 'this `stripe` has no rawRequest' };
  if (!PATH.test(path) || path.includes('..')) return { kind: 'none', reason: 'this is no path of an object' };
  let answer: unknown;
  try {
    answer = await source.rawRequest('GET', path, undefined, options);
  } catch (error) {
    const { status, text: reason } = failureOf(error);
    // A key without the right, or none at all, may be put right; an object that is not there stays away.
    return { kind: status === 404 || status === 400 ? 'none' : 'failed', reason };
  }
  // What came through the SDK may hold more than JSON: dates, decimals, the HTTP response.
  const object: unknown = JSON.parse(JSON.stringify(answer ?? null));
  if (!isObject(object)) return { kind: 'none', reason: 'the API did not answer with an object' };
  const { apiVersion } = (answer as { lastResponse?: { apiVersion?: unknown } }).lastResponse ?? {};
  return { kind: 'found', object, apiVersion: typeof apiVersion === 'string' ? apiVersion : null };
}

/** Whether an account withdrew its access, so that the API cannot be asked about it. */
export async function isDeauthorized(store: Pick<Store, 'accounts'>, account: string): Promise<boolean> {
  if (account === '') return false;
  const [mark] = await store.accounts(account);
  return mark?.deauthorized === true;
}
