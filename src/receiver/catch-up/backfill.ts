import type { Clock } from '../../base/clock.ts';
import { anyText, callable, check, flag, maybe, abortSignal, such, texts, type Checks } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { Store } from '../../store/store.ts';
import type { AdoptOptions } from '../adopt.ts';
import type { EventSource } from '../verify/source.ts';
import { failureOf } from '../api/failure.ts';
import { LISTABLE, USUAL } from './listable.ts';
import { pace } from './pace.ts';

export interface BackfillOptions {
  /** Object types, such as `customer` or `checkout.session`; by default those that most accounts have. */
  objects?: readonly string[] | undefined;
  /** `''`, the platform, by default. */
  account?: string | undefined;
  /** The mode of the API key, so that the other one has a place of its own to go on from. */
  livemode?: boolean | undefined;
  /** Requests a second: 10 by default. Stripe allows 25 in test mode and 100 in live mode, your application's included. */
  perSecond?: number | undefined;
  /** Forgets how far an earlier one came, and begins anew. */
  restart?: boolean | undefined;
  onProgress?: ((progress: BackfilledObject) => void) | undefined;
  /** Stops between two pages; the next backfill goes on there. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: Checks<BackfillOptions> = {
  objects: maybe(texts),
  account: maybe(anyText),
  livemode: maybe(flag),
  perSecond: maybe(such('a number above 0', (value) => typeof value === 'number' && value > 0)),
  restart: maybe(flag),
  onProgress: maybe(callable),
  signal: maybe(abortSignal),
};

export interface BackfillReport {
  /** Every list was read to its end. */
  complete: boolean;
  objects: BackfilledObject[];
}

/** How far the list of one object type has come, in this run. */
export interface BackfilledObject {
  object: string;
  pages: number;
  listed: number;
  /** Of those, how many have a type and an id, and are stored as they were when their page was asked for. */
  stored: number;
  /** It went on where an earlier run was interrupted. */
  resumed: boolean;
  done: boolean;
  error: string | null;
}

/** What a backfill needs of a receiver. */
export interface BackfillParts {
  store: Store;
  stripe: EventSource | undefined;
  clock: Clock;
  adopt: (objects: Iterable<JsonObject>, options: AdoptOptions) => Promise<number>;
}

type Parts = BackfillParts & {
  get: (path: string) => Promise<unknown>;
  account: string;
  note: (object: string) => string;
};

const PAGE = '100';

/**
 * Brings what was there before the first webhook into the mirror, list by list, from the newest to the oldest. Objects
 * take part as of when their page was asked for: later events win. No handler runs. Where it was interrupted, the next
 * one goes on.
 */
export async function backfill(options: BackfillOptions, parts: BackfillParts): Promise<BackfillReport> {
  check('backfill', OPTIONS, options);
  const { objects = USUAL, account = '', livemode, perSecond = 10, signal } = options;
  const { stripe, clock } = parts;
  const unknown = objects.filter((object) => !Object.hasOwn(LISTABLE, object));
  if (unknown.length > 0)
    throw new PaybellError(
      'bad_option',
      `There is no list of ${unknown.join(', ')}; there is of ${Object.keys(LISTABLE).join(', ')}.`,
    );
  const ask = stripe?.rawRequest?.bind(stripe);
  if (!ask)
    throw new PaybellError('bad_option', '`backfill` needs `stripe`: an instance with an API key that has rawRequest.');

  const turn = pace(perSecond, clock, signal);
  const mode = livemode === undefined ? '' : livemode ? ' live' : ' test';
  const all: Parts = {
    ...parts,
    account,
    note: (object) => `backfill ${account === '' ? 'platform' : account}${mode} ${object}`,
    async get(path) {
      await turn();
      return ask('GET', path, undefined, account === '' ? {} : { stripeAccount: account });
    },
  };
  const report: BackfillReport = { complete: true, objects: [] };
  for (const object of objects) {
    const one = await backfillObject(object, options, all);
    report.objects.push(one);
    if (one.done) continue;
    report.complete = false;
    // A key may lack one right; anything else would fail for the next list too.
    if (!one.error?.startsWith('API: 403') && !one.error?.startsWith('API: 404')) break;
  }
  return report;
}

async function backfillObject(
  object: string,
  { restart = false, onProgress, signal }: BackfillOptions,
  { store, clock, adopt, get, account, note }: Parts,
): Promise<BackfilledObject> {
  const name = note(object);
  let after = restart ? '' : ((await store.readNote(name)) ?? '');
  const one: BackfilledObject = {
    object,
    pages: 0,
    listed: 0,
    stored: 0,
    resumed: after !== '',
    done: false,
    error: null,
  };
  while (!one.done) {
    if (signal?.aborted) {
      one.error = 'stopped before the end';
      break;
    }
    const requestedAt = clock.now();
    let answer: unknown;
    try {
      answer = await get(pathOf(object, after));
    } catch (error) {
      const failure = failureOf(error);
      if (after !== '' && failure.code === 'resource_missing') {
        // What it stopped behind has been deleted since: from the beginning, which only repeats.
        after = '';
        one.resumed = false;
        continue;
      }
      one.error = failure.text;
      break;
    }
    const { data, more, apiVersion } = pageOf(answer);
    one.pages += 1;
    one.listed += data.length;
    one.stored += await adopt(data, { account, requestedAt, apiVersion });
    const last = data.at(-1)?.['id'];
    one.done = !more || typeof last !== 'string';
    after = one.done ? '' : String(last);
    // Empty: the next backfill is a new one.
    await store.writeNote(name, after);
    onProgress?.({ ...one });
  }
  if (one.error !== null) onProgress?.({ ...one });
  return one;
}

function pathOf(object: string, after: string): string {
  const { path, query = {} } = LISTABLE[object]!;
  return `${path}?${new URLSearchParams({ ...query, limit: PAGE, ...(after !== '' && { starting_after: after }) })}`;
}

function pageOf(answer: unknown): { data: JsonObject[]; more: boolean; apiVersion: string | null } {
  // What came through the SDK may hold more than JSON.
  const page: unknown = JSON.parse(JSON.stringify(answer ?? null));
  const data = isObject(page) && Array.isArray(page['data']) ? page['data'].filter(isObject) : [];
  const { apiVersion } = (answer as { lastResponse?: { apiVersion?: unknown } } | null)?.lastResponse ?? {};
  return {
    data,
    more: isObject(page) && page['has_more'] === true,
    apiVersion: typeof apiVersion === 'string' ? apiVersion : null,
  };
}
