import type { ClaimedRecord, EventChange, RecordChange } from '../../store/store.ts';
import { backoff } from '../backoff.ts';
import type { Registered } from '../handlers.ts';
import type { Settings } from '../options.ts';
import type { Outcome } from './attempt.ts';
import type { Item } from './item.ts';

type Progress = Pick<ClaimedRecord, 'state' | 'attempts' | 'failures' | 'nextAt'>;

/** A handler that is not registered here belongs to another process, or to an older release: look again later. */
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
  const exhausted =
    outcome.kind === 'failed'
      ? failures >= (handler.attempts ?? retry.attempts)
      : !outcome.interrupted && now - event.receivedAt >= retry.deferFor;
  if (exhausted) return { ...record, state: 'dead', nextAt: null, error };
  const wait = outcome.kind === 'deferred' ? outcome.after : undefined;
  return { ...record, state: 'retrying', nextAt: now + (wait ?? backoff(attempts, retry, random)), error };
}

/** Where an event stands, given where each of its handlers does. */
export function eventChange(
  { event }: Item,
  records: ReadonlyMap<string, Progress>,
  registered: ReadonlySet<string>,
  now: number,
): EventChange {
  const open = [...records].filter(([, record]) => !isFinished(record));
  const orphans = open.filter(([handler]) => !registered.has(handler));
  const retrying = open.filter(([handler, { state }]) => state === 'retrying' && registered.has(handler));
  const times = [...retrying.map(([, { nextAt }]) => nextAt ?? now), ...orphans.map(() => now + ORPHAN_WAIT)];
  const readyAt = times.length > 0 ? Math.min(...times) : null;
  if (open.some(([, { state }]) => state === 'retrying')) return { seq: event.seq, state: 'retrying', readyAt };
  if (open.length > 0) return { seq: event.seq, state: 'processing', readyAt };
  const dead = [...records.values()].some(({ state }) => state === 'dead');
  return { seq: event.seq, state: dead ? 'dead' : 'done', readyAt: null };
}
