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

/** Who may write to a lane, and how it is given back. */
export function fencing(s: string) {
  // Someone who was too slow may not overwrite his successor. The statements after this one see what deliveries had
  // committed before they let go of the lane's row.
  const lock: Statement = {
    name: 'paybell_lock',
    text: /* sql */ `
      SELECT l.lane FROM ${HOLDS.from('c')}
      JOIN ${s}.lanes l ON l.lane = c.lane AND l.owner = c.owner AND l.lease = c.lease
      ORDER BY l.lane FOR UPDATE OF l`,
  };
  const release: Statement = {
    name: 'paybell_release',
    text: /* sql */ `
      WITH next AS MATERIALIZED (
        SELECT given.lane, (SELECT min(e.ready_at) FROM ${s}.events e
                            WHERE e.lane = given.lane AND e.state IN ('pending', 'processing', 'retrying')) AS due
        FROM unnest($1::text[]) AS given (lane)
      ), gone AS (
        DELETE FROM ${s}.lanes l USING next WHERE l.lane = next.lane AND next.due IS NULL
      )
      UPDATE ${s}.lanes l SET owner = NULL, due_at = next.due
      FROM next WHERE l.lane = next.lane AND next.due IS NOT NULL`,
  };
  return {
    /** Locks the lanes of these claims until the transaction ends; answers those that are still the claimant's. */
    async lock(run: Run, claims: readonly Hold[]): Promise<Set<string>> {
      return new Set((await run<{ lane: string }>(lock, HOLDS.values(claims))).map(({ lane }) => lane));
    },
    /** Gives locked lanes back: due when the next of their events is, gone when there is none. */
    release: (lanes: readonly string[]): [Statement, readonly unknown[]] => [release, [texts(lanes)]],
  };
}
