import type { DeliveryQueue } from './delivery/queue.ts';
import { endAdvance } from './resources/test-helpers/test-clock.ts';
import type { LoggedEvent } from './world/event-log.ts';
import { clockRow, type ClockPlace } from './world/test-clocks.ts';
import type { World } from './world/world.ts';

/** Takes the test clocks of a world to where they were told to advance, beside whatever else happens. */
export type TestClocks = {
  /** Looks through what was told for clocks that are to advance. */
  follow(events: readonly LoggedEvent[]): void;
  /** Resolves when none is on its way. */
  idle(): Promise<void>;
};

export function createTestClocks(world: World, queue: DeliveryQueue): TestClocks {
  const running = new Set<Promise<void>>();

  const targetOf = (place: ClockPlace) => {
    const row = clockRow(world.tables, place);
    return row && (row.hidden['target'] as number | null);
  };
  /** Everything due on the way happens at its own moment; what a moment fires is answered before the next one. */
  const advance = async (place: ClockPlace) => {
    await queue.idle();
    for (;;) {
      const target = targetOf(place);
      // Deleted meanwhile, or its world was reset.
      if (target === undefined || target === null) return;
      const at = world.nextDue(place);
      if (at === undefined || at > target) break;
      while (world.runNext(at, place));
      await queue.idle();
    }
    endAdvance(world, place, 'ready');
  };
  const run = async (place: ClockPlace) => {
    try {
      await advance(place);
    } catch (error) {
      // Nobody waits for it: the clock says itself that it failed.
      process.emitWarning(error as Error);
      endAdvance(world, place, 'internal_failure');
    }
    await queue.idle();
  };

  return {
    follow(events) {
      for (const { event } of events) {
        if (event.type !== 'test_helpers.test_clock.advancing') continue;
        const { id } = (event['data'] as { object: { id: string } }).object;
        const one = run({ id, account: event.account ?? '' });
        running.add(one);
        void one.then(() => running.delete(one));
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
