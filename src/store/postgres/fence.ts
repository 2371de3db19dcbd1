import type { Run, Statement } from './query.ts';
import { bigint, columns, text, texts } from './arrays.ts';

/** A claim on a lane. */
export interface Hold {
  lane: string;
  owner: string;
  lease: number;
}

const HOLDS = columns<Hold>({
  lane: text((hold) => hold.lane),
  owner: text((hold) => hold.owner),
  lease: bigint((hold) => hold.lease),
});

/**
 * What becomes of a lane that is known when something becomes due in it. One that is leased is looked at when it is given
 * back. One whose event was taken up as it was stored may go without that: so its row says that there is more. That is
 * written, not just locked, because only then whoever ends the lease at the same moment reads the row again.
 */
export const dueAgain = /* sql */ `
        ON CONFLICT (lane) DO UPDATE SET
          due_at = CASE WHEN known.owner IS NULL THEN least(known.due_at, excluded.due_at) ELSE known.due_at END,
          more = known.taken IS NOT NULL`;

/** Who may write to a lane, and how it is given back. */
export function fencing(s: string) {
  // Someone who was too slow may not overwrite his successor. The statements after this one see what deliveries had
  // committed before they let go of the lane's row.
  const lock: Statement = {
    name: 'paybell_lock',
    text: /* sql */ `
      SELECT lane, taken IS NOT NULL AS taken FROM ${s}.lanes
      WHERE lane = ANY ($1::text[]) AND ((lane, owner, lease) IN (SELECT lane, owner, lease FROM ${HOLDS.from('c')})) IS TRUE
      ORDER BY lane FOR UPDATE`,
  };
  const open: Statement = {
    name: 'paybell_open',
    text: /* sql */ `
      WITH events AS (
        UPDATE ${s}.events SET state = 'processing', ready_at = received_at, finished_at = NULL
        WHERE seq = ANY (ARRAY(SELECT taken FROM ${s}.lanes WHERE lane = ANY ($1::text[])))
      )
      UPDATE ${s}.lanes SET taken = NULL WHERE lane = ANY ($1::text[])`,
  };
  const release: Statement = {
    name: 'paybell_release',
    text: /* sql */ `
      WITH next AS MATERIALIZED (
        SELECT given.lane, (SELECT min(e.ready_at) FROM ${s}.events e
                            WHERE e.lane = given.lane AND e.state IN ('pending', 'processing', 'retrying')) AS due
        FROM unnest($1::text[]) AS given (lane)
      ), gone AS (
        DELETE FROM ${s}.lanes WHERE lane = ANY (ARRAY(SELECT lane FROM next WHERE due IS NULL))
      )
      UPDATE ${s}.lanes l SET owner = NULL, due_at = (SELECT due FROM next WHERE next.lane = l.lane)
      WHERE lane = ANY (ARRAY(SELECT lane FROM next WHERE due IS NOT NULL))`,
  };
  /** What is in hand since it was stored becomes an open event like any other, in lanes that are locked. */
  const opening = (lanes: readonly string[]): [Statement, readonly unknown[]] => [open, [texts(lanes)]];
  return {
    /** Locks the lanes of these claims until the transaction ends; answers those that are still the claimant's. */
    async lock(run: Run, claims: readonly Hold[]): Promise<Set<string>> {
      const held = await run<{ lane: string; taken: boolean }>(lock, HOLDS.values(claims));
      const taken = held.filter((row) => row.taken).map(({ lane }) => lane);
      if (taken.length > 0) await run(...opening(taken));
      return new Set(held.map(({ lane }) => lane));
    },
    opening,
    /** Gives locked lanes back: due when the next of their events is, gone when there is none. */
    release: (lanes: readonly string[]): [Statement, readonly unknown[]] => [release, [texts(lanes)]],
  };
}
