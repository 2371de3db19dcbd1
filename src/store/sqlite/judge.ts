import type { DatabaseSync } from 'node:sqlite';
import { laneOf, type EventHead, type Verdict } from '../store.ts';
import { fencing } from './fence.ts';

/** How many events proven false are kept, and how much of each body: whoever invents them must not fill the disk. */
const KEEP_FALSE = 1_000;
const FALSE_BODY = 16_384;

/** Commits verdicts on events that were not proven; to be called inside a transaction. */
export function judging(db: DatabaseSync) {
  const { holds, release } = fencing(db);
  const verdict = db.prepare(/* sql */ `
    UPDATE events SET valid = :valid, proof = :proof, reason = :reason, state = :state, ready_at = :readyAt,
                      attempts = :attempts, finished_at = :finishedAt
    WHERE seq = :seq`);
  const prove = db.prepare(/* sql */ `
    UPDATE events SET valid = 1, proof = :proof, reason = NULL, state = 'pending', ready_at = :now,
                      attempts = :attempts, lane = :lane, account = :account, id = :id, type = :type,
                      created = :created, livemode = :livemode, api_version = :apiVersion, object = :object,
                      object_id = :objectId
    WHERE seq = :seq`);
  const verified = db.prepare('UPDATE payloads SET verified = ? WHERE seq = ?');
  const known = db.prepare('SELECT seq FROM events WHERE id = ? AND account = ? AND valid = 1 AND seq <> ?');
  const merge = db.prepare(/* sql */ `
    UPDATE events SET (deliveries, last_received_at) =
      (SELECT events.deliveries + d.deliveries, max(events.last_received_at, d.last_received_at)
       FROM events d WHERE d.seq = :duplicate)
    WHERE seq = :seq`);
  const deleteEvent = db.prepare('DELETE FROM events WHERE seq = ?');
  const deletePayload = db.prepare('DELETE FROM payloads WHERE seq = ?');
  const lane = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, due_at) VALUES (?, ?)
    ON CONFLICT (lane) DO UPDATE SET due_at = min(due_at, excluded.due_at) WHERE owner IS NULL`);
  const shorten = db.prepare(`UPDATE payloads SET body = substr(body, 1, ${FALSE_BODY}) WHERE seq = ?`);
  const oldest = db.prepare(/* sql */ `
    SELECT seq FROM events WHERE state = 'refused'
    ORDER BY seq DESC LIMIT 1 OFFSET ${KEEP_FALSE}`);
  const surplus = db.prepare(/* sql */ `
    SELECT seq FROM events WHERE state = 'refused' AND seq <= ?`);

  function remove(seq: number): void {
    deleteEvent.run(seq);
    deletePayload.run(seq);
  }

  function proven(given: Verdict, envelope: EventHead): void {
    const { seq, now, reason, attempts } = given;
    const { id, account, livemode } = envelope;
    const original = known.get(id, account, seq) as { seq: number } | undefined;
    release(given.lane, seq);
    if (original) {
      merge.run({ seq: original.seq, duplicate: seq });
      remove(seq);
      return;
    }
    const name = laneOf(envelope);
    const flags = { livemode: livemode === null ? null : Number(livemode) };
    const { type, created, apiVersion, object, objectId } = envelope;
    const head = { id, account, type, created, apiVersion, object, objectId };
    prove.run({ ...head, ...flags, seq, proof: reason, now, attempts, lane: name });
    if (given.verified) verified.run(given.verified, seq);
    lane.run(name, now);
  }

  function open(given: Verdict): void {
    const { seq, valid, reason, state, readyAt, attempts, now } = given;
    const finishedAt = readyAt === null ? now : null;
    verdict.run({ seq, valid: valid === null ? null : 0, proof: null, reason, state, readyAt, attempts, finishedAt });
    if (valid === false) {
      shorten.run(seq);
      const limit = oldest.get() as { seq: number } | undefined;
      if (limit) for (const old of surplus.all(limit.seq) as { seq: number }[]) remove(old.seq);
    }
    release(given.lane);
  }

  return function judge(verdicts: readonly Verdict[]): void {
    for (const given of verdicts) {
      if (!holds(given)) continue;
      if (given.valid === true && given.envelope) proven(given, given.envelope);
      else open(given);
    }
  };
}
