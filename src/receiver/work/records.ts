import type { ClaimedRecord, EventChange, RecordChange } from '../../store/store.ts';
import { backoff, type Retry } from '../backoff.ts';
import type { Registered, Registry } from '../handlers.ts';
import type { Settings } from '../options.ts';
import type { Outcome } from './attempt.ts';
import type { Item } from './item.ts';

type Progress = Pick<ClaimedRecord, 'state' | 'attempts' | 'failures' | 'nextAt'>;

/** After this long somebody else may be here who has a handler that we do not have. */
const ORPHAN_WAIT = 60_000;

/** Whether a handler has nothing left to do with an event. */
export const isFinished = ({ state }: Pick<ClaimedRecord, 'state'>): boolean =>
  state === 'done' || state === 'dead' || state === 'skipped';

/** The record of a handler that did not run: held back behind an earlier event, or skipped because it has been done. */
export function unrun(item: Item, handler: string, state: 'pending' | 'skipped', now: number): RecordChange {
  const known = item.event.records.find((record) => record.handler === handler);
  const { attempts = 0, failures = 0 } = known ?? {};
  const rest = { nextAt: null, late: false, error: null, updatedAt: now };
  return { seq: item.event.seq, handler, state, attempts, failures, ...rest };
}

/** The record of a run. */
export function ran<Tx>(
  { event }: Item,
  handler: Registered<Tx>,
  before: Progress | undefined,
  outcome: Outcome,
  { late, now, settings }: { late: boolean; now: number; settings: Settings<Tx> },
): RecordChange {
  const { retry, random } = settings;
  const attempts = (before?.attempts ?? 0) + 1;
  const failures = (before?.failures ?? 0) + (outcome.kind === 'failed' ? 1 : 0);
  const record = { seq: event.seq, handler: handler.name, attempts, failures, late, updatedAt: now };
  if (outcome.kind === 'done') return { ...record, state: 'done', nextAt: null, error: null };

  const error = outcome.kind === 'failed' ? outcome.error : `deferred: ${outcome.reason}`;
  const wait = Math.round(
    (outcome.kind === 'deferred' ? outcome.after : undefined) ?? backoff(attempts, retry, random),
  );
  const exhausted =
    outcome.kind === 'failed'
      ? failures >= (handler.attempts ?? retry.attempts)
      : !outcome.interrupted && isPutOffTooLong(now - event.receivedAt, { attempts, wait }, retry);
  if (exhausted) return { ...record, state: 'dead', nextAt: null, error };
  return { ...record, state: 'retrying', nextAt: now + wait, error };
}

/** An event that was old when it was first handled, or is replayed, has its tries all the same. */
function isPutOffTooLong(age: number, { attempts, wait }: { attempts: number; wait: number }, retry: Retry): boolean {
  return age >= retry.deferFor && attempts > Math.min(retry.attempts, retry.deferFor / wait);
}

/** Whether a handler is for whoever works here, and when it is looked for again if not. */
interface Ours {
  has(handler: string): boolean;
  /** When somebody else should look, at `now`, for a handler that is not ours. */
  otherwise(record: Progress, now: number): number;
}

/** What a worker runs; a handler that is not registered here belongs to another process, or to an older release. */
export const worked = <Tx>(registered: Pick<Registry<Tx>, 'has'>): Ours => ({
  has: (handler) => registered.has(handler),
  otherwise: (_, now) => now + ORPHAN_WAIT,
});

/** What a replay runs; everything else is as due as it was. */
export const replayed = (part: ReadonlySet<string>): Ours => ({
  has: (handler) => part.has(handler),
  otherwise: ({ nextAt }, now) => nextAt ?? now,
});

/** Where an event stands, given where each of its handlers does. */
export function eventChange(
  { event: { seq } }: Item,
  records: ReadonlyMap<string, Progress>,
  ours: Ours,
  now: number,
): EventChange {
  let state: EventChange['state'] = 'done';
  let readyAt: number | null = null;
  for (const [handler, record] of records) {
    if (record.state === 'dead' && state === 'done') state = 'dead';
    if (isFinished(record)) continue;
    if (record.state === 'retrying') state = 'retrying';
    else if (state !== 'retrying') state = 'processing';
    const own = ours.has(handler);
    if (own && record.state !== 'retrying') continue;
    readyAt = Math.min(readyAt ?? Infinity, own ? (record.nextAt ?? now) : ours.otherwise(record, now));
  }
  return { seq, state, readyAt };
}
