import type { DatabaseSync } from 'node:sqlite';
import { EVENT_STATES, type StoreCounts } from '../store.ts';
import { isOpen } from './open-state.ts';

/** Questions whose answers take longer the more is stored. */
export function totals(db: DatabaseSync) {
  const types = db.prepare('SELECT object, count(*) AS count FROM mirror GROUP BY object ORDER BY object');
  const open = db.prepare(/* sql */ `
    SELECT state, count(*) AS count FROM events
    WHERE ${isOpen()} GROUP BY state`);
  const stuck = db.prepare(/* sql */ `
    SELECT 'dead' AS state, count(*) AS count FROM events WHERE state = 'dead'
    UNION ALL SELECT 'refused', count(*) FROM events WHERE state = 'refused'`);
  const all = db.prepare(/* sql */ `
    SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM refused) AS refused,
           (SELECT count(*) FROM mirror) AS objects`);

  return {
    objectTypes(): Record<string, number> {
      const rows = types.all() as { object: string; count: number }[];
      return Object.fromEntries(rows.map(({ object, count }) => [object, count]));
    },
    counts(): StoreCounts {
      const events = Object.fromEntries(EVENT_STATES.map((state) => [state, 0])) as StoreCounts['events'];
      for (const { state, count } of [...open.all(), ...stuck.all()] as { state: keyof typeof events; count: number }[])
        events[state] = count;
      const total = all.get() as { events: number } & Pick<StoreCounts, 'refused' | 'objects'>;
      // Counting what is done would read every row; the rest is few.
      events.done = total.events - Object.values(events).reduce((sum, count) => sum + count, 0);
      return { events, refused: total.refused, objects: total.objects };
    },
  };
}

export type Totals = ReturnType<typeof totals>;
