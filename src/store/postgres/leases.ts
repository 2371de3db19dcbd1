import type { Pool } from 'pg';
import { persistently, runOn, type Statement } from './query.ts';

/** What is done to leases as such. */
export function leasing(pool: Pool, s: string) {
  const renew: Statement = {
    name: 'paybell_renew',
    text: /* sql */ `UPDATE ${s}.lanes SET due_at = $3 WHERE owner = $1 AND lane = ANY ($2::text[])`,
  };
  const owners: Statement = {
    name: 'paybell_owners',
    text: /* sql */ `SELECT DISTINCT owner FROM ${s}.lanes WHERE owner IS NOT NULL`,
  };
  const abandon: Statement = {
    name: 'paybell_abandon',
    text: /* sql */ `UPDATE ${s}.lanes SET owner = NULL, due_at = $2 WHERE owner = $1`,
  };
  const next: Statement = {
    name: 'paybell_next_due',
    text: /* sql */ `SELECT min(due_at) AS due FROM ${s}.lanes`,
  };
  const run = runOn(pool);
  return {
    async renew(owner: string, lanes: readonly string[], until: number): Promise<void> {
      await persistently(() => run(renew, [owner, lanes, until]));
    },
    async owners(): Promise<string[]> {
      return (await run<{ owner: string }>(owners)).map(({ owner }) => owner);
    },
    async abandon(owner: string, now: number): Promise<void> {
      await persistently(() => run(abandon, [owner, now]));
    },
    async nextDue(): Promise<number | undefined> {
      const [row] = await run<{ due: number | null }>(next);
      return row?.due ?? undefined;
    },
  };
}
