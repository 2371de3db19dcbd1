import { anyText, check, checkValue, maybe, milliseconds, such, type Checks } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { laneOf } from '../store/store.ts';
import { adopt } from './adopt.ts';
import { fetchObject, isDeauthorized } from './api/fetch-object.ts';
import { FETCHABLE, pathOf } from './api/paths.ts';
import { COPY } from './mirror/fact.ts';
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
  /**
   * Its events came, and every handler of theirs has finished. When it is false, the time was over first, or the API
   * knows of no such object.
   */
  finished: boolean;
  /** A handler of theirs has given up: it is in the dead letter. */
  dead: boolean;
  /** Why the API could not be asked; null when it was, or when there was no `stripe` to ask. */
  problem: string | null;
}

const POLL = { first: 10, most: 200 };

/** What came of asking the API; `unknown`: it will say the same when it is asked again. */
interface Asked {
  object?: JsonObject;
  problem: string | null;
  unknown?: boolean;
}

/** How one receiver makes sure of objects; calls for the same object at the same time share one request. */
export function createEnsure<Tx>(settings: Settings<Tx>, work: () => void) {
  const { store, stripe, clock } = settings;
  const asking = new Map<string, Promise<Asked>>();

  async function ask(object: string, id: string, account: string): Promise<Asked> {
    const path = pathOf(object, id);
    if (path === undefined)
      throw new PaybellError('bad_option', `ensure cannot fetch a ${object}; it can: ${FETCHABLE.join(', ')}.`);
    if (!stripe?.rawRequest) return { problem: null };
    if (await isDeauthorized(store, account)) return { problem: 'the account withdrew its access and cannot be asked' };
    const requestedAt = clock.now();
    const fetched = await fetchObject(stripe, path, account === '' ? {} : { stripeAccount: account });
    if (fetched.kind !== 'found') return { problem: fetched.reason, unknown: fetched.kind === 'none' };
    await adopt([fetched.object], { account, requestedAt, apiVersion: fetched.apiVersion }, settings);
    return { object: fetched.object, problem: null };
  }

  /** Asks, once for all who wait for the same object, for no longer than `timeout`. */
  async function askOnce(object: string, id: string, account: string, timeout: number): Promise<Asked> {
    const key = laneOf({ account, object, objectId: id, id: '' });
    let asked = asking.get(key);
    if (!asked) {
      const asks = ask(object, id, account).finally(() => forget(key, asks));
      asking.set(key, (asked = asks));
    }
    const { promise: late, resolve } = Promise.withResolvers<Asked>();
    const cancel = clock.after(timeout, () => {
      // Whoever comes next asks anew.
      forget(key, asked);
      resolve({ problem: `API: no answer: it took longer than ${timeout} ms` });
    });
    asked.catch(() => {});
    return Promise.race([asked, late]).finally(cancel);
  }

  function forget(key: string, asked: Promise<Asked>): void {
    if (asking.get(key) === asked) asking.delete(key);
  }

  /** Whether events of an object came, which copies are none of, and whether all that is stored about it is done. */
  async function look(object: string, id: string, account: string) {
    const rows = await store.history(laneOf({ account, object, objectId: id, id: '' }));
    const events = rows.filter(({ type, state }) => type !== COPY && state !== 'refused');
    const open = rows.some(({ state }) => state === 'pending' || state === 'processing' || state === 'retrying');
    return {
      came: events.length > 0,
      finished: events.length > 0 && !open,
      dead: events.some(({ state }) => state === 'dead'),
    };
  }

  return async function ensure(object: string, id: string, options: EnsureOptions = {}): Promise<Ensured> {
    checkValue('id', ID, id);
    check('ensure', OPTIONS, options);
    const { account = '', timeout = 5_000 } = options;
    const until = clock.now() + timeout;
    const asked = await askOnce(object, id, account, timeout);
    let state = await look(object, id, account);
    const isAwaited = () => !state.finished && (state.came || !asked.unknown) && clock.now() < until;
    for (let wait = POLL.first; isAwaited(); wait = Math.min(wait * 2, POLL.most)) {
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
      dead: state.dead,
      problem: asked.problem,
    };
  };
}
