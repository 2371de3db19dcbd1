import { anyText, check, checkValue, maybe, milliseconds, such, type Checks } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { laneOf } from '../store/store.ts';
import { adopt } from './adopt.ts';
import { fetchObject, isDeauthorized } from './api/fetch-object.ts';
import { FETCHABLE, pathOf } from './api/paths.ts';
import type { Settings } from './options.ts';

export interface EnsureOptions {
  /** `''`, the platform, by default. */
  account?: string;
  /** How long to wait, in milliseconds: 5,000 by default. */
  timeout?: number;
}

const OPTIONS: Checks<EnsureOptions> = { account: maybe(anyText), timeout: maybe(milliseconds) };
const ID = such("an object's id", (value) => typeof value === 'string' && !/^\.{0,2}$/.test(value));

/** What is known of an object once its events are handled, or once the time is over. */
export interface Ensured {
  /** As the mirror shows it; as the API answered when the mirror is not there yet; undefined when neither knows it. */
  object: JsonObject | undefined;
  deleted: boolean;
  /** Every handler of its stored events has finished. When it is false, the time was over first. */
  finished: boolean;
  /** Why the API could not be asked; null when it was, or when there was no `stripe` to ask. */
  problem: string | null;
}

const POLL = { first: 10, most: 200 };

/** How one receiver makes sure of objects; calls for the same object at the same time share one request. */
export function createEnsure<Tx>(settings: Settings<Tx>, work: () => void) {
  const { store, stripe, clock } = settings;
  const asking = new Map<string, Promise<{ object?: JsonObject; problem: string | null }>>();

  async function ask(object: string, id: string, account: string) {
    const path = pathOf(object, id);
    if (path === undefined)
      throw new PaybellError('bad_option', `ensure cannot fetch a ${object}; it can: ${FETCHABLE.join(', ')}.`);
    if (!stripe?.rawRequest) return { problem: null };
    if (await isDeauthorized(store, account)) return { problem: 'the account withdrew its access and cannot be asked' };
    const requestedAt = clock.now();
    const fetched = await fetchObject(stripe, path, account === '' ? {} : { stripeAccount: account });
    if (fetched.kind !== 'found') return { problem: fetched.reason };
    await adopt([fetched.object], { account, requestedAt, apiVersion: fetched.apiVersion }, settings);
    return { object: fetched.object, problem: null };
  }

  function askOnce(object: string, id: string, account: string) {
    const key = laneOf({ account, object, objectId: id, id: '' });
    let asked = asking.get(key);
    if (!asked) {
      asked = ask(object, id, account).finally(() => asking.delete(key));
      asking.set(key, asked);
    }
    return asked;
  }

  /** Whether anything is stored about an object, and whether all of it is done. */
  async function look(object: string, id: string, account: string) {
    const events = await store.history(laneOf({ account, object, objectId: id, id: '' }));
    const open = events.some(({ state }) => state === 'pending' || state === 'processing' || state === 'retrying');
    return { known: events.length > 0, finished: events.length > 0 && !open };
  }

  return async function ensure(object: string, id: string, options: EnsureOptions = {}): Promise<Ensured> {
    checkValue('id', ID, id);
    check('ensure', OPTIONS, options);
    const { account = '', timeout = 5_000 } = options;
    const until = clock.now() + timeout;
    const asked = await askOnce(object, id, account);
    let state = await look(object, id, account);
    for (let wait = POLL.first; !state.finished && clock.now() < until; wait = Math.min(wait * 2, POLL.most)) {
      work();
      await new Promise<void>((resolve) => clock.after(Math.min(wait, until - clock.now()), resolve));
      state = await look(object, id, account);
    }
    const row = await store.getObject(object, id, account);
    const shown: unknown = row && JSON.parse(row.json);
    return {
      object: isObject(shown) ? shown : asked.object,
      deleted: row?.deleted ?? false,
      finished: state.finished,
      problem: asked.problem,
    };
  };
}
