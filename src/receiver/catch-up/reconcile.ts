import type { Clock } from '../../base/clock.ts';
import { check, flag, maybe, abortSignal, texts, type Checks } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import type { IncomingEvent, Store } from '../../store/store.ts';
import { isDeauthorized } from '../api/fetch-object.ts';
import type { Endpoint } from '../endpoints.ts';
import { envelopeOf, type Envelope } from '../envelope.ts';
import { maskText } from '../privacy/mask.ts';
import type { Redaction } from '../privacy/redaction.ts';
import type { EventSource } from '../verify/source.ts';
import { knownAccounts } from './accounts.ts';
import { cursors, OVERLAP, REACH, type Cursor } from './cursor.ts';
import { failureOf } from '../api/failure.ts';

export interface ReconcileOptions {
  /** Connected accounts besides those that the store has events of. */
  accounts?: readonly string[] | undefined;
  /** The mode of the API key; found out from the events themselves when it is not given. */
  livemode?: boolean | undefined;
  /** Stops between two pages; what was found stays stored. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: Checks<ReconcileOptions> = { accounts: maybe(texts), livemode: maybe(flag), signal: maybe(abortSignal) };

/** What a reconciliation found. */
export interface ReconcileReport {
  /** Events that had never come. */
  new: number;
  /** Every account was listed to the end, and nothing is out of reach. */
  complete: boolean;
  /** The platform first; of connected accounts every one. */
  accounts: ReconciledAccount[];
}

/** What was found for one account. Times are in seconds, as Stripe has them. */
export interface ReconciledAccount {
  /** `''` for the platform. */
  account: string;
  /** null when there was no event to tell. */
  livemode: boolean | null;
  listed: number;
  new: number;
  /** Events that none of the receiver's endpoints takes. */
  ignored: number;
  /** What was listed: everything created from `from` to `to`. */
  from: number;
  to: number;
  /** A time of which Stripe no longer tells what happened in it, and of which nobody had listed it. */
  gap: { from: number; to: number } | null;
  /** Why the account was not asked at all. */
  skipped: 'deauthorized' | null;
  /** Why the listing was not completed; the next one begins where this one did. */
  error: string | null;
}

/** What a reconciliation needs of a receiver. */
export interface ReconcileParts {
  store: Store;
  stripe: EventSource | undefined;
  clock: Clock;
  keepRefused: number;
  redact: Redaction | undefined;
  /** Why no endpoint takes an event; undefined when one does. */
  refuses: Endpoint['refuses'];
}

const PAGE = 100;

/**
 * How one receiver finds what it was never told: it lists the events of every account from where its last completed
 * listing ended (never from the newest event received: that would skip exactly what was missed), and stores what is
 * not there yet.
 */
export function createReconcile({ store, stripe, clock, keepRefused, redact, refuses }: ReconcileParts) {
  const cursor = cursors(store);
  let known: boolean | undefined;

  return async function reconcile(options: ReconcileOptions = {}): Promise<ReconcileReport> {
    check('reconcile', OPTIONS, options);
    const list = stripe?.events.list?.bind(stripe.events);
    if (!list)
      throw new PaybellError(
        'bad_option',
        '`reconcile` needs `stripe`: an instance with an API key that has events.list.',
      );
    const accounts = new Set(['', ...(options.accounts ?? []), ...(await knownAccounts(store))]);
    const report: ReconcileReport = { new: 0, complete: true, accounts: [] };
    for (const account of accounts) {
      const one = await reconcileAccount(account, list, options);
      report.accounts.push(one);
      report.new += one.new;
      if (one.gap || one.error) report.complete = false;
    }
    return report;
  };

  async function reconcileAccount(
    account: string,
    list: List,
    { livemode, signal }: ReconcileOptions,
  ): Promise<ReconciledAccount> {
    const listedAt = Math.floor(clock.now() / 1000);
    const one: ReconciledAccount = {
      account,
      livemode: livemode ?? known ?? null,
      listed: 0,
      new: 0,
      ignored: 0,
      from: listedAt - REACH,
      to: listedAt,
      gap: null,
      skipped: null,
      error: null,
    };
    if (await isDeauthorized(store, account)) return { ...one, skipped: 'deauthorized' };
    const onBehalf = account === '' ? {} : { stripeAccount: account };
    const ask = async (parameters: Parameters<List>[0]): Promise<Listed | undefined> => {
      if (signal?.aborted) return void (one.error = 'stopped before the end');
      try {
        return await list(parameters, onBehalf);
      } catch (error) {
        one.error = failureOf(error).text;
        return undefined;
      }
    };

    if (one.livemode === null) {
      // A key is of one mode, and does not say of which; any event does.
      const probe = await ask({ limit: 1 });
      if (!probe) return one;
      one.livemode = envelopeOf(probe.data[0])?.livemode ?? (await cursor.onlyMode(account)) ?? null;
      known ??= one.livemode ?? undefined;
      if (one.livemode === null) return one;
    }
    const before = await cursor.read(account, one.livemode);
    if (before) bound(one, before);

    let newest = before?.created;
    let after: string | undefined;
    do {
      const page = await ask({
        limit: PAGE,
        created: { gte: one.from },
        ...(after !== undefined && { starting_after: after }),
      });
      if (!page) return one;
      const events = page.data.map((event) => eventOf(event, account)).filter((event) => event !== undefined);
      await keep(events, one);
      for (const { created } of events) newest = Math.max(newest ?? created, created);
      after = page.has_more ? idOf(page.data.at(-1)) : undefined;
    } while (after !== undefined);
    if (newest !== undefined) await cursor.write(account, one.livemode, { created: newest, listedAt });
    return one;
  }

  /** With `redact.when: 'received'` nothing that is to be masked is ever stored. */
  function masked(payload: Uint8Array): Uint8Array {
    const kept = redact?.atOnce ? maskText(Buffer.from(payload).toString(), redact.mask) : undefined;
    return kept ? Buffer.from(kept.json) : payload;
  }

  async function keep(events: readonly FoundEvent[], one: ReconciledAccount): Promise<void> {
    one.listed += events.length;
    const taken = events.filter((event) => refuses(event) === undefined);
    one.ignored += events.length - taken.length;
    if (taken.length === 0) return;
    // Asked first, so that what the overlap lists again does not count as another delivery.
    const ids = taken.map(({ id }) => id);
    const { items } = await store.listEvents({ ids, valid: true, limit: 1_000 });
    const stored = new Set(items.map(keyOf));
    const missing = taken.filter((event) => !stored.has(keyOf(event)));
    if (missing.length === 0) return;
    const receivedAt = clock.now();
    const rows = missing.map((event): IncomingEvent => ({
      ...event,
      payload: masked(event.payload),
      proof: 'api',
      receivedAt,
    }));
    const inserted = await store.insert({ events: rows, refused: [], keepRefused });
    one.new += inserted.filter((outcome) => outcome === 'stored').length;
  }
}

type List = NonNullable<EventSource['events']['list']>;
type Listed = Awaited<ReturnType<List>>;
type FoundEvent = Envelope & { payload: Uint8Array };

/** Lists from the cursor on, as far back as Stripe goes; what lies between is a gap. */
function bound(one: ReconciledAccount, { created, listedAt }: Cursor): void {
  const reach = one.from;
  one.from = Math.max(reach, created - OVERLAP);
  // All that had happened when the last listing began was listed, however long ago the newest event was.
  const covered = Math.max(created, listedAt - OVERLAP);
  if (covered < reach) one.gap = { from: covered, to: reach };
}

/** A listed event as it is stored; undefined for something else. */
function eventOf(listed: object, account: string): FoundEvent | undefined {
  // What came through the SDK may hold more than JSON.
  const event = JSON.parse(JSON.stringify(listed)) as Record<string, unknown>;
  // Asked on behalf of an account, the API leaves the account out.
  if (account !== '' && event['account'] === undefined) event['account'] = account;
  const envelope = envelopeOf(event);
  return envelope && { ...envelope, payload: Buffer.from(JSON.stringify(event)) };
}

const idOf = (event: object | undefined): string | undefined => (event as { id?: string } | undefined)?.id;
const keyOf = ({ account, id }: { account: string; id: string }): string => `${account} ${id}`;
