import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import { EndedByEffect, type LaneResult, type Settled } from '../store.ts';
import { fencing } from './fence.ts';
import { mirroring } from './mirror-write.ts';
import { nested } from './nested.ts';

const ERROR = 1;
const CONSTRAINT = 19;

/** Commits what work on lanes has come to; to be called inside a transaction. */
export function settling(db: DatabaseSync) {
  const { holds, release } = fencing(db);
  const event = db.prepare(/* sql */ `
    UPDATE events SET state = ?, ready_at = ?, twin_of = coalesce(?, twin_of),
                      reason = coalesce(?, reason), finished_at = ?
    WHERE seq = ?`);
  const record = db.prepare(/* sql */ `
    INSERT INTO handler_records (seq, handler, state, attempts, failures, next_at, late, error, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (seq, handler) DO UPDATE SET
      state = excluded.state, attempts = excluded.attempts, failures = excluded.failures, next_at = excluded.next_at,
      late = excluded.late, error = excluded.error, updated_at = excluded.updated_at`);
  const mirror = mirroring(db);
  const account = db.prepare(/* sql */ `
    INSERT INTO accounts (account, deauthorized, since, event_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET
      deauthorized = excluded.deauthorized, since = excluded.since, event_id = excluded.event_id
    WHERE (excluded.since, -excluded.deauthorized) > (since, -deauthorized)`);
  const payload = db.prepare('UPDATE payloads SET body = ?, verified = NULL WHERE seq = ?');
  const redacted = db.prepare('UPDATE events SET redacted = ? WHERE seq = ?');
  const wake = db.prepare(/* sql */ `
    UPDATE events SET ready_at = ?
    WHERE lane = ? AND ${isOpen()} AND ready_at IS NULL`);

  function run(effect: (tx: DatabaseSync) => unknown): void {
    const inside = nested(db);
    let returned: unknown;
    try {
      returned = effect(inside.db);
    } finally {
      inside.close();
    }
    // Node 22.13 does not say.
    if (db.isTransaction === false) throw new Error('a statement in it rolled everything back.');
    // A query builder that nobody waits for would never run, either.
    if (typeof (returned as { then?: unknown } | null | undefined)?.then !== 'function') return;
    if (returned instanceof Promise) returned.catch(() => {});
    throw new TypeError('A function given to ctx.tx must be synchronous: the commit cannot wait for it.');
  }

  function write(result: LaneResult<DatabaseSync>): void {
    const { lane, now, mirror: write, events, records, effects } = result;
    for (const effect of effects) run(effect);
    if (write) mirror.write(write, now);
    for (const { seq, state, readyAt, twinOf = null, reason = null } of events) {
      const finishedAt = state === 'done' || state === 'dead' ? now : null;
      event.run(state, readyAt, twinOf, reason, finishedAt, seq);
    }
    for (const { seq, handler, state, attempts, failures, nextAt, late, error, updatedAt } of records)
      record.run(seq, handler, state, attempts, failures, nextAt, Number(late), error, updatedAt);
    for (const mark of result.accounts ?? [])
      account.run(mark.account, Number(mark.deauthorized), mark.since, mark.eventId);
    for (const masked of result.payloads ?? []) {
      payload.run(masked.payload, masked.seq);
      redacted.run(JSON.stringify(masked.fields), masked.seq);
    }
    if (result.wake) wake.run(now, lane);
    if (result.release) release(lane);
  }

  /** Throws where there is no transaction any more, so that no lane of this commit counts as written. */
  function undo(cause: unknown): void {
    try {
      db.exec('ROLLBACK TO paybell_lane; RELEASE paybell_lane');
    } catch {
      // SQLite has rolled back by itself: for want of disk or memory, or because a statement of the effect said so.
      const { errcode = ERROR } = cause as { errcode?: number };
      throw [ERROR, CONSTRAINT].includes(errcode & 0xff) ? new EndedByEffect(cause) : cause;
    }
  }

  function settleLane(result: LaneResult<DatabaseSync>): Settled {
    if (!holds(result)) return { outcome: 'lost' };
    if (result.effects.length === 0) {
      write(result);
      return { outcome: 'settled' };
    }
    // A user's function may throw: that undoes its own lane, never the others of this commit.
    db.exec('SAVEPOINT paybell_lane');
    try {
      write(result);
      db.exec('RELEASE paybell_lane');
      return { outcome: 'settled' };
    } catch (error) {
      undo(error);
      return { outcome: 'failed', error };
    }
  }

  return (results: readonly LaneResult<DatabaseSync>[]): Settled[] => results.map(settleLane);
}
