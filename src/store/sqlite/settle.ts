import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import type { LaneResult, Settled } from '../store.ts';
import { fencing } from './fence.ts';
import { mirroring } from './mirror-write.ts';

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
    const returned = effect(db);
    if (!(returned instanceof Promise)) return;
    returned.catch(() => {});
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

  function settleLane(result: LaneResult<DatabaseSync>): Settled {
    if (!holds(result)) return { outcome: 'lost' };
    if (result.effects.length === 0) {
      write(result);
      return { outcome: 'settled' };
    }
    // A user's function may throw: that undoes its own lane, never the others of this commit.
    db.exec('SAVEPOINT lane');
    try {
      write(result);
      db.exec('RELEASE lane');
      return { outcome: 'settled' };
    } catch (error) {
      db.exec('ROLLBACK TO lane; RELEASE lane');
      return { outcome: 'failed', error };
    }
  }

  return (results: readonly LaneResult<DatabaseSync>[]): Settled[] => results.map(settleLane);
}
