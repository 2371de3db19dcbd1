import type { OpenWorld } from '../../open-world.ts';
import { parseSpan } from '../../span.ts';
import type { LoggedEvent } from '../../world/event-log.ts';
import { clockTime } from '../../world/test-clocks.ts';
import { limitIn, mustKnow, type ControlRoutes } from './route.ts';

export const clockRoutes: ControlRoutes = {
  'GET /clock': ({ open, url }) => ({
    ...clockOf(open),
    due: dueOf(open, limitIn(url, 20, 1000)),
    test_clocks: testClocksOf(open),
  }),
  'POST /clock': async ({ open, body }) => {
    const before = open.world.log.all.length;
    await moveClock(open, body);
    return { ...clockOf(open), events: countsOf(open.world.log.all.slice(before)) };
  },
};

/**
 * `{ "freeze": true }` stops the clock and `false` lets it flow again; `{ "advance": "1mo" }` moves it by a span or to what
 * is `next`, `{ "to": 1795305600 }` to a moment. Everything is looked at before anything moves.
 */
async function moveClock({ world, time, settled }: OpenWorld, body: Record<string, unknown>) {
  const { clock } = world;
  mustKnow('The clock', body, ['freeze', 'to', 'advance']);
  const { freeze, advance } = body;
  const to = body['to'] === 'next' ? undefined : body['to'];
  const next = body['to'] === 'next' || advance === 'next';
  if (freeze !== undefined && typeof freeze !== 'boolean') throw new Error('freeze is true or false.');
  if (to !== undefined && (!Number.isSafeInteger(to) || (to as number) < clock.now()))
    throw new Error(`to is a moment in Unix seconds, not before ${clock.now()}: time only goes forward.`);
  if (advance !== undefined && (typeof advance !== 'string' || body['to'] !== undefined))
    throw new Error('advance is a span such as 1mo, or next, and goes without to.');
  const span = advance === undefined || next ? undefined : parseSpan(advance as string, clock.now());

  if (freeze === true) clock.freeze();
  if (freeze === false) clock.flow();
  if (next) await time.step();
  else if (to !== undefined || span !== undefined) await time.advance((to as number | undefined) ?? span!);
  time.wake();
  await settled();
}

const clockOf = ({ world, queue }: OpenWorld) => {
  const due = [world.nextDue(), queue.nextDue()].filter((at) => at !== undefined);
  return { now: world.clock.now(), frozen: world.clock.frozen, next_due: due.length ? Math.min(...due) : null };
};

/** What is to come on the world's own clock, retries of deliveries included, the earliest first. */
function dueOf({ world, queue }: OpenWorld, limit: number) {
  const things = world.agenda.list('').slice(0, limit);
  const retries = queue.log.filter(({ nextAt }) => nextAt !== null);
  return [
    ...things.map(({ at, account, object, id, timer }) => ({ at, object, id, timer, ...(account && { account }) })),
    ...retries.map(({ id, nextAt }) => ({ at: nextAt!, object: 'delivery', id, timer: 'retry' })),
  ]
    .toSorted((a, b) => a.at - b.at)
    .slice(0, limit);
}

function testClocksOf({ world }: OpenWorld) {
  return Array.from(world.tables.all())
    .filter(({ object }) => object === 'test_helpers.test_clock')
    .flatMap(({ account, table }) =>
      Array.from(table.rows())
        .filter(({ deleted }) => !deleted)
        .map((row) => ({
          id: row.id,
          now: clockTime(row),
          status: (row.object as Record<string, unknown>)['status'],
          next_due: world.nextDue({ id: row.id, account }) ?? null,
          ...(account && { account }),
        })),
    );
}

/** How many events of each type. */
function countsOf(events: readonly LoggedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of events) counts[event.type] = (counts[event.type] ?? 0) + 1;
  return counts;
}
