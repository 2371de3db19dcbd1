import type { Clock } from '../base/clock.ts';
import type { DeliveryQueue } from './delivery/queue.ts';
import type { World } from './world/world.ts';

/** Makes a world's moments happen: when wall time reaches them, or when somebody moves the clock. */
export type Time = {
  /** Moves to a moment (Unix seconds): everything due until then happens at its own moment and in order. */
  advance(to: number): Promise<void>;
  /** Moves just far enough for the next thing that is due, and says whether there was one (by `limit`). */
  step(limit?: number): Promise<boolean>;
  /** Looks again at what is due next: to be called whenever that may have changed. */
  wake(): void;
  stop(): void;
};

export function createTime(world: World, queue: DeliveryQueue, wall: Clock): Time {
  let cancel: (() => void) | undefined;
  let advancing = 0;

  const next = () => {
    const times = [world.nextDue(), queue.nextDue()].filter((at) => at !== undefined);
    return times.length ? Math.min(...times) : undefined;
  };
  /** Runs all of one moment; what it fires is answered before the moment is over, unless that makes no difference. */
  const moment = async (at: number) => {
    do {
      while (world.runNext(at));
      queue.retryDue(at);
      if (!queue.mayWait(next() ?? Infinity)) await queue.idle();
      // What an answer brought about may itself be due in this very moment.
    } while ((world.nextDue() ?? Infinity) <= at);
  };

  // Nobody waits for what wall time brings about: should it fail, that is told, and the next thing has its turn.
  const attempt = () => {
    try {
      return world.runNext(world.clock.now());
    } catch (error) {
      process.emitWarning(error as Error);
      return true;
    }
  };

  const time: Time = {
    async advance(to) {
      advancing++;
      try {
        // What is under way now is answered now, and not at the time we move to.
        await queue.idle();
        for (let at = next(); at !== undefined && at <= to; at = next()) {
          if (at > world.clock.now()) world.clock.set(at);
          await moment(at);
        }
        if (to > world.clock.now()) world.clock.set(to);
        await queue.idle();
      } finally {
        advancing--;
        time.wake();
      }
    },
    async step(limit = Infinity) {
      const at = next();
      if (at === undefined || at > limit) return false;
      await time.advance(Math.max(at, world.clock.now()));
      return true;
    },
    wake() {
      cancel?.();
      cancel = undefined;
      if (world.clock.frozen || advancing > 0) return;
      // What is due by now happens before anybody can ask about it.
      while (attempt());
      queue.retryDue(world.clock.now());
      const at = next();
      if (at !== undefined) cancel = wall.after(Math.max(0, at - world.clock.now()) * 1000, time.wake);
    },
    stop() {
      cancel?.();
      advancing = Infinity;
    },
  };
  return time;
}
