import type { DatabaseSync } from 'node:sqlite';

/** What is done to leases as such. */
export function leasing(db: DatabaseSync) {
  const renew = db.prepare('UPDATE lanes SET due_at = ? WHERE owner = ? AND lane = ?');
  const owners = db.prepare('SELECT DISTINCT owner FROM lanes WHERE owner IS NOT NULL');
  const abandon = db.prepare('UPDATE lanes SET owner = NULL, due_at = ? WHERE owner = ?');
  const next = db.prepare('SELECT min(due_at) AS due FROM lanes');
  return {
    renew: (owner: string, lanes: readonly string[], until: number): void => {
      for (const lane of lanes) renew.run(until, owner, lane);
    },
    owners: (): string[] => (owners.all() as { owner: string }[]).map(({ owner }) => owner),
    abandon: (owner: string, now: number): void => void abandon.run(now, owner),
    nextDue: (): number | undefined => (next.get() as { due: number | null }).due ?? undefined,
  };
}
