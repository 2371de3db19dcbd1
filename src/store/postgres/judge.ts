import type { Pool } from 'pg';
import { laneOf, type EventHead, type Verdict } from '../store.ts';
import { dueAgain, fencing } from './fence.ts';
import { inTransaction, persistently, type Run, type Statement } from './query.ts';
import { storable } from './text.ts';

/** How many events proven false are kept, and how much of each body: whoever invents them must not fill the disk. */
const KEEP_FALSE = 1_000;
const FALSE_BODY = 16_384;

/** Commits verdicts on events that were not proven. */
export function judging(pool: Pool, s: string) {
  const { lock, release } = fencing(s);
  const verdict: Statement = {
    name: 'paybell_judge',
    text: /* sql */ `
      UPDATE ${s}.events SET valid = $2, reason = $3, state = $4, ready_at = $5, attempts = $6, finished_at = $7,
                             proof = NULL
      WHERE seq = $1`,
  };
  const prove: Statement = {
    name: 'paybell_judge_prove',
    text: /* sql */ `
      UPDATE ${s}.events SET valid = true, proof = $2, reason = NULL, state = 'pending', ready_at = $3, attempts = $4,
                             lane = $5, account = $6, id = $7, type = $8, created = $9, livemode = $10,
                             api_version = $11, object = $12, object_id = $13
      WHERE seq = $1`,
  };
  const verified: Statement = {
    name: 'paybell_judge_verified',
    text: /* sql */ `UPDATE ${s}.payloads SET verified = $2 WHERE seq = $1`,
  };
  const merge: Statement = {
    name: 'paybell_judge_merge',
    text: /* sql */ `
      UPDATE ${s}.events e SET deliveries = e.deliveries + d.deliveries,
                               last_received_at = greatest(e.last_received_at, d.last_received_at)
      FROM ${s}.events d
      WHERE d.seq = $1 AND e.id = $2 AND e.account = $3 AND e.valid AND e.seq <> $1
      RETURNING e.seq`,
  };
  const remove: Statement = {
    name: 'paybell_judge_remove',
    text: /* sql */ `
      WITH gone AS (DELETE FROM ${s}.events WHERE seq = ANY ($1::bigint[]))
      DELETE FROM ${s}.payloads WHERE seq = ANY ($1::bigint[])`,
  };
  const lane: Statement = {
    name: 'paybell_judge_lane',
    text: /* sql */ `
      INSERT INTO ${s}.lanes AS known (lane, due_at) VALUES ($1, $2) ${dueAgain}`,
  };
  const shorten: Statement = {
    name: 'paybell_judge_shorten',
    text: /* sql */ `UPDATE ${s}.payloads SET body = substring(body FROM 1 FOR ${FALSE_BODY}) WHERE seq = $1`,
  };
  const surplus: Statement = {
    name: 'paybell_judge_surplus',
    text: /* sql */ `
      SELECT seq FROM ${s}.events WHERE state = 'refused' ORDER BY seq DESC OFFSET ${KEEP_FALSE}`,
  };

  async function proven(run: Run, given: Verdict, envelope: EventHead): Promise<void> {
    const { seq, now, reason, attempts } = given;
    const { account, id, type, created, livemode, apiVersion, object, objectId } = envelope;
    const merged = await run(merge, [seq, id, account]);
    if (merged.length > 0) return void (await run(remove, [[seq]]));
    const name = laneOf(envelope);
    const head = [name, account, id, type, created, livemode, apiVersion, object, objectId];
    await run(prove, [seq, storable(reason), now, attempts, ...head]);
    if (given.verified) await run(verified, [seq, Buffer.from(given.verified)]);
    await run(lane, [name, now]);
  }

  async function open(run: Run, given: Verdict): Promise<void> {
    const { seq, valid, reason, state, readyAt, attempts, now } = given;
    const finishedAt = readyAt === null ? now : null;
    await run(verdict, [seq, valid === null ? null : false, storable(reason), state, readyAt, attempts, finishedAt]);
    if (valid !== false) return;
    await run(shorten, [seq]);
    const old = await run<{ seq: number }>(surplus);
    if (old.length > 0) await run(remove, [old.map((row) => row.seq)]);
  }

  return async function judge(verdicts: readonly Verdict[]): Promise<void> {
    if (verdicts.length === 0) return;
    await persistently(() =>
      inTransaction(pool, async (run) => {
        const held = await lock(run, verdicts);
        for (const given of verdicts) {
          if (!held.has(given.lane)) continue;
          if (given.valid === true && given.envelope) await proven(run, given, given.envelope);
          else await open(run, given);
        }
        return { result: undefined, last: [release([...held])] };
      }),
    );
  };
}
